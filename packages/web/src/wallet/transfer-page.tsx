import type { JSX } from "preact";
import { paths } from "../app/paths.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { LinkButton } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Icon } from "../ui/icons.tsx";
import { Empty, ErrorNote, Loading } from "../ui/states.tsx";
import { TransferFacts } from "./transfer-facts.tsx";
import type { Status } from "./transfer-words.ts";
import { useTransfer } from "./use-transfers.ts";
import { WalletPage } from "./wallet-page.tsx";

const PATH: readonly Status[] = ["reserved", "built", "broadcast", "confirmed", "final"];

/** How far a withdrawal by chain is on its way. */
const Steps = ({ status }: { readonly status: Status }): JSX.Element | null => {
  const at = PATH.indexOf(status);
  if (at < 0) return null;
  return (
    <ol class="flex flex-col gap-3" aria-label={t.wallet.transfer.steps}>
      {PATH.map((step, i) => {
        const over = i < at || status === "final";
        return (
          <li
            key={step}
            aria-current={i === at ? "step" : undefined}
            class={`flex items-center gap-3 ${i > at ? "text-quiet" : i === at ? "font-medium" : ""}`}
          >
            <span
              class={`flex size-6 items-center justify-center rounded-full ${over ? "bg-good-soft text-good" : i === at ? "bg-accent-soft text-accent" : "bg-sunken text-quiet"}`}
            >
              {over ? (
                <Icon name="check" class="size-4" />
              ) : i === at ? (
                <span class="spinner size-3.5" aria-hidden="true" />
              ) : (
                <span class="size-1.5 rounded-full bg-edge" />
              )}
            </span>
            {t.wallet.statuses[step]}
          </li>
        );
      })}
    </ol>
  );
};

/** One payment, followed until nothing more will come of it. */
export const TransferPage = ({ id }: { readonly id: string }): JSX.Element => {
  const words = t.wallet.transfer;
  const { error, missing, reload, transfer } = useTransfer(id);
  return (
    <WalletPage title={words.title} width="narrow">
      {error && <ErrorNote error={error} onRetry={reload} />}
      {transfer === undefined ? (
        missing ? (
          <Empty icon="search" title={words.notFound} hint={words.notFoundHint} />
        ) : (
          error === undefined && <Loading lines={6} />
        )
      ) : (
        <>
          <Card>
            <TransferFacts transfer={transfer} />
          </Card>
          {transfer.kind === "withdrawal" && PATH.includes(transfer.status) && (
            <Card title={words.steps}>
              <Steps status={transfer.status} />
            </Card>
          )}
          {may("send-btc") && transfer.currency === "BTC" && transfer.direction === "out" && (
            <div>
              <LinkButton icon="send" href={`${paths.wallet}/send`}>
                {words.another}
              </LinkButton>
            </div>
          )}
        </>
      )}
    </WalletPage>
  );
};
