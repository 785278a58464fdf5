const two = (number: number): string => String(number).padStart(2, "0");

/** 60 -> "+01", -210 -> "-03:30", 0 -> "Z". */
const zone = (minutes: number): string => {
  if (minutes === 0) return "Z";
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? "" : `:${two(size % 60)}`;
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}${rest}`;
};

/** ms since 1970 -> "13:00:00", on this machine's clock. */
export const clockTime = (t: number): string => {
  const date = new Date(t);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
};

/** ms since 1970 -> "2026-11-22 13:00:00+01", in this machine's zone; undefined for what is no time. */
export const localTime = (t: number): string | undefined => {
  const date = new Date(t);
  if (Number.isNaN(date.getTime())) return undefined;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${clockTime(t)}${zone(-date.getTimezoneOffset())}`;
};
