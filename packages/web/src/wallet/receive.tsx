import type { ToldTransfer } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useLocation } from "preact-iso";
import { readTyped } from "../hub/money.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Card, Note } from "../ui/card.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { TextField } from "../ui/field.tsx";
import { AmountInput } from "../ui/money.tsx";
import { Qr } from "../ui/qr.tsx";
import { ErrorNote, Loading } from "../ui/states.tsx";
import { writePaymentLink } from "./bip21.ts";
import { useKept } from "./kept.ts";
import { paidTo, useReceiveAddress } from "./receive-address.ts";
import { TransferRow } from "./transfer-row.tsx";
import { useNewest } from "./use-transfers.ts";
import { views } from "./views.ts";
import { WalletPage } from "./wallet-page.tsx";

const MAX_LABEL = 100;

const Arrivals = ({ arrived }: { readonly arrived: readonly ToldTransfer[] }): JSX.Element => {
  const words = t.wallet.receiving;
  const { route } = useLocation();
  return (
    <Card title={words.arriving}>
      <div aria-live="polite">
        {arrived.length === 0 ? (
          <p class="text-quiet">{words.nothingYet}</p>
        ) : (
          <>
            <ul aria-label={words.arriving} class="-mx-1 divide-y divide-line sm:-mx-2">
              {arrived.map((transfer) => (
                <TransferRow
                  key={transfer.transfer_id}
                  transfer={transfer}
                  onOpen={() => route(views.payment(transfer.transfer_id))}
                />
              ))}
            </ul>
            {arrived.every(({ status }) => status !== "pending") && (
              <p class="mt-2 text-good">{words.counted}</p>
            )}
          </>
        )}
      </div>
    </Card>
  );
};

const Requests = ({
  transfers,
}: {
  readonly transfers: readonly ToldTransfer[] | undefined | null;
}): JSX.Element => {
  const words = t.wallet.receiving;
  const { address, busy, error, renew } = useReceiveAddress(transfers);
  const [asked, setAsked] = useKept("receive", { amount: "", label: "" });
  const read = readTyped(asked.amount, "BTC");
  const amount = "amount" in read ? read.amount : undefined;
  if (address === undefined)
    return (
      <Card>
        <ErrorNote error={error} onRetry={renew} />
        {error === undefined && <Loading lines={5} />}
      </Card>
    );
  const label = asked.label.trim();
  const link = writePaymentLink({
    address,
    ...(amount === undefined ? {} : { amount }),
    ...(label === "" ? {} : { label }),
  });
  const arrived = paidTo(address, transfers ?? []);
  return (
    <>
      <Card>
        <div class="grid gap-5 sm:grid-cols-[minmax(0,18rem)_1fr]">
          <div class="flex justify-center">
            <Qr text={link} what={words.code(amount)} class="w-full max-w-72" />
          </div>
          <div class="flex min-w-0 flex-col gap-4">
            <div>
              <h2 class="mb-1 font-medium">{words.address}</h2>
              <p class="rounded-[0.625rem] bg-sunken p-3 font-mono text-sm break-all" data-address={address}>
                {address}
              </p>
            </div>
            <div class="button-row">
              <CopyButton kind="main" text={address} label={words.copyAddress} />
              <CopyButton text={link} label={words.copyLink} />
            </div>
            <AmountInput
              label={words.amount}
              optional
              currency="BTC"
              value={asked.amount}
              onValue={(typed) => setAsked({ amount: typed })}
            />
            <TextField
              label={words.label}
              optional
              hint={words.labelHint}
              maxLength={MAX_LABEL}
              value={asked.label}
              onValue={(typed) => setAsked({ label: typed })}
            />
          </div>
        </div>
      </Card>
      {transfers !== null && <Arrivals arrived={arrived} />}
      {arrived.length > 0 ? (
        <Note>
          <p class="mb-3">{words.paid}</p>
          <Button icon="plus" busy={busy} onClick={renew}>
            {words.another}
          </Button>
        </Note>
      ) : (
        <div class="flex flex-wrap items-center justify-between gap-x-3">
          <p class="text-sm text-quiet">{words.reused}</p>
          <div class="-mx-4">
            <Button icon="plus" kind="quiet" busy={busy} onClick={renew}>
              {words.another}
            </Button>
          </div>
        </div>
      )}
      <ErrorNote error={error} />
    </>
  );
};

const Watched = (): JSX.Element => {
  const newest = useNewest(100);
  // Where the list cannot be had an address can be given all the same.
  return <Requests transfers={newest.data?.transfers ?? (newest.error ? [] : undefined)} />;
};

export const Receive = (): JSX.Element => (
  <WalletPage title={t.wallet.receiving.title} lead={t.wallet.receiving.lead}>
    {may("my-transfers") ? <Watched /> : <Requests transfers={null} />}
  </WalletPage>
);
