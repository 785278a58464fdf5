import type { Answer } from "@coinholder/protocol";
import type { JSX } from "preact";
import { t } from "../texts/index.ts";
import { Badge, Card } from "../ui/card.tsx";
import { Icon } from "../ui/icons.tsx";
import { Time } from "../ui/time.tsx";

type Alarm = Answer<"operator-chain">["alarms"][number];

const OneAlarm = ({ alarm }: { readonly alarm: Alarm }): JSX.Element => {
  const words = t.operator.overview;
  const { name, level, message, since_t, particulars } = alarm;
  const more = Object.entries(particulars);
  return (
    <li class="flex flex-col gap-1 py-3 first:pt-0 last:pb-0">
      <div class="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={level === "error" ? "bad" : "warn"}>
          <Icon name="warning" class="size-4" />
          {words.level[level]}
        </Badge>
        <span class="font-medium">{words.alarmNames[name] ?? name}</span>
        <span class="text-sm text-quiet">
          {words.since} <Time t={since_t} show="full" />
        </span>
      </div>
      <p class="break-words">{message}</p>
      {more.length > 0 && (
        <details class="text-sm text-quiet">
          <summary class="py-1">{words.particulars}</summary>
          {more.map(([key, value]) => (
            <p key={key} class="font-mono break-all">
              {key}: {typeof value === "string" ? value : JSON.stringify(value)}
            </p>
          ))}
        </details>
      )}
    </li>
  );
};

export const Alarms = ({ alarms }: { readonly alarms: readonly Alarm[] }): JSX.Element => {
  const words = t.operator.overview;
  // Worst first, then as they came.
  const sorted = [...alarms].sort((a, b) => Number(b.level === "error") - Number(a.level === "error"));
  return (
    <Card title={words.alarms}>
      <span class="sr-only" aria-live="polite">
        {words.count(alarms.length)}
      </span>
      {alarms.length === 0 ? (
        <p class="flex items-center gap-3">
          <span class="rounded-full bg-good-soft p-2 text-good">
            <Icon name="check" />
          </span>
          <span>
            <span class="block font-medium">{words.noAlarms}</span>
            <span class="block text-sm text-quiet">{words.noAlarmsHint}</span>
          </span>
        </p>
      ) : (
        <ul class="divide-y divide-line">
          {sorted.map((alarm, i) => (
            <OneAlarm key={`${alarm.name} ${alarm.since_t} ${i}`} alarm={alarm} />
          ))}
        </ul>
      )}
    </Card>
  );
};
