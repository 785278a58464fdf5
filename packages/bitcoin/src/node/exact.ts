import type { Sats } from "@coinholder/protocol";
import { MAX_SATS, sats } from "../sats.ts";

// Nodes write amounts as JSON numbers of BTC. A JSON parser makes them floats, so the literal's own text is read instead.

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
const NUMBER = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,2}))?$/;

/** JSON.parse, but every number arrives as the text that stood there. For short answers. Throws SyntaxError. */
export const parseJsonKeepingNumbers = (json: string): unknown => {
  JSON.parse(json); // what is no JSON must not become JSON by the quotes put in below
  return JSON.parse(json.replace(STRING_OR_NUMBER, (part) => (part.startsWith('"') ? part : `"${part}"`)));
};

/** The number times 10^places: whole part, and whether anything finer was there. Undefined if it is no number. */
const scaled = (text: string, places: number): { whole: bigint; finer: boolean } | undefined => {
  const parts = NUMBER.exec(text);
  if (parts === null) return undefined;
  const [, sign = "", integer = "", fraction = "", exponent = "0"] = parts;
  const digits = BigInt(integer + fraction) * (sign === "-" ? -1n : 1n);
  const shift = Number(exponent) - fraction.length + places;
  if (shift >= 0) return { whole: digits * 10n ** BigInt(shift), finer: false };
  const unit = 10n ** BigInt(-shift);
  return { whole: digits / unit, finer: digits % unit !== 0n };
};

/** A JSON number's text in BTC as satoshi; undefined if it is negative, finer than a satoshi or more than exists. */
export const satsOfBtc = (text: string): Sats | undefined => {
  const value = scaled(text, 8);
  if (value === undefined || value.finer || value.whole < 0n || value.whole > BigInt(MAX_SATS))
    return undefined;
  return sats(Number(value.whole));
};

/** A fee rate's text in BTC per 1000 vbytes as satoshi per 1000 vbytes, rounded up; undefined unless above zero. */
export const satsPerKvB = (text: string): number | undefined => {
  const value = scaled(text, 8);
  if (value === undefined) return undefined;
  const rate = value.whole + (value.finer ? 1n : 0n);
  return rate > 0n && !text.startsWith("-") && rate <= BigInt(MAX_SATS) ? Number(rate) : undefined;
};
