import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  apply,
  type Command,
  emptyState,
  isRefused,
  JOURNAL_VERSION,
  type Receipt,
  type Stamped,
  type State,
} from "@coinholder/engine";
import { openJournal, sqliteStore } from "@coinholder/journal";
import type { Amount, TimeMs } from "@coinholder/protocol";
import { CONFIG } from "../engine-config.ts";
import { inFolder } from "../folder.ts";
import { plainInserts } from "../journal/plain-inserts.ts";
import { interleaved, type Measure } from "../measure.ts";
import { randomId } from "../random-id.ts";

const ROUNDS = 7;
const BLOCKS = 5;
const IN_A_BLOCK = 2000;
const ADDRESSES = 20_000;

const hex = (): string => randomBytes(32).toString("hex");

/** A hub's state with many addresses given out, and commands stamped in order. */
const manyAddresses = (): { run: (command: Command) => string; addresses: string[] } => {
  const state: State = emptyState();
  let t = 1_795_348_800_000;
  const run = (command: Command): string => {
    const stamped = { ...command, t: t++ as TimeMs } as Stamped;
    const outcome = apply(state, stamped);
    if (isRefused(outcome)) throw new Error(JSON.stringify(outcome));
    return JSON.stringify(stamped);
  };
  const key = () => ({ token: randomId("ak-"), type: "hmac-sha256" as const, secret: "AAAA" });
  run({
    kind: "begin",
    version: JOURNAL_VERSION,
    network: "regtest",
    operator: { id: randomId("ac-"), key: key(), permissions: [] },
  });
  run({ kind: "configure", config: CONFIG });
  run({ kind: "chain-begin", height: 0, hash: "0" });
  const addresses: string[] = [];
  for (let index = 0; index < ADDRESSES; index++) {
    const [id, owner] = [randomId("ac-"), key()];
    run({ kind: "create-account", id, key: owner });
    const address = `bcrt1q${randomBytes(19).toString("hex")}`;
    run({
      kind: "new-address",
      by: { token: owner.token, account: id, fn: "new-btc-address" },
      address,
      index,
    });
    addresses.push(address);
  }
  return { run, addresses };
};

/** Blocks full of deposits: booked, credited and on disk. */
export const deposits: Measure = (say) =>
  inFolder(async (folder) => {
    say(`${ADDRESSES} addresses; ${ROUNDS} rounds of ${BLOCKS} blocks with ${IN_A_BLOCK} deposits each`);
    const { run, addresses } = manyAddresses();
    const journal = await openJournal(sqliteStore(join(folder, "journal")));
    await journal.recover({ loadSnapshot: async () => {}, apply: () => {} });
    mkdirSync(join(folder, "plain"));
    const plain = plainInserts(join(folder, "plain"));
    const receipts = (): Receipt[] =>
      Array.from({ length: IN_A_BLOCK }, (_, i) => ({
        txid: hex(),
        vout: i % 3,
        value: (1000 + i) as Amount,
        address: addresses[Math.floor(Math.random() * ADDRESSES)]!,
      }));
    let height = 0;
    let prev = "0";
    const timed = async (work: (blocks: Receipt[][]) => Promise<void>): Promise<number> => {
      const blocks = Array.from({ length: BLOCKS }, receipts);
      await new Promise(setImmediate);
      const start = process.hrtime.bigint();
      await work(blocks);
      return (BLOCKS * IN_A_BLOCK) / (Number(process.hrtime.bigint() - start) / 1e9);
    };
    const { ours, theirs } = await interleaved(ROUNDS, {
      ours: () =>
        timed(async (blocks) => {
          for (const found of blocks) {
            const hash = hex();
            const block = { height: ++height, hash, prev, receipts: found, spends: [] };
            prev = hash;
            await journal.durable(journal.append(run({ kind: "chain-block", ...block })));
          }
        }),
      theirs: () =>
        timed(async (blocks) => {
          for (const found of blocks) plain.burst(found.map((receipt) => JSON.stringify(receipt)));
        }),
    });
    plain.close();
    await journal.close();
    return [
      {
        what: `deposits in blocks of ${IN_A_BLOCK}, booked, credited and durable`,
        unit: "deposits/s",
        ours,
        yardstick: { what: "the same as plain rows, a transaction for each block", value: theirs },
      },
    ];
  });
