import type { Hub } from "../hub.ts";

/** What following the chain and paying by it needs of a hub. */
export type ChainHub = Pick<Hub, "config" | "sequencer" | "wallet" | "signer" | "chain" | "node">;
