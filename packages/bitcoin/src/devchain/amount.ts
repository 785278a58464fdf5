/** Every amount on the development chain is a bigint in satoshi: what the transaction codec reads and writes. */
export const COIN = 100_000_000n;
export const MAX_MONEY = 21_000_000n * COIN;

/** Satoshi as BTC with all eight decimals, as Bitcoin Core prints them: 10000000n is "0.10000000". */
export function formatBtc(sats: bigint): string {
  const digits = (sats < 0n ? -sats : sats).toString().padStart(9, "0");
  return `${sats < 0n ? "-" : ""}${digits.slice(0, -8)}.${digits.slice(-8)}`;
}

/**
 * BTC as decimal text to satoshi, digit by digit, never through a float. An exponent is read too, since that is how
 * JavaScript writes the JSON number 0.00000001. Undefined when it is not a plain amount from 0 to 21 million BTC or
 * finer than a satoshi.
 */
export function parseBtc(text: string): bigint | undefined {
  const match = /^(\d{1,16})(?:\.(\d{1,24}))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text);
  if (match === null) return undefined;
  const fraction = match[2] ?? "";
  const digits = BigInt(match[1]! + fraction);
  const shift = 8 - fraction.length + Number(match[3] ?? 0);
  const factor = 10n ** BigInt(Math.abs(shift));
  if (shift < 0 && digits % factor !== 0n) return undefined;
  const sats = shift < 0 ? digits / factor : digits * factor;
  return sats <= MAX_MONEY ? sats : undefined;
}
