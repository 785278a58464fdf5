import type { Refusal } from "@coinholder/protocol";
import { refused } from "../functions/call.ts";
import type { Hub } from "../hub.ts";
import type { Claim } from "./claim.ts";
import { someSpent } from "./coins.ts";

/** Attached transfers that spend the same. */
export const rivalsOf = (hub: Hub, { inputs, transfer }: Claim): string[] => {
  const { byInput } = hub.sequencer.state.lines;
  const all = new Set(inputs.flatMap((outpoint) => [...(byInput.get(outpoint) ?? [])]));
  all.delete(transfer.txid);
  return [...all];
};

/** Who proves to control the coins has signed two transfers of them: the one that was attached first is in doubt. */
const refuseRivals = (hub: Hub, claim: Claim): { refused: Refusal } | undefined => {
  const rivals = rivalsOf(hub, claim);
  const { state } = hub.sequencer;
  for (const txid of rivals)
    if (state.lines.transfers.get(txid)?.conflict === undefined)
      hub.sequencer.run({ kind: "transfer-conflicted", txid, rival: claim.transfer.txid, height: 0 });
  return rivals.length > 0 ? refused("transfer_conflict") : undefined;
};

/** In the node's mempool, or in a block that it took in meanwhile. */
export const isThere = async ({ node }: Hub, { receipts, transfer }: Claim): Promise<boolean> =>
  (await node.rawTransaction(transfer.txid)) !== undefined ||
  (await node.txOut(transfer.txid, receipts[0]!.vout)) !== undefined;

/**
 * Gives the transaction to our own node, and sees that it has it. What the node answers decides nothing: only looking does.
 * Refusals: transfer_conflict, transfer_not_accepted, node_unreachable. Rejects with BitcoinError.
 */
export const giveToNode = async (hub: Hub, claim: Claim): Promise<{ refused: Refusal } | undefined> => {
  const { inputs, transfer } = claim;
  if (await isThere(hub, claim)) return refuseRivals(hub, claim);
  // It would take the place of another one, if it pays more.
  if ((await someSpent(hub.node, inputs)) && !(await isThere(hub, claim)))
    return refuseRivals(hub, claim) ?? refused("transfer_conflict");
  const rivals = refuseRivals(hub, claim);
  if (rivals) return rivals;
  const sent = await hub.node.sendRawTransaction(transfer.raw);
  if (await isThere(hub, claim)) return refuseRivals(hub, claim);
  return refused("unknown" in sent && sent.unknown ? "node_unreachable" : "transfer_not_accepted");
};
