import type { Answer } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAct } from "../hub/act.ts";
import { useCall } from "../hub/use-call.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Badge, Card, Facts } from "../ui/card.tsx";
import { Digits } from "../ui/money.tsx";
import { Loaded } from "../ui/states.tsx";
import { Table } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { Alarms } from "./alarms.tsx";
import { Confirm } from "./confirm.tsx";
import { useRefreshed } from "./refresh.ts";
import { Amounts, Whole } from "./shown.tsx";

type Status = Answer<"operator-status">;
type Chain = Answer<"operator-chain">;

const GIGABYTE = 1_000_000_000;

/** The switch for new accounts; its state is told where the key may see it. */
const Registration = ({ open }: { readonly open: boolean | undefined }): JSX.Element => {
  const words = t.operator.overview;
  const [asked, setAsked] = useState<"open" | "close">();
  const act = useAct("operator-registration");
  const closes = asked === "close";
  return (
    <div class="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-3 not-first:mt-2">
      <span class="text-quiet">{words.registration}</span>
      <span class="flex flex-wrap items-center gap-3">
        {open !== undefined && (
          <Badge tone={open ? "good" : "quiet"}>{open ? words.open : words.closed}</Badge>
        )}
        {may("operator-registration") && open !== false && (
          <Button onClick={() => setAsked("close")}>{words.close}</Button>
        )}
        {may("operator-registration") && open !== true && (
          <Button onClick={() => setAsked("open")}>{words.reopen}</Button>
        )}
      </span>
      <Confirm
        open={asked !== undefined}
        of={act}
        title={closes ? words.closeTitle : words.openTitle}
        text={closes ? words.closeText : words.openText}
        yes={closes ? words.close : words.reopen}
        repeatable
        params={() => ({ open: !closes })}
        onClose={() => setAsked(undefined)}
        onDone={() => {}}
      />
    </div>
  );
};

const HubCard = ({ status }: { readonly status: Status }): JSX.Element => {
  const words = t.operator.overview;
  return (
    <Card title={words.hub}>
      <Facts
        facts={[
          [words.accounts, <Whole n={status.accounts} />],
          [words.owed, <Amounts of={status.totals} nothing={words.nothing} />],
          [words.fees, <Amounts of={status.fees} nothing={words.nothing} />],
          [words.inDebt, <Whole n={status.in_debt} />],
        ]}
      />
      <Registration open={status.registration_open} />
    </Card>
  );
};

const ChainCard = ({ chain }: { readonly chain: Chain }): JSX.Element => {
  const words = t.operator.overview;
  const { network, node_reachable, tip, node, lag, fee_rate, last_reorg, watched_addresses, halt } = chain;
  return (
    <Card title={words.chain}>
      <Facts
        facts={[
          [words.network, network],
          [
            words.node,
            <Badge tone={node_reachable ? "good" : "bad"}>
              {node_reachable ? words.reachable : words.unreachable}
            </Badge>,
          ],
          [
            words.withdrawals,
            <Badge tone={halt === undefined ? "good" : "bad"}>
              {halt === undefined ? words.goOn : words.halted}
            </Badge>,
          ],
          [words.tip, <Whole n={tip.height} />],
          [words.tipSince, <Time t={tip.since_t} show="full" />],
          [words.lag, words.blocks(lag)],
          [words.peers, words.nodes(node.peers)],
          [words.feeRate, words.satPerVbyte(fee_rate)],
          [words.lastReorg, last_reorg === 0 ? words.noReorg : words.blocks(last_reorg)],
          [words.watched, <Whole n={watched_addresses} />],
        ]}
      />
    </Card>
  );
};

const JournalCard = ({ status }: { readonly status: Status }): JSX.Element => {
  const words = t.operator.overview;
  const { seq, durable_seq, history_seq, snapshot, free_bytes } = status.journal;
  return (
    <Card title={words.journal}>
      <Facts
        facts={[
          [words.carriedOut, <Whole n={seq} />],
          [
            words.durable,
            durable_seq === seq ? <Badge tone="good">{words.allDurable}</Badge> : <Whole n={durable_seq} />,
          ],
          [words.history, history_seq === seq ? words.allDurable : <Whole n={history_seq} />],
          [
            words.snapshot,
            snapshot === undefined ? (
              words.noSnapshot
            ) : (
              <>
                <Whole n={snapshot.seq} /> · <Time t={snapshot.t} show="full" />
              </>
            ),
          ],
          ...(free_bytes === undefined
            ? []
            : [[words.free, words.gigabytes((free_bytes / GIGABYTE).toFixed(1))] as const]),
        ]}
      />
    </Card>
  );
};

const SourcesCard = ({
  sources,
}: {
  readonly sources: NonNullable<Status["price_sources"]>;
}): JSX.Element => {
  const words = t.operator.overview;
  return (
    <Card title={words.sources}>
      <Table
        caption={words.sources}
        rows={sources}
        keyOf={({ market, source }) => `${market} ${source}`}
        columns={[
          { name: words.market, cell: ({ market }) => market },
          { name: words.source, cell: ({ source }) => <span class="break-all">{source}</span> },
          {
            name: words.standing,
            cell: ({ out_since_t, standing, trouble }) => (
              <span class="flex flex-col items-end gap-1 sm:items-start">
                <Badge tone={standing === "used" ? "good" : "warn"}>{words.standings[standing]}</Badge>
                {trouble !== undefined && <span class="text-sm break-all text-quiet">{trouble}</span>}
                {out_since_t !== undefined && (
                  <span class="text-sm text-quiet">
                    {words.since} <Time t={out_since_t} />
                  </span>
                )}
              </span>
            ),
          },
          { name: words.bid, end: true, cell: ({ bid }) => (bid === undefined ? "" : <Digits text={bid} />) },
          { name: words.ask, end: true, cell: ({ ask }) => (ask === undefined ? "" : <Digits text={ask} />) },
          {
            name: words.asOf,
            end: true,
            cell: ({ t: when }) => (when === undefined ? "" : <Time t={when} />),
          },
        ]}
      />
    </Card>
  );
};

export const OverviewView = (): JSX.Element => {
  const status = useRefreshed(useCall("operator-status", {}, { when: may("operator-status") }));
  const chain = useRefreshed(useCall("operator-chain", {}, { when: may("operator-chain") }));
  return (
    <>
      {may("operator-chain") && <Loaded call={chain}>{({ alarms }) => <Alarms alarms={alarms} />}</Loaded>}
      <div class="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        <div class="flex min-w-0 flex-col gap-4 empty:hidden">
          {may("operator-status") ? (
            <Loaded call={status}>
              {(data) => (
                <>
                  <HubCard status={data} />
                  <JournalCard status={data} />
                </>
              )}
            </Loaded>
          ) : (
            may("operator-registration") && (
              <Card title={t.operator.overview.hub}>
                <Registration open={undefined} />
              </Card>
            )
          )}
        </div>
        {chain.data && <ChainCard chain={chain.data} />}
      </div>
      {status.data?.price_sources && <SourcesCard sources={status.data.price_sources} />}
    </>
  );
};
