import { readWritten } from "@coinholder/protocol";

// A string as a whole, so that digits within are left alone, or a number. Only of text that JSON.parse has taken.
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/g;

/** JSON whose numbers come as the strings that they are written with: no float stands between. Throws SyntaxError. */
export const parseExact = (text: string): unknown => {
  JSON.parse(text);
  return JSON.parse(
    text.replaceAll(STRING_OR_NUMBER, (token) => (token.startsWith('"') ? token : `"${token}"`)),
  );
};

/** Of bitcoin, and of US dollars at Mt Gox. */
export const BTC_PLACES = 8;
export const USD_PLACES = 5;

export interface Exact {
  readonly digits: bigint;
  readonly places: number;
}

/** What was told as a number or as a string, as it is written; the noise of floating point (9.700000000000001) is taken off. */
export const exactOf = (told: unknown, places: number): Exact | undefined =>
  typeof told === "string" ? readWritten(told, places) : undefined;

/** As a plain decimal, with two places at least and no zeros beyond. */
export const decimal = ({ digits, places }: Exact): string => {
  const size = (digits < 0n ? -digits : digits).toString().padStart(places + 1, "0");
  const point = size.length - places;
  const fraction = size.slice(point).replace(/0+$/, "").padEnd(2, "0");
  return `${digits < 0n ? "-" : ""}${size.slice(0, point)}.${fraction}`;
};

export const compare = (a: Exact, b: Exact): number => {
  const places = Math.max(a.places, b.places);
  const [x, y] = [a, b].map((one) => one.digits * 10n ** BigInt(places - one.places)) as [bigint, bigint];
  return x < y ? -1 : x > y ? 1 : 0;
};

/** A product in so many places, rounded up or down where it is finer. Neither factor is below zero. */
export const product = (a: Exact, b: Exact, places: number, way: "up" | "down"): Exact => {
  const digits = a.digits * b.digits;
  const finer = a.places + b.places - places;
  if (finer <= 0) return { digits: digits * 10n ** BigInt(-finer), places };
  const scale = 10n ** BigInt(finer);
  return { digits: (digits + (way === "up" ? scale - 1n : 0n)) / scale, places };
};
