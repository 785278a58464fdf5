/** BIP-173: the letter of each value from 0 to 31. */
const LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const VALUES = new Uint8Array(128);
for (let value = 0; value < LETTERS.length; value++) VALUES[LETTERS.charCodeAt(value)] = value;
const CHECKSUM_LETTERS = 6;

/**
 * The script of a segwit address that this hub gave out itself: a start takes a million of them, so that they are neither checked
 * nor searched for slips.
 */
export const scriptOfOwn = (address: string): Uint8Array => {
  const first = address.lastIndexOf("1") + 2; // After the separator comes the version.
  const end = address.length - CHECKSUM_LETTERS;
  const length = Math.floor(((end - first) * 5) / 8);
  if (first < 2 || length < 2) throw new Error(`${address} was given out and is no address`);
  const script = new Uint8Array(2 + length);
  const version = VALUES[address.charCodeAt(first - 1)]!;
  script[0] = version === 0 ? 0 : 0x50 + version; // OP_1 to OP_16
  script[1] = length;
  let [bits, count, at] = [0, 0, 2];
  for (let i = first; i < end; i++) {
    bits = ((bits << 5) | VALUES[address.charCodeAt(i)]!) & 0xfff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    script[at++] = bits >>> count;
  }
  return script;
};
