import { randomBytes } from "node:crypto";
import { openScriptSet, outpointSet, scanBlock, type Watch } from "@coinholder/bitcoin";
import { type Figure, interleaved, type Measure } from "../measure.ts";
import { type SyntheticBlock, syntheticBlock } from "./synthetic-block.ts";
import { hashedAtOnce, hashedPlainly, hashedQuickly } from "./yardstick.ts";

const ROUNDS = 9;
const BLOCKS = 6;
const TIMES = 5;
const TRANSACTIONS = 2_500;
const SCRIPTS = 1_000_000;
const COINS = 100_000;
/** In each block: so many pay us, and so many spend ours. */
const OURS = 20;
const AIM = 1 / 1.5;

const watchMany = () => {
  const scripts = openScriptSet();
  const ours: Buffer[] = [];
  for (let i = 0; i < SCRIPTS; i++) {
    const isTaproot = i % 4 === 0;
    const script = Buffer.from(isTaproot ? [0x51, 0x20, ...randomBytes(32)] : [0, 0x14, ...randomBytes(20)]);
    scripts.add(script, `bcrt1${isTaproot ? "p" : "q"}${script.toString("hex")}`);
    if (i < BLOCKS * OURS) ours.push(script);
  }
  const coins = Array.from({ length: COINS }, () => `${randomBytes(32).toString("hex")}:${0}`);
  const outpoints = coins
    .slice(0, BLOCKS * OURS)
    .map((coin) => Buffer.concat([Buffer.from(coin.slice(0, 64), "hex").reverse(), Buffer.alloc(4)]));
  return { watch: { scripts, outpoints: outpointSet(coins) } satisfies Watch, scripts: ours, outpoints };
};

const scanned = (raw: Uint8Array, watch: Watch): void => {
  const { receipts, spends } = scanBlock(raw, watch);
  if (receipts.length !== OURS || spends.length !== OURS) throw new Error("the scan missed something");
};

/** Blocks a second. A pause before each measure lets others work and garbage be collected. */
const perSecond = async (
  blocks: readonly SyntheticBlock[],
  work: (block: SyntheticBlock) => void,
): Promise<number> => {
  await new Promise(setImmediate);
  const start = process.hrtime.bigint();
  for (let i = 0; i < TIMES; i++) for (const block of blocks) work(block);
  return (TIMES * blocks.length) / (Number(process.hrtime.bigint() - start) / 1e9);
};

/** Blocks from their bytes to what they bring us, the transactions' ids and the merkle root checked. */
export const scan: Measure = async (say) => {
  say(`${SCRIPTS} scripts and ${COINS} coins to watch, ${BLOCKS} blocks of ${TRANSACTIONS} transactions`);
  const { watch, scripts, outpoints } = watchMany();
  const blocks = Array.from({ length: BLOCKS }, (_, i) => {
    const part = <T>(all: readonly T[]): T[] => all.slice(i * OURS, (i + 1) * OURS);
    return syntheticBlock(TRANSACTIONS, { scripts: part(scripts), outpoints: part(outpoints) });
  });
  const bytes = (of: (block: SyntheticBlock) => number): string =>
    `${(blocks.reduce((sum, block) => sum + of(block), 0) / BLOCKS / 1e6).toFixed(2)} MB`;
  const size = bytes(({ raw }) => raw.length);
  const hashed = bytes(({ stripped }) => stripped.reduce((sum, one) => sum + one.length, 0));
  say(`${ROUNDS} rounds of ${TIMES * BLOCKS} blocks of ${size}, ${hashed} of it in the ids`);
  const { ours, plain, quick, atOnce } = await interleaved(ROUNDS, {
    ours: () => perSecond(blocks, ({ raw }) => scanned(raw, watch)),
    plain: () => perSecond(blocks, ({ stripped }) => hashedPlainly(stripped)),
    quick: () => perSecond(blocks, ({ stripped }) => hashedQuickly(stripped)),
    atOnce: () => perSecond(blocks, ({ raw }) => hashedAtOnce(raw)),
  });
  const beside = (what: string, value: number): Omit<Figure, "aim"> => ({
    what: `blocks of ${size} read, checked and scanned for a million scripts`,
    unit: "blocks/s",
    ours,
    yardstick: { what, value },
  });
  const aim = (value: number) => ({ what: "0.67 or more", met: ours / value >= AIM });
  return [
    { ...beside("ids and merkle root by double SHA-256 into Buffers", plain), aim: aim(plain) },
    { ...beside("the same by the quickest way in Node", quick), aim: aim(quick) },
    beside("double SHA-256 of the block's bytes in one go", atOnce),
  ];
};
