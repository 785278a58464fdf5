import type { Sats } from "@coinholder/protocol";
import type { HubConfig } from "../config-file.ts";
import type { ChainHub } from "./chain-hub.ts";

/** Blocks within which a withdrawal should be mined. */
const TARGET_BLOCKS = 6;

/** Whole satoshi per vbyte, between the configured floor and ceiling. */
export const askFeeRate = async ({
  node,
  config: { fees },
}: Pick<ChainHub, "node" | "config">): Promise<number> => {
  const perKvb = await node.feeRate(TARGET_BLOCKS);
  const rate = perKvb === undefined ? fees.fallback : Math.ceil(perKvb / 1000);
  return Math.min(fees.ceiling, Math.max(fees.floor, rate));
};

/** The most that a transaction which pays so much may cost. */
export const feeCap = ({ fees }: Pick<HubConfig, "fees">, pays: number): Sats =>
  Math.max(fees.capLeast, Number((BigInt(pays) * BigInt(fees.capPercent)) / 100n)) as Sats;
