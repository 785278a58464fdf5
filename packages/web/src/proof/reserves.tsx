import { type Hub, HubError } from "@coinholder/client";
import {
  type Answer,
  checkReserves,
  type ReserveBatch,
  type ReservesCheck,
  reservesPercent,
} from "@coinholder/protocol";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { theHub } from "../hub/current.ts";
import { asHubError } from "../hub/failure.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Card, Facts, Note } from "../ui/card.tsx";
import { Digits, Money } from "../ui/money.tsx";
import { ErrorNote } from "../ui/states.tsx";
import { Table } from "../ui/table.tsx";
import { reservesProblems } from "./verdict.ts";

type Published = Answer<"proof-root">;

/** Batches (of 100 coins) whose signatures are checked without being asked to: a second's work on a phone each. */
const CHECKED_AT_ONCE = 3;

async function* batchesOf(
  hub: Hub,
  { root, reserves }: Published,
  onBatch: (batch: number) => void,
): AsyncGenerator<ReserveBatch> {
  for (let batch = 1; batch <= reserves.batches; batch++) {
    const answer = await hub.call("proof-of-reserves", { batch });
    if (answer.root !== root.hash) throw new HubError("published_anew", t.proof.publishedAnew);
    yield answer;
    onBatch(batch);
  }
}

const Coins = ({ published }: { readonly published: Published }): JSX.Element => {
  const words = t.proof;
  const { batches } = published.reserves;
  const [started, setStarted] = useState(batches <= CHECKED_AT_ONCE);
  const [done, setDone] = useState(0);
  const [checked, setChecked] = useState<ReservesCheck>();
  const [error, setError] = useState<HubError>();
  useEffect(() => {
    if (!started) return undefined;
    let here = true;
    const statement = { ...published.reserves, root: published.root.hash };
    const onBatch = (batch: number): void => {
      if (here) setDone(batch);
    };
    checkReserves(statement, batchesOf(theHub(), published, onBatch)).then(
      (result) => here && setChecked(result),
      (failure) => here && setError(asHubError(failure)),
    );
    return () => {
      here = false;
    };
  }, [started, published]);
  if (error) return <ErrorNote error={error} />;
  if (!started) return <Button onClick={() => setStarted(true)}>{words.checkCoins}</Button>;
  if (checked === undefined) return <p class="text-quiet">{words.checkedOf(done, batches)}</p>;
  const problems = reservesProblems(published, checked);
  if (problems.length === 0) return <Note tone="good">{words.coinsHold(words.coins(checked.coins))}</Note>;
  return (
    <Note tone="bad">
      {problems.map((problem) => (
        <p key={problem}>{words.reservesProblems[problem]}</p>
      ))}
      {checked.wrong.map(({ batch, problem }) => (
        <p key={batch} class="text-sm">
          {words.batchProblem(batch, problem)}
        </p>
      ))}
    </Note>
  );
};

/** Liabilities and reserves, and whether the hub's signatures for its coins hold. */
export const Reserves = ({ published }: { readonly published: Published }): JSX.Element => {
  const words = t.proof;
  const { root, reserves, accounts } = published;
  const percent = reservesPercent(reserves.amount, reserves.owed);
  const codes = [...new Set(["BTC", ...Object.keys(root.sums).sort()])];
  return (
    <Card title={words.reservesTitle}>
      <div class="flex flex-col gap-4">
        <Table
          caption={words.reservesTitle}
          rows={codes}
          keyOf={(code) => code}
          columns={[
            { name: words.currency, cell: (code) => <span class="font-medium">{code}</span> },
            {
              name: words.owed,
              end: true,
              cell: (code) => <Money amount={BigInt(root.sums[code] ?? 0)} currency={code} />,
            },
            {
              name: words.has,
              end: true,
              cell: (code) =>
                code === "BTC" ? (
                  <Money amount={BigInt(reserves.amount)} currency={code} />
                ) : (
                  <span class="text-quiet">{words.hasNothing}</span>
                ),
            },
          ]}
        />
        <Facts
          facts={[
            [words.accounts, <Digits text={String(accounts)} />],
            [words.coinsSigned, <Digits text={String(reserves.coins)} />],
            [words.covered, percent === undefined ? words.nothingOwed : words.percent(percent)],
            ...(reserves.cold > 0
              ? [
                  [
                    words.cold,
                    <>
                      <Money amount={BigInt(reserves.cold)} currency="BTC" /> ({words.coldHint})
                    </>,
                  ] as const,
                ]
              : []),
            [
              words.block,
              <>
                <Digits text={String(reserves.height)} /> · {reserves.network}
              </>,
            ],
          ]}
        />
        <div aria-live="polite">
          <Coins key={root.hash} published={published} />
        </div>
        {codes.length > 1 && <p class="text-sm text-quiet">{words.otherMoney}</p>}
      </div>
    </Card>
  );
};
