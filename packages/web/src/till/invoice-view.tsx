import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { paths } from "../app/paths.ts";
import { useAct } from "../hub/act.ts";
import { amountText, decimalsOf, unitsOf, worth } from "../hub/money.ts";
import { usePrices } from "../hub/prices.ts";
import { payText } from "../nearby/pay-text.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Facts } from "../ui/card.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import { Money } from "../ui/money.tsx";
import { Page } from "../ui/page.tsx";
import { Qr } from "../ui/qr.tsx";
import { Empty, ErrorNote, Loading } from "../ui/states.tsx";
import { useAwake } from "./awake.ts";
import { cameIn, onlyBitcoin, type Row, type State, stateAt, unexchangedIn } from "./day.ts";
import { playPaid } from "./sound.ts";
import { toneOf } from "./state-mark.tsx";
import { type Rows, useNow } from "./use-rows.ts";

const isPaid = (state: State): boolean => state === "paid" || state === "overpaid";

/** mm:ss */
const clock = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

/** Smallest units of its currency; below zero where too much came. */
const missingOf = (row: Row): bigint => {
  const { amount, currency } = row.invoice;
  const decimals = decimalsOf(currency);
  return unitsOf(amount, decimals) - unitsOf(cameIn(row), decimals);
};

const Left = ({ expires, now }: { readonly expires: number; readonly now: number }): JSX.Element => {
  const minutes = Math.max(1, Math.ceil((expires - now) / 60_000));
  return (
    <p class="digits text-quiet">
      <span aria-hidden="true">{t.till.left(clock(expires - now))}</span>
      <span class="sr-only">{t.till.leftSpoken(minutes)}</span>
    </p>
  );
};

/** What is told large when it is not simply waited for. */
const Outcome = ({
  row,
  state,
  over,
  waits,
}: {
  readonly row: Row;
  readonly state: State;
  /** Its time is over. */
  readonly over: boolean;
  /** A code to pay stands below, with what is asked for. */
  readonly waits: boolean;
}): JSX.Element => {
  const words = t.till;
  const prices = usePrices();
  const { amount, currency } = row.invoice;
  const paid = isPaid(state);
  const missing = missingOf(row);
  const bitcoin = onlyBitcoin(row);
  const unexchanged = unexchangedIn(row);
  const value = unexchanged && worth(unitsOf(unexchanged, 8), "BTC", currency, prices);
  const hint = bitcoin
    ? words.onlyBitcoinHint(currency)
    : state === "underpaid" && over
      ? words.underpaidOver
      : words.stateHints[state];
  const tones = {
    good: "bg-good-soft text-good",
    warn: "bg-warn-soft text-warn",
    quiet: "bg-sunken text-quiet",
  };
  const tone = toneOf[state] as keyof typeof tones;
  return (
    <div class={`flex flex-col items-center gap-3 rounded-[0.875rem] px-4 py-10 text-center ${tones[tone]}`}>
      <span class={`rounded-full p-4 ${paid ? "bg-good text-surface" : "bg-surface"}`}>
        <Icon name={paid ? "check" : "warning"} class="size-12" />
      </span>
      <p class={`font-semibold ${bitcoin ? "text-3xl" : "text-4xl"}`}>
        {bitcoin ? words.onlyBitcoinTitle : words.states[state]}
      </p>
      {!waits && (
        <p class="text-ink">
          <Money amount={amount} currency={currency} class="text-3xl font-semibold" />
        </p>
      )}
      {!waits && row.invoice.info.memo !== undefined && (
        <p class="line-clamp-3 max-w-full break-words text-ink">{row.invoice.info.memo}</p>
      )}
      {hint !== "" && <p class="max-w-prose text-ink">{hint}</p>}
      {(state === "underpaid" || state === "overpaid") && (
        <div class="w-full max-w-sm text-ink">
          <Facts
            facts={[
              ...(waits ? [[words.asked, <Money amount={amount} currency={currency} />] as const] : []),
              ...(bitcoin
                ? []
                : [[words.received, <Money amount={cameIn(row)} currency={currency} />] as const]),
              ...(unexchanged === undefined
                ? []
                : [[words.receivedBtc, <Money amount={unexchanged} currency="BTC" />] as const]),
              ...(typeof value === "bigint"
                ? [
                    [
                      words.worthNow,
                      <Money amount={amountText(value, currency)} currency={currency} />,
                    ] as const,
                  ]
                : []),
              ...(missing > 0n && !bitcoin
                ? [
                    [
                      words.missing,
                      <Money amount={amountText(missing, currency)} currency={currency} />,
                    ] as const,
                  ]
                : []),
            ]}
          />
        </div>
      )}
    </div>
  );
};

const Withdraw = ({ row, onDone }: { readonly row: Row; readonly onDone: () => void }): JSX.Element => {
  const words = t.till;
  const [open, setOpen] = useState(false);
  const withdraw = useAct("withdraw-invoice");
  const go = async (): Promise<void> => {
    const done = await withdraw.run({ invoice_bitcoin_address: row.invoice.btc_address });
    onDone();
    if (done !== undefined) setOpen(false);
  };
  return (
    <>
      <Button kind="quiet" onClick={() => setOpen(true)}>
        {words.withdraw}
      </Button>
      <Dialog
        open={open}
        onClose={() => {
          setOpen(false);
          withdraw.clear();
        }}
        title={words.withdrawTitle}
      >
        <p>{words.withdrawText}</p>
        <ErrorNote error={withdraw.error} />
        <Button kind="danger" busy={withdraw.busy} onClick={() => void go()}>
          {words.withdrawYes}
        </Button>
      </Dialog>
    </>
  );
};

const Shown = ({
  row,
  sound,
  reload,
}: {
  readonly row: Row;
  readonly sound: boolean;
  readonly reload: () => void;
}): JSX.Element => {
  const words = t.till;
  const now = useNow(1_000);
  const state = stateAt(row, now);
  const over = (row.invoice.info.expires_t ?? Number.POSITIVE_INFINITY) <= now;
  // Whoever has sent bitcoin already must not be shown a code to pay once more.
  const waits = state === "open" || state === "seen" || (state === "underpaid" && !over && !onlyBitcoin(row));
  useAwake(waits);
  const before = useRef(state);
  useEffect(() => {
    if (isPaid(state) && !isPaid(before.current) && sound) playPaid();
    before.current = state;
  }, [state, sound]);
  const { invoice } = row;
  const { btc_address, currency, info } = invoice;
  // Whoever scans a code that names the whole sum pays all of it once more.
  const due = state === "underpaid" ? amountText(missingOf(row), currency) : invoice.amount;
  const text = payText({ ...invoice, amount: due }, location.origin);
  const next = (
    <LinkButton kind={waits ? "plain" : "main"} icon="plus" href={paths.till} wide>
      {words.next}
    </LinkButton>
  );
  return (
    <>
      <div aria-live="assertive" class="contents">
        {state === "open" || state === "seen" ? (
          <p class="flex items-center justify-center gap-2 text-lg font-medium">
            <span class={`spinner ${state === "seen" ? "text-accent" : "text-quiet"}`} aria-hidden="true" />
            {words.states[state]}
          </p>
        ) : (
          <Outcome row={row} state={state} over={over} waits={waits} />
        )}
        {state === "seen" && (
          <p class="text-center text-quiet">
            {row.invoice.currency === "BTC" ? words.stateHints.seen : words.seenOther}
          </p>
        )}
      </div>
      {waits && (
        <div class="card flex flex-col items-center gap-2 p-4 text-center">
          {state === "underpaid" && <p class="text-sm text-quiet">{words.missing}</p>}
          <Money amount={due} currency={currency} class="text-3xl font-semibold" />
          {info.memo !== undefined && <p class="line-clamp-2 max-w-full break-words">{info.memo}</p>}
          {info.random !== undefined && (
            <p>
              <span class="block text-sm text-quiet">{words.code}</span>
              <span class="digits text-5xl leading-none font-bold tracking-widest break-all sm:text-6xl">
                {info.random}
              </span>
            </p>
          )}
          {info.expires_t !== undefined && <Left expires={info.expires_t} now={now} />}
          <Qr text={text} what={words.qr(due, currency)} class="w-full max-w-80" />
          <p class="text-sm text-quiet">{currency === "BTC" ? words.scanBtc : words.scanOther}</p>
          <p class="font-mono text-sm text-quiet">{words.addressEnd(btc_address.slice(-6))}</p>
        </div>
      )}
      {next}
      {waits && (
        <div class="button-row justify-between">
          <CopyButton text={text} label={words.copyText} />
          {state === "open" && may("withdraw-invoice") && <Withdraw row={row} onDone={reload} />}
        </div>
      )}
    </>
  );
};

/** One invoice, while it is waited for and after. */
export const InvoiceView = ({
  address,
  rows: { error, reload, rows },
  sound,
}: {
  readonly address: string;
  readonly rows: Rows;
  readonly sound: boolean;
}): JSX.Element => {
  const words = t.till;
  const row = rows?.find(({ invoice }) => invoice.btc_address === address);
  const unknown = rows !== undefined && row === undefined;
  // Another device of the account may have posted it since.
  useEffect(() => {
    if (unknown) reload();
  }, [unknown]);
  return (
    <Page title={words.title} width="narrow" back={{ label: words.backToTill, href: paths.till }}>
      {error && <ErrorNote error={error} onRetry={reload} />}
      {row ? (
        <Shown row={row} sound={sound} reload={reload} />
      ) : rows === undefined ? (
        error === undefined && <Loading lines={5} />
      ) : (
        <Empty icon="till" title={words.gone} hint={words.goneHint} />
      )}
    </Page>
  );
};
