// The checksum of output script descriptors (BIP-380).

const INPUT_CHARACTERS =
  "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
const CHECKSUM_CHARACTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0xf5dee51989n, 0xa9fdca3312n, 0x1bab10e32dn, 0x3706b1677an, 0x644d626ffdn];

const polymod = (symbols: readonly number[]): bigint =>
  symbols.reduce((before, symbol) => {
    const top = before >> 35n;
    const shifted = ((before & 0x7ffffffffn) << 5n) ^ BigInt(symbol);
    return GENERATOR.reduce((sum, part, bit) => ((top >> BigInt(bit)) & 1n ? sum ^ part : sum), shifted);
  }, 1n);

/** Each character's place in its group of 32, and after every three the groups that they are of. */
const symbolsOf = (text: string): number[] | undefined => {
  const symbols: number[] = [];
  let groups: number[] = [];
  const closeGroups = (): void => {
    if (groups.length > 0) symbols.push(groups.reduce((sum, group) => sum * 3 + group, 0));
    groups = [];
  };
  for (const character of text) {
    const at = INPUT_CHARACTERS.indexOf(character);
    if (at < 0) return undefined;
    symbols.push(at & 31);
    groups.push(at >> 5);
    if (groups.length === 3) closeGroups();
  }
  closeGroups();
  return symbols;
};

/** The 8 characters that stand behind the #; undefined where a character cannot be in a descriptor. */
export const descriptorChecksum = (text: string): string | undefined => {
  const symbols = symbolsOf(text);
  if (symbols === undefined) return undefined;
  const checksum = polymod([...symbols, 0, 0, 0, 0, 0, 0, 0, 0]) ^ 1n;
  return Array.from(
    { length: 8 },
    (_, i) => CHECKSUM_CHARACTERS[Number((checksum >> BigInt(5 * (7 - i))) & 31n)],
  ).join("");
};
