import type { Sats, TimeMs } from "@coinholder/protocol";
import { coinKey } from "../payout/coin.ts";
import type { Descriptor } from "../payout/descriptor.ts";
import { checkDestination } from "../payout/destination.ts";
import type { PayoutPlan } from "../payout/plan.ts";
import { sats } from "../sats.ts";
import { ADDRESS_TYPES } from "../wallet/address-type.ts";
import type { Wallet } from "../wallet/keys.ts";
import { dailyRoom, freshOnes, type Memory } from "./memory.ts";
import type { PaidWithdrawal, SignedKind } from "./record.ts";

export type SignRequest = {
  is: SignedKind;
  plan: PayoutPlan;
  /** What a payment pays, exactly; none of a child or sweep. */
  withdrawals: readonly PaidWithdrawal[];
  /** Where in our change branch each of `plan.change` is, in the same order. */
  changeIndexes: readonly number[];
  /** Of a sweep: where in the cold wallet's descriptor its address is. */
  coldIndex?: number;
  /** Txid of the version before. */
  replaces?: string;
};

/** Satoshi; what goes to ourselves, to the cold wallet and to miners does not count. */
export type SigningLimits = {
  /** Of all withdrawals signed within any 24 hours. Another version of what was counted is not counted again. */
  perDay: Sats;
  /** Of the withdrawals in one transaction. */
  perPayout: Sats;
  /** Satoshi per vbyte that a transaction and all that it must pull into a block with it may pay to miners. */
  feeRate: number;
};

/**
 * Outcomes in the order in which they are tested:
 * - `outputs_differ`: what the plan pays is not what the withdrawals say (or, of a sweep, the cold wallet's address);
 * - `change_not_ours`: change would go to a key that is not the wallet's at that index;
 * - `withdrawal_differs`: the withdrawal was signed before for another address or amount, or the very same transaction for
 *   other withdrawals;
 * - `would_pay_twice`: it was paid for good, or by a transaction that could confirm beside this one;
 * - `over_fee_rate`: it would give more to miners than the limit on fee rates lets it;
 * - `over_payout_limit`, `over_daily_limit`: `free_at` tells when it fits; absent when it never does.
 */
export type SigningRefusal =
  | { refused: "outputs_differ" }
  | { refused: "change_not_ours"; vout: number }
  | { refused: "withdrawal_differs"; transfer?: number }
  | { refused: "would_pay_twice"; transfer?: number; txid?: string }
  | { refused: "over_fee_rate"; limit: Sats }
  | { refused: "over_payout_limit"; limit: Sats }
  | { refused: "over_daily_limit"; limit: Sats; free_at?: TimeMs };

export type SigningContext = {
  wallet: Pick<Wallet, "network" | "address">;
  cold: Descriptor | undefined;
  limits: SigningLimits;
  memory: Memory;
};

const scriptOf = (address: string, { network }: Pick<Wallet, "network">): string | undefined => {
  const destination = checkDestination(address, network);
  return destination.refused === undefined ? Buffer.from(destination.script).toString("hex") : undefined;
};

/** What must be paid besides change, as "amount script"; undefined where that cannot be said. */
const owed = (
  { is, plan, withdrawals, coldIndex }: SignRequest,
  { wallet, cold }: SigningContext,
): string[] | undefined => {
  if (is === "payment") {
    if (withdrawals.length === 0 || coldIndex !== undefined) return undefined;
    return withdrawals.map(({ address, amount }) => `${amount} ${scriptOf(address, wallet)}`);
  }
  if (withdrawals.length > 0) return undefined;
  if (is === "child") return coldIndex === undefined ? [] : undefined;
  if (cold === undefined || coldIndex === undefined) return undefined;
  const back = new Set(plan.change.map(({ vout }) => vout));
  const [arrives] = plan.outputs.filter((_, vout) => !back.has(vout));
  return [`${arrives?.amount} ${scriptOf(cold.addressAt(coldIndex), wallet)}`];
};

const paysWhatIsOwed = (request: SignRequest, context: SigningContext): boolean => {
  const { outputs, change } = request.plan;
  const back = new Set(change.map(({ vout }) => vout));
  if (back.size !== change.length) return false;
  const pays = outputs
    .filter((_, vout) => !back.has(vout))
    .map(({ amount, script }) => `${amount} ${script}`);
  const expected = owed(request, context);
  return expected !== undefined && JSON.stringify(pays.sort()) === JSON.stringify(expected.sort());
};

/** Undefined when all of the change is ours. */
const strayChange = (
  { plan, changeIndexes }: SignRequest,
  { wallet }: SigningContext,
): SigningRefusal | undefined => {
  if (changeIndexes.length !== plan.change.length)
    throw new Error("each output of change needs the index of its key");
  for (const [i, { vout, amount, address }] of plan.change.entries()) {
    const output = plan.outputs[vout];
    const isOurs = ADDRESS_TYPES.some((type) => {
      const own = wallet.address("change", changeIndexes[i]!, type);
      return own.address === address && Buffer.from(own.script).toString("hex") === output?.script;
    });
    if (!isOurs || output?.amount !== amount) return { refused: "change_not_ours", vout };
  }
  return undefined;
};

const paidBefore = (
  { plan, withdrawals, replaces }: SignRequest,
  { memory }: SigningContext,
): SigningRefusal | undefined => {
  for (const { transfer, address, amount } of withdrawals) {
    const before = memory.paid.get(transfer);
    if (before && (before.address !== address || before.amount !== amount))
      return { refused: "withdrawal_differs", transfer };
  }
  const spends = new Set(plan.inputs.map(coinKey));
  // Of two transactions that spend the same coin only one can confirm.
  const excludes = (txid: string): boolean =>
    memory.live.get(txid)!.inputs.some((outpoint) => spends.has(outpoint));
  const transfers = new Set<number>();
  for (const { transfer } of withdrawals) {
    if (transfers.has(transfer) || memory.settled.has(transfer))
      return { refused: "would_pay_twice", transfer };
    transfers.add(transfer);
    for (const txid of memory.paid.get(transfer)?.txids ?? [])
      if (!excludes(txid)) return { refused: "would_pay_twice", transfer, txid };
  }
  if (replaces !== undefined && memory.live.has(replaces) && !excludes(replaces))
    return { refused: "would_pay_twice", txid: replaces };
  return undefined;
};

/** An output and its spending: change that is worth less than they cost is left to the miners. */
const LEFT_VSIZE = 43 + 68;
/** Or less than nodes relay (dust of any script). */
const LEFT_SATS = 546;

/** Vbytes of what was signed and may be in no block yet, and must be in one before what spends these coins. */
const vsizeBefore = ({ live }: Memory, inputs: readonly string[]): number => {
  const before = new Set<string>();
  const look = (outpoints: readonly string[]): void => {
    for (const outpoint of outpoints) {
      const txid = outpoint.slice(0, outpoint.indexOf(":"));
      const parent = live.get(txid);
      if (parent === undefined || before.has(txid)) continue;
      before.add(txid);
      look(parent.inputs);
    }
  };
  look(inputs);
  return [...before].reduce((sum, txid) => sum + live.get(txid)!.vsize, 0);
};

/** A plan brings its own bound on the fee, of which the signer knows nothing: this one is its own. */
const overFeeRate = (
  { plan }: SignRequest,
  { limits, memory }: SigningContext,
): SigningRefusal | undefined => {
  const { fee, inputs, vsize } = plan;
  const most = limits.feeRate * (vsize + vsizeBefore(memory, inputs.map(coinKey)) + LEFT_VSIZE) + LEFT_SATS;
  return fee > most ? { refused: "over_fee_rate", limit: sats(most) } : undefined;
};

const overLimit = (
  { withdrawals }: SignRequest,
  { limits, memory }: SigningContext,
  t: TimeMs,
): SigningRefusal | undefined => {
  const sum = (of: readonly PaidWithdrawal[]) => of.reduce((total, { amount }) => total + amount, 0);
  if (sum(withdrawals) > limits.perPayout) return { refused: "over_payout_limit", limit: limits.perPayout };
  const fresh = sum(freshOnes(memory, withdrawals));
  const { fits, freeAt } = dailyRoom(memory, fresh, limits.perDay, t);
  if (fresh === 0 || fits) return undefined;
  return {
    refused: "over_daily_limit",
    limit: limits.perDay,
    ...(freeAt === undefined ? {} : { free_at: freeAt }),
  };
};

/** Why a request is not signed; undefined when it may be. `t`: now. */
export const refusalOf = (
  request: SignRequest,
  context: SigningContext,
  t: TimeMs,
): SigningRefusal | undefined => {
  for (const { transfer } of request.withdrawals)
    if (!Number.isSafeInteger(transfer) || transfer < 1)
      throw new RangeError("a withdrawal needs its transfer's number");
  if (!paysWhatIsOwed(request, context)) return { refused: "outputs_differ" };
  return (
    strayChange(request, context) ??
    paidBefore(request, context) ??
    overFeeRate(request, context) ??
    overLimit(request, context, t)
  );
};
