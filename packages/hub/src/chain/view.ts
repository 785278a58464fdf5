import type { Network } from "@coinholder/bitcoin";
import type { ChainView } from "../hub.ts";

/** Before the node was asked for the first time. */
export const firstView = (network: Network, feeRate: number): ChainView => ({
  network,
  feeRate,
  nodeReachable: true,
  trouble: undefined,
  height: 0,
  headers: 0,
  peers: 0,
  tipSince: Date.now(),
  mempoolWatched: 0,
  lastReorg: 0,
  watched: 0,
  coinSums: [],
  lookAfresh: false,
  waiting: undefined,
});
