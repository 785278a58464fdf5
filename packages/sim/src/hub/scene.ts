import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openWallet, seedFromPhrase } from "@coinholder/bitcoin";
import type { Prng } from "../prng.ts";
import { openSimNode } from "./node.ts";

/** The hub's configuration file. */
export const CONFIG = {
  accounts_per_hour: 1_000_000,
  confirmations: [{ up_to: "0.01", blocks: 1 }, { blocks: 2 }],
  final_after: 3,
  deep_reorg: 7,
  markets: [{ base: "BTC", quote: "USD", maker_fee_bps: 10, taker_fee_bps: 25 }],
  desk: {
    life_s: 20,
    most_open: 6,
    most_open_per_buyer: 3,
    markets: [
      { market: "BTC/USD", price: { rate: "60000.00" }, spread_bps: 50, premium_bps: 10, most: "0.5" },
    ],
  },
};

/** A second wallet, whose addresses are nobody's here. */
const strangers = openWallet(seedFromPhrase("zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong", "regtest"));
export const outside = (number: number): string => strangers.address("receive", number).address;

/** The chain's first blocks are the same in every run: made once a process. */
let firstBlocks: string | undefined;
export const chainFolder = (root: string, random: Prng): string => {
  const folder = join(root, "chain");
  if (firstBlocks === undefined || !existsSync(firstBlocks)) {
    openSimNode(folder, random).close();
    firstBlocks = mkdtempSync(join(tmpdir(), "coinholder-sim-chain-"));
    cpSync(folder, firstBlocks, { recursive: true });
    process.once("exit", () => rmSync(firstBlocks!, { recursive: true, force: true }));
  } else cpSync(firstBlocks, folder, { recursive: true });
  return folder;
};
