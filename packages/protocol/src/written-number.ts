/** A number that was written down, exactly: `digits` over ten to the `places`. */
export interface WrittenNumber {
  readonly digits: bigint;
  readonly places: number;
}

// With or without digits before and after the point, with or without an exponent: what PHP, Python and JavaScript print.
const WRITTEN = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,2}))?$/;
const LONGEST = 64;

const tenTo = (places: number): bigint => 10n ** BigInt(places);

/** In whole units of so many places, rounded down or up (towards minus or plus infinity). */
export const roundedAt = ({ digits, places }: WrittenNumber, wanted: number, way: "down" | "up"): bigint => {
  if (places <= wanted) return digits * tenTo(wanted - places);
  const scale = tenTo(places - wanted);
  const towardsZero = digits / scale;
  if (digits % scale === 0n) return towardsZero;
  if (way === "down") return digits < 0n ? towardsZero - 1n : towardsZero;
  return digits > 0n ? towardsZero + 1n : towardsZero;
};

/**
 * Programs that reckon in floating point print 9.700000000000001 for 9.7. What is finer than `places` and within four units
 * in the last place of a double (2^-50 of the whole) of a number that is not, is that number. Everything else stays as it is.
 */
const meant = (written: WrittenNumber, places: number): WrittenNumber => {
  if (written.places <= places) return written;
  const scale = tenTo(written.places - places);
  const size = written.digits < 0n ? -written.digits : written.digits;
  const near = (size + scale / 2n) / scale;
  const off = size - near * scale;
  if ((off < 0n ? -off : off) << 50n > size) return written;
  return { digits: written.digits < 0n ? -near : near, places };
};

/** Reads a number as programs print it, exactly but for the noise of floating point beyond `places`. Undefined: it is none. */
export const readWritten = (text: string, places: number): WrittenNumber | undefined => {
  const found = text.length > LONGEST ? null : WRITTEN.exec(text);
  if (!found) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = found;
  if (whole === "" && fraction === "") return undefined;
  const shift = Number(exponent);
  const size = BigInt(whole + fraction);
  const digits = sign === "-" ? -size : size;
  const finer = fraction.length - shift;
  return meant(finer < 0 ? { digits: digits * tenTo(-finer), places: 0 } : { digits, places: finer }, places);
};
