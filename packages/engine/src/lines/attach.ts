import { OPERATOR } from "../accounts/accounts.ts";
import { assert } from "../assert.ts";
import { CHANGE, type Chain, outpointOf } from "../bitcoin/chain.ts";
import { coinIsBack } from "../bitcoin/conflicts.ts";
import { noteReceipt } from "../bitcoin/deposits.ts";
import type { Stamped } from "../command.ts";
import type { Effect } from "../effects.ts";
import { type Refused, refuse } from "../outcome.ts";
import type { State } from "../state.ts";
import type { AttachIdentity } from "./commands.ts";
import { transferConflicted } from "./conflicts.ts";
import { creditEarly } from "./credit.ts";
import { type Attached, counts, forgetAttached, keepAttached, type LineCoin } from "./lines.ts";
import { add, identityOf, MOST_NOTED } from "./record.ts";
import { roomOf } from "./rule.ts";
import { succeed } from "./succeed.ts";

export type AttachedStatus = "credited" | "noted" | "confirmed";

/** How it stands: what its payees have of it. */
export const statusOfAttached = ({ coins }: Attached): AttachedStatus =>
  coins.every(counts) ? "confirmed" : coins.some((one) => one.standing === "credited") ? "credited" : "noted";

/** Refusals in order: transfer_not_ours, transfer_claimed. */
export const attachIdentity = (
  state: State,
  command: Stamped<AttachIdentity>,
  effects: Effect[],
): object | Refused => {
  const { chain, lines } = state;
  const { t, txid } = command;
  const known = lines.transfers.get(txid);
  const { succeeds = [] } = command;
  if (known)
    return known.identity === command.identity || succeeds.includes(known.identity)
      ? { status: statusOfAttached(known) }
      : refuse("transfer_claimed");
  const receipts = command.receipts.filter(
    ({ address, value }) => value > 0 && (chain.addresses.get(address)?.account ?? CHANGE) !== CHANGE,
  );
  if (receipts.length === 0) return refuse("transfer_not_ours");
  const coins = receipts.map(({ vout, value, address }): LineCoin => {
    const { account } = chain.addresses.get(address)!;
    const outpoint = outpointOf({ txid, vout });
    return { outpoint, txid, vout, value, address, account, standing: "noted", transfer: 0, marks: [] };
  });
  assert(new Set(coins.map(({ vout }) => vout)).size === coins.length, "a transfer has each output once");
  // Only what was promised before it came makes a record.
  const counted = coins.filter(({ outpoint }) => countsAlready(chain, outpoint));
  if (counted.length > 0) return { status: counted.length === coins.length ? "confirmed" : "noted" };

  const amount = coins.reduce((sum, { value }) => sum + value, 0) as Attached["amount"];
  const identity = identityOf(lines, command.identity, command.url, t);
  succeed(lines, identity, succeeds, t, effects);
  add(identity.seen, amount);
  identity.kept++;
  const rivals = new Set(command.inputs.flatMap((outpoint) => [...(lines.byInput.get(outpoint) ?? [])]));
  const carried =
    command.credit &&
    rivals.size === 0 &&
    coins.every(({ account }) => account >= OPERATOR) &&
    amount <= roomOf(state, identity, t);
  const transfer: Attached = {
    txid,
    identity: command.identity,
    t,
    inputs: command.inputs,
    coins,
    amount,
    confirmedOn: -1,
    era: 0,
    lost: false,
    replaced: false,
    conflict: undefined,
  };
  keepAttached(lines, transfer);
  // Whoever proves to own the coins has signed both.
  if (command.credit)
    for (const rival of rivals) {
      const conflict = { kind: "transfer-conflicted", height: 0, t } as const;
      transferConflicted(state, { ...conflict, txid: rival, rival: txid }, effects);
      transferConflicted(state, { ...conflict, txid, rival }, effects);
    }
  if (carried) {
    // In the hub's own mempool by the caller's word: in sight, if the chain's follower has not told it yet.
    for (const receipt of receipts) {
      noteReceipt(state, { ...receipt, txid }, t, effects);
      coinIsBack(chain, outpointOf({ ...receipt, txid }));
    }
    creditEarly(state, transfer, identity, t, effects);
  }
  makeRoom(state);
  return { status: statusOfAttached(transfer) };
};

/** Credited as any deposit; perhaps so long ago that only its coin is known. */
const countsAlready = ({ coins, deposits }: Chain, outpoint: string): boolean => {
  const deposit = deposits.get(outpoint);
  return deposit ? deposit.transfer > 0 : (coins.get(outpoint)?.height ?? 0) > 0;
};

/** The oldest that are only noted make room; they count like any deposit, and make no record. */
const makeRoom = ({ lines }: State): void => {
  if (lines.noted.size <= MOST_NOTED) return;
  // In the order of `transfers`, which is in a dump: `noted` has one that was undone at its end.
  for (const [txid, transfer] of lines.transfers) {
    if (lines.noted.size <= MOST_NOTED) return;
    if (lines.noted.has(txid)) forgetAttached(lines, transfer);
  }
};
