import { equalBytes } from "@noble/curves/utils.js";
import type { TransactionOutput } from "./bip322/raw-transaction.ts";
import {
  type FundsInconclusiveReason,
  type FundsInvalidReason,
  verifyProofOfFunds,
} from "./bip322/verify-funds.ts";
import { decodeAddress } from "./bitcoin-address.ts";

/** What a hub's proofs of funds are about: which tree of balances, at which moment of the chain. */
export interface ReservesStatement {
  /** "mainnet", "testnet3", "testnet4", "signet" or "regtest". */
  readonly network: string;
  /** The newest block when it was made: so the proof is no older. */
  readonly height: number;
  readonly hash: string;
  /** Hash of the root of the tree of balances, hex. */
  readonly root: string;
  /** BTC under that root, in satoshi. */
  readonly owed: number;
}

/** The message that every batch of a hub's coins signs. */
export const reservesMessage = ({ network, height, hash, root, owed }: ReservesStatement): string =>
  `coinholder/reserves:${network}:${height}:${hash}:${root}:${owed}`;

export interface ReserveCoin {
  /** "txid:vout". */
  readonly outpoint: string;
  readonly address: string;
  /** Satoshi. */
  readonly amount: number;
}

/** Coins with one proof of funds (BIP-322) for all of them, whose challenge is the address of the first. */
export interface ReserveBatch {
  readonly coins: readonly ReserveCoin[];
  readonly signature: string;
}

export type BatchProblem =
  | FundsInvalidReason
  | FundsInconclusiveReason
  /** The proof is not about exactly the batch's coins, in order, or a coin's address or amount is not what it says. */
  | "coins_differ"
  /** A coin stands in two batches, so would count twice. */
  | "coin_repeated";

export interface ReservesCheck {
  /** Coins whose owner signed. */
  readonly coins: number;
  /** What they hold, in satoshi; without those in `spent`. */
  readonly amount: number;
  /** Coins that the chain has no more (or never had): moved since the proof was made, unless it lied. They count as nothing. */
  readonly spent: readonly ReserveCoin[];
  /** What is certainly wrong, or cannot be judged. Such a batch counts as nothing. */
  readonly wrong: readonly {
    /** From 1. */
    readonly batch: number;
    readonly problem: BatchProblem;
    readonly outpoint?: string;
  }[];
}

/** More satoshi than these will never be. */
const ALL_SATOSHI = 2_100_000_000_000_000;

const scriptOf = (address: string): Uint8Array | undefined => {
  const decoded = decodeAddress(address);
  return "error" in decoded ? undefined : decoded.script;
};

/**
 * Checks a hub's proofs of funds for a statement.
 *
 * `unspent` answers for "txid:vout" the output from a chain that the verifier trusts (its own node's), undefined when it was spent or
 * never was. Without it the hub's word is taken for what the coins are: then only the signatures are checked, and the sum means that
 * somebody has keys, not that there are coins.
 *
 * Rejects only if `unspent` or `batches` do.
 */
export const checkReserves = async (
  statement: ReservesStatement,
  batches: AsyncIterable<ReserveBatch> | Iterable<ReserveBatch>,
  unspent?: (outpoint: string) => Promise<TransactionOutput | undefined>,
): Promise<ReservesCheck> => {
  const message = reservesMessage(statement);
  const seen = new Set<string>();
  const spent: ReserveCoin[] = [];
  const wrong: ReservesCheck["wrong"][number][] = [];
  let coins = 0;
  let amount = 0n;
  let number = 0;
  for await (const batch of batches) {
    const checked = await checkBatch(message, batch, seen, unspent);
    number++;
    if ("problem" in checked) {
      wrong.push({ batch: number, ...checked });
      continue;
    }
    coins += batch.coins.length;
    spent.push(...checked.spent);
    amount += checked.amount;
  }
  return { coins, amount: Number(amount), spent, wrong };
};

const checkBatch = async (
  message: string,
  { coins, signature }: ReserveBatch,
  seen: Set<string>,
  unspent: ((outpoint: string) => Promise<TransactionOutput | undefined>) | undefined,
): Promise<
  | { readonly amount: bigint; readonly spent: readonly ReserveCoin[] }
  | { readonly problem: BatchProblem; readonly outpoint?: string }
> => {
  const claims = new Map<string, TransactionOutput>();
  for (const { outpoint, address, amount } of coins) {
    const script = scriptOf(address);
    if (script === undefined || !(Number.isSafeInteger(amount) && amount >= 0 && amount <= ALL_SATOSHI))
      return { problem: "coins_differ", outpoint };
    if (seen.has(outpoint)) return { problem: "coin_repeated", outpoint };
    seen.add(outpoint);
    claims.set(outpoint, { amount: BigInt(amount), script });
  }
  const challenge = claims.get(coins[0]?.outpoint ?? "")?.script;
  if (challenge === undefined) return { problem: "coins_differ" };

  const gone = new Set<string>();
  const verdict = await verifyProofOfFunds({
    script: challenge,
    message,
    signature,
    outputOf: async (outpoint) => {
      const claim = claims.get(outpoint);
      if (unspent === undefined || claim === undefined) return claim;
      const output = await unspent(outpoint);
      if (output === undefined) gone.add(outpoint);
      // What is spent counts as nothing, so the hub's word on it can do no harm, and the other coins' signatures can be verified.
      return output ?? claim;
    },
  });
  if (verdict.result !== "valid")
    return {
      problem: verdict.reason,
      ...(verdict.outpoint === undefined ? {} : { outpoint: verdict.outpoint }),
    };
  if (verdict.outputs.length !== coins.length) return { problem: "coins_differ" };
  let sum = 0n;
  for (const [at, { outpoint, amount, script }] of verdict.outputs.entries()) {
    const claim = claims.get(outpoint);
    const isTold = coins[at]!.outpoint === outpoint && claim !== undefined;
    if (!isTold || claim.amount !== amount || !equalBytes(claim.script, script))
      return { problem: "coins_differ", outpoint };
    if (!gone.has(outpoint)) sum += amount;
  }
  return { amount: sum, spent: coins.filter(({ outpoint }) => gone.has(outpoint)) };
};

/** How much of what is owed the reserves are, in whole percent, rounded down; undefined where nothing is owed. */
export const reservesPercent = (reserves: number, owed: number): number | undefined =>
  owed === 0 ? undefined : Number((BigInt(reserves) * 100n) / BigInt(owed));
