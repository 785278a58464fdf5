import { addressNetwork, MAX_SATS } from "@coinholder/bitcoin";
import {
  type AttachedStatus,
  CHANGE,
  outpointOf,
  type Receipt,
  statusOfAttached,
  tip,
} from "@coinholder/engine";
import {
  addressOfScript,
  identitySigned,
  MAX_TRANSFER_INPUTS,
  type RawTransaction,
  type Refusal,
  readTransfer,
  type Sats,
  type Transfer,
} from "@coinholder/protocol";
import { refused } from "../functions/call.ts";
import type { Hub } from "../hub.ts";
import { urlProblem } from "../outside/url.ts";
import { notFinal } from "./finality.ts";

type Refused = { readonly refused: Refusal };
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** A transfer as another hub tells of it. */
export interface Claim {
  readonly transfer: Transfer;
  /** Of its key, hex. */
  readonly identity: string;
  /** Outpoints of what it spends, in order. */
  readonly inputs: readonly string[];
  /** What it pays to addresses of this hub. */
  readonly receipts: readonly Receipt[];
}

export const inputsOf = ({ inputs }: RawTransaction): string[] =>
  inputs.map(({ index, txid }) => `${hex(txid)}:${index}`);

/** Refusals: transfer_malformed, transfer_too_large. */
export const readClaim = (hub: Hub, json: string): Claim | Refused => {
  const read = readTransfer(json);
  if ("problem" in read) return refused("transfer_malformed", { reason: read.problem });
  const { transfer } = read;
  const { transaction, txid } = transfer;
  const malformed = (reason: string) => refused("transfer_malformed", { reason });
  if (transaction.inputs.length > MAX_TRANSFER_INPUTS)
    return refused("transfer_too_large", { most: MAX_TRANSFER_INPUTS });
  const inputs = inputsOf(transaction);
  if (new Set(inputs).size < inputs.length) return malformed("it spends a coin twice");
  if (transaction.outputs.reduce((sum, { amount }) => sum + amount, 0n) > BigInt(MAX_SATS))
    return malformed("it pays more than there is");
  const { addresses } = hub.sequencer.state.chain;
  const receipts = transaction.outputs.flatMap(({ amount, script }, vout): Receipt[] => {
    const address = addressOfScript(script, addressNetwork(hub.wallet.network));
    const known = address === undefined ? undefined : addresses.get(address);
    if (address === undefined || !known || known.account === CHANGE || amount === 0n) return [];
    return [{ txid, vout, value: Number(amount) as Sats, address }];
  });
  return { transfer, identity: hex(transfer.publicKey), inputs, receipts };
};

/** How a transfer stands that needs no more looking at: it was attached before, or blocks have it. */
const standing = (
  hub: Hub,
  { identity, receipts, transfer }: Claim,
): AttachedStatus | Refused | undefined => {
  const { chain, lines } = hub.sequencer.state;
  const attached = lines.transfers.get(transfer.txid);
  if (attached?.identity === identity) return statusOfAttached(attached);
  const mined = receipts.filter((receipt) => (chain.deposits.get(outpointOf(receipt))?.height ?? 0) > 0);
  const counted = receipts.filter((receipt) => {
    const outpoint = outpointOf(receipt);
    const deposit = chain.deposits.get(outpoint);
    return deposit ? deposit.transfer > 0 : (chain.coins.get(outpoint)?.height ?? 0) > 0;
  });
  if (attached) return undefined;
  if (counted.length === receipts.length) return "confirmed";
  // Nobody's word is needed for it any more, and what it spent is not there to be looked at.
  return mined.length + counted.length > 0 ? "noted" : undefined;
};

/**
 * All that can be seen without asking anybody. Answers how it stands where that is known already. Refusals in order:
 * identity_signature_invalid, transfer_not_ours, transfer_version, transfer_not_final, identity_url_refused.
 */
export const checkClaim = (
  hub: Hub,
  claim: Claim,
  json: string,
  signature: string,
): { readonly status: AttachedStatus } | Refused | undefined => {
  const { receipts, transfer } = claim;
  const { transaction } = transfer;
  if (!identitySigned(json, transfer, signature)) return refused("identity_signature_invalid");
  if (receipts.length === 0) return refused("transfer_not_ours");
  const known = standing(hub, claim);
  if (known !== undefined) return typeof known === "string" ? { status: known } : known;
  if (transaction.version !== 1 && transaction.version !== 2) return refused("transfer_version");
  const { sequencer, wallet } = hub;
  const late = notFinal(transaction, tip(sequencer.state.chain)?.height ?? 0, sequencer.now());
  if (late) return refused("transfer_not_final", { ...late });
  const url = urlProblem(transfer.identity_url, wallet.network === "regtest");
  return url === undefined ? undefined : refused("identity_url_refused", { reason: url });
};
