import type { Answer } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useCall } from "../hub/use-call.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Badge, Card, Facts, Note } from "../ui/card.tsx";
import { Money } from "../ui/money.tsx";
import { Empty, Loaded } from "../ui/states.tsx";
import { Table } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { useRefreshed } from "./refresh.ts";
import { type LineOf, SetLine } from "./set-line.tsx";
import { Code, Whole } from "./shown.tsx";

type Peers = Answer<"operator-peers">;
type Identity = Peers["identities"][number];

const PeerTable = ({ peers }: { readonly peers: Peers["peers"] }): JSX.Element => {
  const words = t.operator.peers;
  if (peers.length === 0) return <Empty icon="link" title={words.noPeers} hint={words.noPeersHint} />;
  return (
    <Table
      caption={words.peers}
      rows={peers}
      keyOf={({ url }) => url}
      columns={[
        { name: words.hub, cell: ({ url }) => <span class="break-all">{url}</span> },
        {
          name: words.state,
          cell: ({ up, trouble }) => (
            <span class="flex flex-wrap items-center justify-end gap-2 sm:justify-start">
              <Badge tone={up ? "good" : "bad"}>{up ? words.up : words.down}</Badge>
              {trouble !== undefined && <span class="text-sm text-quiet">{trouble}</span>}
            </span>
          ),
        },
        { name: words.since, cell: ({ since_t }) => <Time t={since_t} /> },
        { name: words.signed, cell: ({ signed }) => (signed ? words.yes : words.no) },
        { name: words.queue, end: true, cell: ({ queue }) => <Whole n={queue} /> },
        { name: words.sent, end: true, cell: ({ sent }) => <Whole n={sent} /> },
        { name: words.refused, end: true, cell: ({ refused }) => <Whole n={refused} /> },
      ]}
    />
  );
};

const OneIdentity = ({
  one,
  onSet,
}: {
  readonly one: Identity;
  readonly onSet: (() => void) | undefined;
}): JSX.Element => {
  const words = t.operator.peers;
  const tally = ({ number, amount }: Identity["seen"]): JSX.Element => (
    <>
      {words.number(number)} · <Money amount={amount} currency="BTC" />
    </>
  );
  return (
    <li class="flex flex-col gap-2 py-4 first:pt-0 last:pb-0">
      <div class="flex flex-wrap items-center justify-between gap-3">
        <div class="min-w-0">
          {one.url !== "" && <p class="font-medium break-all">{one.url}</p>}
          <Code text={one.identity} />
        </div>
        {onSet && (
          <Button label={words.setOf(one.identity)} onClick={onSet}>
            {words.set}
          </Button>
        )}
      </div>
      {one.ended && (
        <Note tone="bad" title={words.ended}>
          <Time t={one.ended.t} show="full" /> · <Code text={one.ended.rival} />
        </Note>
      )}
      <div class="grid gap-x-8 gap-y-4 sm:grid-cols-2">
        <Facts
          facts={[
            [words.ceiling, <Money amount={one.ceiling} currency="BTC" />],
            [words.line, <Money amount={one.line} currency="BTC" />],
            [words.open, <Money amount={one.open} currency="BTC" />],
            [words.room, <Money amount={one.room} currency="BTC" />],
          ]}
        />
        <Facts
          facts={[
            [words.seen, tally(one.seen)],
            [words.confirmed, tally(one.confirmed)],
            [words.replaced, tally(one.replaced)],
            [words.doubleSpent, tally(one.double_spent)],
          ]}
        />
      </div>
    </li>
  );
};

export const PeersView = (): JSX.Element => {
  const words = t.operator.peers;
  const sees = may("operator-peers");
  const call = useRefreshed(useCall("operator-peers", {}, { when: sees }));
  const [setting, setSetting] = useState<{ readonly of: LineOf; readonly before?: string }>();
  const maySet = may("operator-set-line");
  const setters = maySet && (
    <div class="button-row mt-4">
      <Button
        onClick={() =>
          setSetting({
            of: "all",
            ...(call.data?.ceiling === undefined ? {} : { before: call.data.ceiling }),
          })
        }
      >
        {words.setAll}
      </Button>
      <Button icon="plus" onClick={() => setSetting({ of: "typed" })}>
        {words.add}
      </Button>
    </div>
  );
  return (
    <>
      {sees && (
        <Card title={words.peers}>
          <Loaded call={call}>{({ peers }) => <PeerTable peers={peers} />}</Loaded>
        </Card>
      )}
      <Card title={words.identities}>
        <p class="mb-3 text-quiet">{words.identitiesLead}</p>
        {sees && (
          <Loaded call={call}>
            {({ identities, open, ceiling, more_exist }) => (
              <>
                <Facts
                  facts={[
                    [
                      words.allCeiling,
                      ceiling === undefined ? words.noCeiling : <Money amount={ceiling} currency="BTC" />,
                    ],
                    [words.allOpen, <Money amount={open} currency="BTC" />],
                  ]}
                />
                {identities.length === 0 ? (
                  <Empty title={words.noIdentities} />
                ) : (
                  <ul class="mt-3 divide-y divide-line border-t border-line pt-4">
                    {identities.map((one) => (
                      <OneIdentity
                        key={one.identity}
                        one={one}
                        onSet={
                          maySet
                            ? () => setSetting({ of: { identity: one.identity }, before: one.ceiling })
                            : undefined
                        }
                      />
                    ))}
                  </ul>
                )}
                {more_exist && <p class="mt-3 text-sm text-quiet">{words.more}</p>}
              </>
            )}
          </Loaded>
        )}
        {setters}
      </Card>
      <SetLine of={setting?.of} before={setting?.before} onClose={() => setSetting(undefined)} />
    </>
  );
};
