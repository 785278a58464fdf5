import type { Amount } from "@coinholder/protocol";
import type { EngineConfig } from "../config.ts";
import { COINBASE_MATURITY, type Deposit } from "./chain.ts";

/** How deep a deposit must be to count, its own block included, when its block brought `sum` to its address. */
export const confirmationsFor = (config: EngineConfig, sum: Amount): number =>
  config.confirmations.find(({ upTo }) => upTo === null || sum <= upTo)!.blocks;

/** How deep this deposit, which is in a block, must be. */
export const depthNeeded = (config: EngineConfig, { coinbase, sum }: Deposit): number =>
  Math.max(coinbase ? COINBASE_MATURITY : 0, confirmationsFor(config, sum));
