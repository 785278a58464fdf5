import type { Devchain } from "../devchain.ts";

/** One call: its parameters' names in order, how many of them are needed, and what it does. */
export type Method = {
  readonly params: readonly string[];
  readonly required: number;
  /** Gives what `writeJson` writes: bigints are satoshi and become BTC. Throws RpcError. */
  run(dev: Devchain, args: readonly unknown[]): unknown;
};
export type Methods = Readonly<Record<string, Method>>;

const UNNAMED: readonly string[] = [];
export const withoutParams = (run: (dev: Devchain) => unknown): Method => ({
  params: UNNAMED,
  required: 0,
  run,
});
