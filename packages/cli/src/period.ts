import { InvalidArgumentError, Option } from "commander";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

// One that is not in the calendar would be taken for one of the next month.
const isDay = (text: string): boolean => {
  const t = Date.parse(`${text}T00:00:00Z`);
  return Number.isSafeInteger(t) && new Date(t).toISOString().startsWith(text);
};

/** A day (its beginning, UTC) or a moment with its zone, by ISO 8601; in ms since 1970. */
export const parseTime = (text: string): number => {
  const t = DAY.test(text)
    ? Date.parse(`${text}T00:00:00Z`)
    : MOMENT.test(text)
      ? Date.parse(text)
      : Number.NaN;
  if (!Number.isSafeInteger(t) || t < 0 || !isDay(text.slice(0, "2026-01-31".length)))
    throw new InvalidArgumentError("It must be a day such as 2026-01-31 (UTC), or 2026-01-31T12:00:00Z.");
  return t;
};

export const fromOption = (): Option =>
  new Option("--from <time>", "from when on; from the beginning unless said").argParser(parseTime);
export const toOption = (): Option =>
  new Option("--to <time>", "until when, not included; until now unless said").argParser(parseTime);
