import { createHash } from "node:crypto";

// For tests: reads a block the obvious way, by cutting it into strings of hex. Shares nothing with the reader that it judges.

export type SlowRefusal = "malformed_block" | "wrong_block" | "malformed_transaction";
export type SlowTransaction = {
  txid: string;
  outpoints: string[];
  outputs: { value: bigint; script: string }[];
};

const MOST = 21_000_000n * 100_000_000n;

const reversed = (hex: string): string => hex.match(/../g)!.reverse().join("");
const sha256Hex = (hex: string): string => createHash("sha256").update(hex, "hex").digest("hex");
const sha256dHex = (hex: string): string => sha256Hex(sha256Hex(hex));

class CutOff extends Error {}

const cutter = (hex: string) => {
  let rest = hex;
  const take = (bytes: number): string => {
    if (rest.length < 2 * bytes) throw new CutOff();
    const taken = rest.slice(0, 2 * bytes);
    rest = rest.slice(2 * bytes);
    return taken;
  };
  const number = (bytes: number): bigint => BigInt(`0x${reversed(take(bytes))}`);
  /** The bytes of a compact size, and what it says. */
  const count = (): { hex: string; value: number } => {
    const first = take(1);
    const width = { fd: 2, fe: 4, ff: 8 }[first] ?? 0;
    const more = take(width);
    const value = width === 0 ? BigInt(`0x${first}`) : BigInt(`0x${reversed(more)}`);
    const least = { 0: 0n, 2: 0xfdn, 4: 0x10000n, 8: 1n << 64n }[width]!;
    if (value < least) throw new CutOff();
    return { hex: first + more, value: Number(value) };
  };
  const prefixed = (): { hex: string; content: string } => {
    const { hex: size, value } = count();
    const content = take(value);
    return { hex: size + content, content };
  };
  const startsWith = (hex: string): boolean => rest.startsWith(hex);
  return { take, number, count, prefixed, startsWith, isEmpty: () => rest === "" };
};

const cutTransaction = (from: ReturnType<typeof cutter>): SlowTransaction => {
  let hashed = from.take(4);
  const hasWitness = from.startsWith("00");
  if (hasWitness && from.take(2) !== "0001") throw new CutOff();
  const inputs = from.count();
  hashed += inputs.hex;
  const outpoints: string[] = [];
  for (let i = 0; i < inputs.value; i++) {
    const txid = from.take(32);
    const vout = from.take(4);
    outpoints.push(`${reversed(txid)}:${Number(`0x${reversed(vout)}`)}`);
    hashed += txid + vout + from.prefixed().hex + from.take(4);
  }
  const outputCount = from.count();
  hashed += outputCount.hex;
  const outputs: SlowTransaction["outputs"] = [];
  for (let i = 0; i < outputCount.value; i++) {
    const value = from.take(8);
    const script = from.prefixed();
    outputs.push({ value: BigInt(`0x${reversed(value)}`), script: script.content });
    hashed += value + script.hex;
  }
  if (inputs.value === 0 || outputCount.value === 0) throw new CutOff();
  if (hasWitness)
    for (const _ of outpoints) for (let items = from.count().value; items > 0; items--) from.prefixed();
  hashed += from.take(4);
  return { txid: reversed(sha256dHex(hashed)), outpoints, outputs };
};

const rootOf = (ids: string[]): string | undefined => {
  if (ids.length === 1) return ids[0];
  const above: string[] = [];
  for (let i = 0; i < ids.length; i += 2) {
    if (ids[i] === ids[i + 1]) return undefined;
    above.push(sha256dHex(ids[i]! + (ids[i + 1] ?? ids[i]!)));
  }
  return rootOf(above);
};

const cutTransactions = (hex: string): SlowTransaction[] | undefined => {
  const from = cutter(hex);
  try {
    const transactions: SlowTransaction[] = [];
    for (let left = from.count().value; left > 0; left--) transactions.push(cutTransaction(from));
    return from.isEmpty() && transactions.length > 0 ? transactions : undefined;
  } catch (error) {
    if (error instanceof CutOff) return undefined;
    throw error;
  }
};

/** The block with the merkle root of its transactions put into its header, if they can be read. */
export const withRightRoot = (block: Uint8Array): Buffer => {
  const right = Buffer.from(block);
  const transactions = cutTransactions(right.subarray(80).toString("hex"));
  const root = transactions && rootOf(transactions.map(({ txid }) => reversed(txid)));
  if (root !== undefined) right.write(root, 36, "hex");
  return right;
};

const NOTHING = `${"00".repeat(32)}:${0xffffffff}`;

export const slowBlock = (block: Uint8Array): SlowTransaction[] | SlowRefusal => {
  const hex = Buffer.from(block).toString("hex");
  if (hex.length < 160) return "malformed_block";
  const transactions = cutTransactions(hex.slice(160));
  if (transactions === undefined) return "malformed_block";
  if (rootOf(transactions.map(({ txid }) => reversed(txid))) !== hex.slice(72, 136)) return "wrong_block";
  const { outpoints } = transactions[0]!;
  return outpoints.length === 1 && outpoints[0] === NOTHING ? transactions : "wrong_block";
};

export type SlowWatch = { addresses: ReadonlyMap<string, string>; outpoints: ReadonlySet<string> };

/** What `scanBlock` must find, or the code of what it must throw. */
export const slowScan = (block: Uint8Array, { addresses, outpoints }: SlowWatch) => {
  const transactions = slowBlock(block);
  if (typeof transactions === "string") return transactions;
  if (transactions.some(({ outputs }) => outputs.some(({ value }) => value > MOST)))
    return "malformed_transaction";
  const receipts = transactions.flatMap((transaction, at) =>
    transaction.outputs.flatMap(({ value, script }, vout) => {
      const address = addresses.get(script);
      const coinbase = transaction.outpoints.length === 1 && transaction.outpoints[0] === NOTHING;
      return address === undefined
        ? []
        : [{ at, txid: transaction.txid, vout, value: Number(value), address, coinbase }];
    }),
  );
  const spends = transactions.flatMap(({ txid, outpoints: spent }, at) => {
    const earlier = new Set(receipts.filter((one) => one.at < at).map((one) => `${one.txid}:${one.vout}`));
    return spent
      .filter((outpoint) => outpoints.has(outpoint) || earlier.has(outpoint))
      .map((outpoint) => ({ outpoint, txid }));
  });
  return { receipts: receipts.map(({ at: _, ...receipt }) => receipt), spends };
};
