import type { SignedRecord } from "@coinholder/bitcoin";
import { boundCoins, isReplaceable, isSpendable, type Payout, type State } from "@coinholder/engine";
import type { Logger } from "pino";
import type { ChainHub } from "./chain-hub.ts";

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

/** It pays just these withdrawals, and no other of the same number: an older journal gives numbers out a second time. */
const paysTheseStill = ({ withdrawals }: State, record: SignedRecord, payout: Payout | undefined): boolean =>
  (payout === undefined || payout.withdrawals.length === record.withdrawals.length) &&
  record.withdrawals.every(({ transfer, address, amount }) => {
    const one = withdrawals.get(transfer);
    return (
      one?.payout === (payout?.number ?? 0) &&
      one.address === address &&
      one.amount === amount &&
      (!one.pledged || record.withdrawals.length === 1)
    );
  });

const spendsWhatIsThere = ({ chain }: State, record: SignedRecord, payout: Payout | undefined): boolean => {
  const bound = new Set(payout && boundCoins(chain, payout));
  const coins = record.inputs.map((outpoint) => chain.coins.get(outpoint));
  if (!coins.every((coin) => coin !== undefined && (bound.has(coin) || isSpendable(chain, coin))))
    return false;
  if (![...bound].every((coin) => coins.includes(coin))) return false;
  const out = [...record.withdrawals.map(({ amount }) => amount), ...record.change.map(({ value }) => value)];
  return sum(coins.map((coin) => coin!.value)) === sum(out) + record.cold + record.fee;
};

/** Its change is at addresses of the versions before, or at the very next ones. */
const changeIsNext = ({ chain }: State, { change }: SignedRecord, payout: Payout | undefined): boolean => {
  const used = new Map(
    payout?.versions.flatMap((version) => version.change.map(({ address, index }) => [address, index])),
  );
  let next = chain.nextChange;
  return change.every(({ address, index }) =>
    used.has(address) ? used.get(address) === index : index === next++ && !chain.addresses.has(address),
  );
};

/** A child is taken up only while what it raises is there to be raised. */
const hasParent = ({ chain }: State, { is, inputs }: SignedRecord): boolean =>
  is !== "child" ||
  inputs.some((outpoint) => {
    const parent = chain.index.versions.get(outpoint.slice(0, outpoint.indexOf(":")))?.payout;
    return parent?.height === 0 && (parent.pledged || parent.is === "child");
  });

/** Whether the journal can take what was signed: nothing else has happened to its withdrawals and coins meanwhile. */
const fits = (state: State, record: SignedRecord, payout: Payout | undefined): boolean => {
  if (record.is === "payment" && record.withdrawals.length === 0) return false;
  if (record.replaces !== undefined) {
    if (payout === undefined || !isReplaceable(state.chain, payout)) return false;
    if (record.fee <= payout.versions.at(-1)!.fee) return false;
  } else if (!hasParent(state, record)) return false;
  return (
    paysTheseStill(state, record, payout) &&
    spendsWhatIsThere(state, record, payout) &&
    changeIsNext(state, record, payout)
  );
};

/**
 * What the wallet signed and a crash kept out of the journal is journaled now: the same bytes are sent, never new ones. What
 * does not fit (the journal is older than the wallet's memory) is left: the signer itself will not pay twice, and new withdrawals
 * get numbers that it has not signed for.
 */
export const resumeSigned = (hub: Pick<ChainHub, "sequencer" | "signer">, log: Logger): void => {
  const { run, state } = hub.sequencer;
  const { versions } = state.chain.index;
  for (const record of hub.signer.records()) {
    const { is, txid, raw, inputs, change, fee, vsize, cold, replaces } = record;
    if (versions.has(txid)) continue;
    const before = replaces === undefined ? undefined : versions.get(replaces);
    // Only of the newest version: another one would have been made of that.
    const payout = before && before.payout.versions.length - 1 === before.version ? before.payout : undefined;
    if (!fits(state, record, payout)) {
      log.info({ txid }, "the wallet signed this once; the journal does not wait for it");
      continue;
    }
    const transaction = { txid, raw, inputs, change, fee, vsize };
    if (payout) run({ kind: "payout-replaced", payout: payout.number, ...transaction });
    else {
      const withdrawals = record.withdrawals.map(({ transfer }) => transfer);
      run({ kind: "payout-built", is, withdrawals, ...transaction, cold });
    }
    log.warn({ txid }, "a payout that was signed before the last stop is taken up again");
  }
  const to = hub.signer.highestTransfer();
  if (to > state.last.transfer) run({ kind: "skip-transfers", to });
};
