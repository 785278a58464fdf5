import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAct } from "../hub/act.ts";
import { overview } from "../hub/current.ts";
import { useCall } from "../hub/use-call.ts";
import { Amounts } from "../proof/amounts.tsx";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Card, Facts, Note } from "../ui/card.tsx";
import { Money } from "../ui/money.tsx";
import { Loaded } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import { notify } from "../ui/toast.tsx";
import { Confirm, UnknownCalls } from "./confirm.tsx";
import { Code, Whole } from "./shown.tsx";

const Publish = (): JSX.Element => {
  const words = t.operator.identity;
  const last = useCall("proof-root");
  const act = useAct("operator-publish-proof");
  const [asked, setAsked] = useState(false);
  return (
    <Card title={words.proof}>
      <p class="mb-3 text-quiet">{words.proofLead}</p>
      {last.error?.code === "proof_unknown" ? (
        <p>{words.noProof}</p>
      ) : (
        <Loaded call={last}>
          {({ t: when, root, accounts, reserves }) => (
            <Facts
              facts={[
                [words.last, <Time t={when} show="full" />],
                [words.root, <Code text={root.hash} />],
                [words.accounts, <Whole n={accounts} />],
                [words.owed, <Amounts sums={root.sums} />],
                [words.reserves, <Money amount={BigInt(reserves.amount)} currency="BTC" />],
              ]}
            />
          )}
        </Loaded>
      )}
      <div class="button-row mt-4">
        {may("operator-publish-proof") && (
          <Button kind="main" icon="proof" onClick={() => setAsked(true)}>
            {words.publish}
          </Button>
        )}
        <LinkButton href="/proof">{words.look}</LinkButton>
      </div>
      <Confirm
        open={asked}
        of={act}
        title={words.publishTitle}
        text={words.publishText}
        yes={words.publishYes}
        repeatable
        params={() => ({})}
        onClose={() => setAsked(false)}
        onDone={() => notify(words.publishDone)}
      />
    </Card>
  );
};

const Rotate = (): JSX.Element => {
  const words = t.operator.identity;
  const act = useAct("operator-rotate-identity");
  const [asked, setAsked] = useState(false);
  const [made, setMade] = useState<{ readonly public_key: string; readonly rotations: number }>();
  const key = made?.public_key ?? overview.value?.identity?.public_key;
  return (
    <section
      aria-label={words.danger}
      class="flex flex-col gap-4 rounded-[0.875rem] border-2 border-bad bg-surface p-4 sm:p-5"
    >
      <h2 class="text-lg font-semibold text-bad">{words.danger}</h2>
      <UnknownCalls of={act} tell={() => words.rotateCall} onDone={setMade} />
      <Facts facts={[[words.key, <Code text={key ?? words.noKey} />]]} />
      <div aria-live="polite" class="contents">
        {made && <Note tone="good">{words.rotateDone(made.rotations + 1)}</Note>}
      </div>
      <p>{words.rotateText}</p>
      <div>
        <Button kind="danger" onClick={() => setAsked(true)}>
          {words.rotate}
        </Button>
      </div>
      <Confirm
        open={asked}
        of={act}
        title={words.rotateTitle}
        text={words.rotateText}
        yes={words.rotateYes}
        danger
        word={words.rotateWord}
        repeatable
        params={() => ({})}
        onClose={() => setAsked(false)}
        onDone={setMade}
      />
    </section>
  );
};

export const IdentityView = (): JSX.Element => (
  <>
    <Publish />
    {may("operator-rotate-identity") && <Rotate />}
  </>
);
