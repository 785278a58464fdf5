import type { Answer, Sums } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { decimalsOf, unitsOf } from "../hub/money.ts";
import { type Called, useCall } from "../hub/use-call.ts";
import { current, may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Card, Facts, Note } from "../ui/card.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { TextField } from "../ui/field.tsx";
import { Icon } from "../ui/icons.tsx";
import { Page } from "../ui/page.tsx";
import { Empty, ErrorNote, Loading } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import { Amounts } from "./amounts.tsx";
import { Reserves } from "./reserves.tsx";
import { judge, type Verdict } from "./verdict.ts";
import { Way } from "./way.tsx";

type Published = Answer<"proof-root">;

/** What the account has now, in smallest units: to be compared with what was counted. */
const nowSums = ({ available, held }: Answer<"my-balance">): Record<string, bigint> => {
  const sums: Record<string, bigint> = {};
  for (const part of [available, held])
    for (const [key, amount] of Object.entries(part)) {
      const code = key.toUpperCase();
      sums[code] = (sums[code] ?? 0n) + unitsOf(amount, decimalsOf(code));
    }
  return Object.fromEntries(Object.entries(sums).filter(([, amount]) => amount > 0n));
};

const same = (now: Record<string, bigint>, counted: Sums): boolean =>
  [...new Set([...Object.keys(now), ...Object.keys(counted)])].every(
    (code) => (now[code] ?? 0n) === BigInt(counted[code] ?? 0),
  );

/** The answer to the page's question. */
const Answered = ({
  verdict,
  published,
  onAgain,
}: {
  readonly verdict: Verdict;
  readonly published: Published;
  readonly onAgain: () => void;
}): JSX.Element => {
  const words = t.proof;
  const balance = useCall("my-balance", {}, { when: may("my-balance") });
  const now = balance.data && nowSums(balance.data);
  const counted = verdict.holds ? verdict.proof.leaf.sums : undefined;
  const [title, text] = verdict.holds
    ? [words.counted, words.countedText]
    : [words.problems[verdict.problem].title, words.problems[verdict.problem].text];
  return (
    <Card>
      <div aria-live="polite" data-verdict={verdict.holds ? "counted" : verdict.problem}>
        <div class="flex items-start gap-3">
          <span
            class={`rounded-full p-2.5 ${verdict.holds ? "bg-good-soft text-good" : "bg-bad-soft text-bad"}`}
          >
            <Icon name={verdict.holds ? "check" : "warning"} class="size-6" />
          </span>
          <div class="min-w-0">
            <h2 class={`text-xl font-semibold ${verdict.holds ? "text-good" : "text-bad"}`}>{title}</h2>
            <p>{text}</p>
          </div>
        </div>
      </div>
      <div class="mt-4">
        <Facts
          facts={[
            ...(counted === undefined
              ? []
              : [
                  [
                    words.countedWith,
                    Object.keys(counted).length === 0 ? words.nothingCounted : <Amounts sums={counted} />,
                  ] as const,
                ]),
            ...(now === undefined || counted === undefined
              ? []
              : [[words.now, <Amounts sums={now} />] as const]),
            [words.when, <Time t={published.t} show="full" />],
            [words.account, <span class="font-mono text-sm break-all">{current.value!.account}</span>],
            [words.root, <span class="font-mono text-sm break-all">{published.root.hash}</span>],
          ]}
        />
      </div>
      {now !== undefined && counted !== undefined && !same(now, counted) && (
        <p class="mt-2 text-sm text-quiet">{words.changed}</p>
      )}
      <div class="button-row mt-4">
        <CopyButton text={published.root.hash} label={words.copyRoot} />
        <Button kind="quiet" onClick={onAgain}>
          {words.again}
        </Button>
      </div>
    </Card>
  );
};

/** Compares the root with one that came another way than from this hub. */
const Elsewhere = ({
  onRoot,
  isSame,
}: {
  readonly onRoot: (root: string | undefined) => void;
  readonly isSame: boolean;
}): JSX.Element => {
  const words = t.proof;
  const [typed, setTyped] = useState("");
  const [bad, setBad] = useState(false);
  return (
    <Card title={words.elsewhereTitle}>
      <form
        class="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          const root = typed.replace(/\s/g, "").toLowerCase();
          const good = /^[0-9a-f]{64}$/.test(root);
          setBad(!good && root !== "");
          onRoot(good ? root : undefined);
        }}
      >
        <p class="text-quiet">{words.elsewhereLead}</p>
        <TextField
          label={words.elsewhere}
          hint={words.elsewhereHint}
          error={bad ? words.elsewhereBad : undefined}
          value={typed}
          onValue={setTyped}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
        />
        <div>
          <Button type="submit">{words.compare}</Button>
        </div>
        <div aria-live="polite">{isSame && <Note tone="good">{words.same}</Note>}</div>
      </form>
    </Card>
  );
};

const isUnknown = ({ error }: Called<unknown>): boolean => error?.code === "proof_unknown";

export default function ProofPage(): JSX.Element {
  const words = t.proof;
  const published = useCall("proof-root");
  const mine = useCall("my-proof");
  const [elsewhere, setElsewhere] = useState<string>();
  const again = (): void => {
    published.reload();
    mine.reload();
  };
  // One was published between the two answers: both are asked for once more, and only then believed.
  const asked = useRef<string>("");
  const roots = `${published.data?.root.hash} ${mine.data?.root.hash}`;
  const apart = published.data && mine.data && published.data.root.hash !== mine.data.root.hash;
  const isSecondTry = asked.current === roots;
  useEffect(() => {
    if (!apart || isSecondTry) return;
    asked.current = roots;
    again();
  }, [roots]);

  const page = (content: JSX.Element): JSX.Element => (
    <Page title={words.title} lead={words.lead} width="broad">
      {content}
    </Page>
  );
  if (isUnknown(published))
    return page(
      <Card>
        <Empty icon="proof" title={words.none} hint={words.noneHint}>
          <Button onClick={again}>{words.again}</Button>
        </Empty>
      </Card>,
    );
  const failure = published.error ?? (isUnknown(mine) ? undefined : mine.error);
  const missing = published.data === undefined || (mine.data === undefined && !isUnknown(mine));
  if (failure && missing) return page(<ErrorNote error={failure} onRetry={again} />);
  if (published.data === undefined || missing || (apart && !isSecondTry))
    return page(
      <Card>
        <p role="status" class="mb-3 text-quiet">
          {words.checking}
        </p>
        <Loading />
      </Card>,
    );
  const answer = isUnknown(mine) ? undefined : mine.data;
  const verdict = judge(current.value!.account, answer, published.data, elsewhere);
  return page(
    <>
      {failure && <ErrorNote error={failure} onRetry={again} />}
      <div class="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        <div class="flex min-w-0 flex-col gap-4">
          <Answered verdict={verdict} published={published.data} onAgain={again} />
          {verdict.holds && <Way proof={verdict.proof} />}
          <Elsewhere onRoot={setElsewhere} isSame={elsewhere === published.data.root.hash} />
        </div>
        <div class="flex min-w-0 flex-col gap-4">
          <Reserves published={published.data} />
          <Card title={words.limitsTitle}>
            <ul class="flex list-disc flex-col gap-2 ps-5">
              {words.limits.map((limit) => (
                <li key={limit}>{limit}</li>
              ))}
            </ul>
            <div class="button-row mt-4">
              <LinkButton href="/proof">{words.publicPage}</LinkButton>
              {answer && <CopyButton text={JSON.stringify(answer)} label={words.copyLeaf} />}
            </div>
            {answer && <p class="mt-2 text-sm text-quiet">{words.copyLeafHint}</p>}
          </Card>
        </div>
      </div>
    </>,
  );
}
