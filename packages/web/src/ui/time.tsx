import type { JSX } from "preact";

/** English with the day before the month and hours to 24. */
const LANGUAGE = "en-GB";
const full = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "medium" });
const date = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium" });
const clock = new Intl.DateTimeFormat(LANGUAGE, { timeStyle: "short" });

const isToday = (t: number): boolean => new Date(t).toDateString() === new Date().toDateString();

/** A time of day today, a date before; the whole of it when pointed at. `t`: ms since 1970. */
export const Time = ({
  t,
  show = "short",
}: {
  readonly t: number;
  readonly show?: "short" | "full" | "date";
}): JSX.Element => {
  const when = new Date(t);
  const text =
    show === "full"
      ? full.format(when)
      : show === "date"
        ? date.format(when)
        : isToday(t)
          ? clock.format(when)
          : date.format(when);
  return (
    <time dateTime={when.toISOString()} title={full.format(when)} class="digits whitespace-nowrap">
      {text}
    </time>
  );
};
