import type { PayoutPlan, SignedPayout } from "@coinholder/bitcoin";
import type { Change, Payout, PayoutKind, Withdrawal } from "@coinholder/engine";
import type { Amount } from "@coinholder/protocol";
import type { ChainHub } from "./chain-hub.ts";

interface ToSign {
  readonly is: PayoutKind;
  readonly plan: PayoutPlan;
  readonly withdrawals: readonly Withdrawal[];
  /** Of which it is another version. */
  readonly replaces?: Payout;
}

/** The plan's change with the wallet's index for each: those of the version before, then the next ones. */
export const changeOf = (hub: Pick<ChainHub, "sequencer">, { change = [] }: PayoutPlan): Change[] => {
  const { addresses, nextChange } = hub.sequencer.state.chain;
  let fresh = nextChange;
  return change.map(({ vout, amount, address }) => ({
    vout,
    value: amount,
    address,
    index: addresses.get(address)?.index ?? fresh++,
  }));
};

/** The command that journals a signed transaction. */
export const built = (
  { is, plan, withdrawals, replaces }: ToSign,
  { txid, raw, fee, vsize }: SignedPayout,
  change: Change[],
) => {
  const transaction = {
    txid,
    raw,
    inputs: plan.inputs.map((input) => `${input.txid}:${input.vout}`),
    change,
    fee,
    vsize,
  };
  if (replaces) return { kind: "payout-replaced", payout: replaces.number, ...transaction } as const;
  return {
    kind: "payout-built",
    is,
    withdrawals: withdrawals.map(({ transfer }) => transfer),
    ...transaction,
    cold: 0 as Amount,
  } as const;
};

/** Has the signer sign a plan and journals the bytes. Answers why not, if the signer refused. */
export const signAndJournal = (hub: ChainHub, toSign: ToSign): string | undefined => {
  const change = changeOf(hub, toSign.plan);
  const outcome = hub.signer.sign({
    is: toSign.is,
    plan: toSign.plan,
    withdrawals: toSign.withdrawals.map(({ transfer, address, amount }) => ({ transfer, address, amount })),
    changeIndexes: change.map(({ index }) => index),
    ...(toSign.replaces ? { replaces: toSign.replaces.versions.at(-1)!.txid } : {}),
  });
  if ("refused" in outcome) return outcome.refused;
  hub.sequencer.run(built(toSign, outcome.signed, change));
  return undefined;
};
