import type { Answer } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useCall } from "../hub/use-call.ts";
import { t } from "../texts/index.ts";
import { Badge, Card } from "../ui/card.tsx";
import { Empty, Loaded } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import { Code, Pager, Whole } from "./shown.tsx";

type Action = Answer<"operator-audit">["actions"][number];

const LIMIT = 25;

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Lists longer than that are unfolded when somebody wants them. */
const MOST_SHOWN = 3;

/** A value of a call as text. Of permissions the functions are enough: the account is told by the key. */
const Value = ({ of }: { readonly of: unknown }): JSX.Element => {
  if (!Array.isArray(of)) return <>{text(of)}</>;
  const all = of
    .map((one: unknown) => (Array.isArray(one) && one.length === 2 ? text(one[1]) : text(one)))
    .join(", ");
  if (of.length <= MOST_SHOWN) return <>{all}</>;
  return (
    <details>
      <summary>{t.operator.audit.entries(of.length)}</summary>
      {all}
    </details>
  );
};

type Unsettled = keyof typeof t.operator.audit.outcomes;

/** How it ended, where that is not simply well. */
const Outcome = ({ outcome }: { readonly outcome: Action["outcome"] }): JSX.Element | null =>
  outcome === undefined || outcome === "done" ? null : (
    <p>
      <Badge tone={outcome === "failed" ? "bad" : "warn"}>
        {t.operator.audit.outcomes[outcome satisfies Unsettled]}
      </Badge>
    </p>
  );

const OneAction = ({ action }: { readonly action: Action }): JSX.Element => {
  const words = t.operator.audit;
  const { function: name, t: when, label, authkey_token, params, journal_seq, outcome } = action;
  return (
    <li class="flex flex-col gap-1 py-3 first:pt-0 last:pb-0" data-function={name}>
      <div class="flex flex-wrap items-baseline justify-between gap-x-4">
        <p class="font-medium">{words.actions[name] ?? name}</p>
        <p class="text-sm text-quiet">
          <Time t={when} show="full" />
        </p>
      </div>
      <Outcome outcome={outcome} />
      {Object.keys(params).length > 0 && (
        <dl class="grid grid-cols-[auto_1fr] gap-x-4 gap-y-0.5 text-sm">
          {Object.entries(params).map(([key, value]) => (
            <div key={key} class="contents">
              <dt class="text-quiet">{words.params[key] ?? key}</dt>
              <dd class="min-w-0 break-words [overflow-wrap:anywhere]">
                {key.endsWith("_t") && typeof value === "number" ? (
                  <Time t={value} show="full" />
                ) : (
                  <Value of={value} />
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
      <p class="text-sm text-quiet">
        {label ?? words.noLabel} · <Code text={authkey_token} /> · #<Whole n={journal_seq} />
      </p>
    </li>
  );
};

export const AuditView = (): JSX.Element => {
  const words = t.operator.audit;
  const [cursors, setCursors] = useState<readonly number[]>([]);
  const before = cursors.at(-1);
  const call = useCall("operator-audit", { limit: LIMIT, ...(before === undefined ? {} : { before }) });
  return (
    <Card>
      <p class="mb-4 text-quiet">{words.lead}</p>
      <Loaded call={call} lines={6}>
        {({ actions, more_exist, next_before }) => (
          <>
            {actions.length === 0 ? (
              <Empty icon="check" title={words.none} hint={words.noneHint} />
            ) : (
              <ul class="divide-y divide-line">
                {actions.map((action) => (
                  <OneAction key={action.journal_seq} action={action} />
                ))}
              </ul>
            )}
            <Pager cursors={cursors} next={more_exist ? next_before : undefined} onCursors={setCursors} />
          </>
        )}
      </Loaded>
    </Card>
  );
};
