import type { Logger } from "pino";
import type { Alarm } from "./alarm.ts";

export type { Alarm, AlarmName } from "./alarm.ts";
export { lookForAlarms } from "./look.ts";

export interface RaisedAlarm extends Alarm {
  /** ms since 1970. */
  readonly since: number;
}

/** Remembers what is the matter from one look to the next. */
export interface Alarms {
  /** Takes all that is the matter now. What is new and what is over is logged, once. */
  readonly update: (found: readonly Alarm[]) => void;
  /** In the order in which they came. */
  readonly current: () => readonly RaisedAlarm[];
}

const keyOf = ({ name, of = "" }: Alarm): string => `${name} ${of}`;

/** @param now ms since 1970 */
export const makeAlarms = (log: Pick<Logger, "error" | "warn" | "info">, now = Date.now): Alarms => {
  const raised = new Map<string, RaisedAlarm>();
  return {
    update: (found) => {
      const keys = new Set(found.map(keyOf));
      for (const [key, { name, since, particulars }] of raised) {
        if (keys.has(key)) continue;
        raised.delete(key);
        log.info({ alarm: name, over: true, lasted_ms: now() - since, ...particulars }, `over: ${name}`);
      }
      for (const alarm of found) {
        const key = keyOf(alarm);
        const before = raised.get(key);
        raised.set(key, { ...alarm, since: before?.since ?? now() });
        if (before === undefined)
          log[alarm.level]({ alarm: alarm.name, ...alarm.particulars }, alarm.message);
      }
    },
    current: () => [...raised.values()],
  };
};
