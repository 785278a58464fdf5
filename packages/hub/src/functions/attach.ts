import { isBitcoinError } from "@coinholder/bitcoin";
import { type AttachedStatus, outpointOf } from "@coinholder/engine";
import { type PublishedIdentity, type Refusal, readOption } from "@coinholder/protocol";
import type { Hub } from "../hub.ts";
import { giveToNode, isThere } from "../identity/accept.ts";
import { type Claim, checkClaim, readClaim } from "../identity/claim.ts";
import { coinsOf } from "../identity/coins.ts";
import { checkFee, checkProof, checkSignatures } from "../identity/prove.ts";
import { type Call, carryOut, type Handlers, notFollowing, overLimit, refused } from "./call.ts";

type Names = "attach-identity-to-transfer" | "attach-option-to-transfer";
type Refused = { readonly refused: Refusal };

/** Of a transaction of many inputs each so many count as one call more. */
const INPUTS_A_CALL = 10;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const tooMany = ({ hub, source }: Call) => overLimit(hub.limits.attachments, source, hub.sequencer.now());

/** The identity as its URL publishes it now. */
const publishedBy = async (
  { identities }: Hub,
  { identity, transfer }: Claim,
): Promise<PublishedIdentity | Refused> => {
  const asked = performance.now();
  const isIt = ({ publicKey }: PublishedIdentity): boolean => hex(publicKey) === identity;
  let found = await identities.at(transfer.identity_url);
  // It may have a new key since it was asked last.
  if ("identity" in found && !isIt(found.identity)) found = await identities.at(transfer.identity_url, asked);
  if ("problem" in found)
    return found.problem === "url_refused"
      ? refused("identity_url_refused")
      : refused("identity_unreachable", { reason: found.problem });
  return isIt(found.identity) ? found.identity : refused("identity_mismatch");
};

/** All that needs the world outside. Answers the identity, or that the proof proves nothing. Rejects with BitcoinError. */
const verify = async (
  call: Call,
  claim: Claim,
  { transfer_json, coinholder_signature }: { transfer_json: string; coinholder_signature: string },
): Promise<{ identity: PublishedIdentity } | "inconclusive" | Refused> => {
  const { hub } = call;
  const { inputs } = claim;
  const found = await coinsOf(hub.node, inputs);
  if ("missing" in found) return refused("transfer_coin_missing", { outpoint: found.missing });
  const { coins } = found;
  const low = checkFee(claim, coins, hub.chain.feeRate);
  if (low) return low;
  const proof = await checkProof(claim, coins, transfer_json, coinholder_signature);
  if (typeof proof === "object") return proof;
  const signatures = await checkSignatures(claim, coins);
  if (typeof signatures === "object") return signatures;
  if (proof === "inconclusive" || signatures === "inconclusive") return "inconclusive";
  const identity = await publishedBy(hub, claim);
  if ("refused" in identity) return identity;
  return (await giveToNode(hub, claim)) ?? { identity };
};

/** A rival that came between our look and the engine's word stands in no list of new transactions: all are looked at again. */
const lookAgain = async (hub: Hub, claim: Claim): Promise<void> => {
  try {
    if (await isThere(hub, claim)) return;
  } catch (error) {
    if (!isBitcoinError(error)) throw error;
  }
  hub.chain.lookAfresh = true;
};

const attachIdentity = async (
  call: Call,
  claim: Claim,
  params: { transfer_json: string; coinholder_signature: string },
): Promise<{ status: AttachedStatus | "inconclusive" } | Refused> => {
  const { hub } = call;
  const verified = await verify(call, claim, params);
  // It will count as any deposit. Nobody may have it in their record, or keep others from it.
  if (verified === "inconclusive") return { status: verified };
  if ("refused" in verified) return verified;
  const { identities } = hub.sequencer.state.lines;
  const succeeds = verified.identity.previous.map(hex).filter((key) => identities.has(key));
  const done = carryOut<{ status: AttachedStatus }>(call, {
    kind: "attach-identity",
    identity: claim.identity,
    url: claim.transfer.identity_url,
    txid: claim.transfer.txid,
    inputs: claim.inputs,
    receipts: claim.receipts,
    credit: true,
    ...(succeeds.length === 0 ? {} : { succeeds }),
  });
  if ("refused" in done) return done;
  await lookAgain(hub, claim);
  return { status: done.answer.status };
};

/** Whether the hub that bought the option stands behind the transfer, or no word is needed for it any more: its coins count. */
const standsBehind = async (
  hub: Hub,
  { identity, receipts, transfer }: Claim,
  buyer: string,
  address: string,
): Promise<boolean> => {
  const { chain, lines } = hub.sequencer.state;
  const counted = receipts.some(
    (receipt) => receipt.address === address && (chain.deposits.get(outpointOf(receipt))?.transfer ?? 0) > 0,
  );
  if (identity === buyer && counted) return true;
  const attached = lines.transfers.get(transfer.txid);
  if (attached?.identity !== identity) return false;
  if (identity === buyer) return true;
  // Bought with the key that it had before.
  const found = await hub.identities.at(transfer.identity_url);
  return "identity" in found && found.identity.previous.some((key) => hex(key) === buyer);
};

export const attachHandlers: Handlers<Names> = {
  "attach-identity-to-transfer": async (call, params) => {
    const { hub } = call;
    const limited = tooMany(call);
    if (limited) return limited;
    const claim = readClaim(hub, params.transfer_json);
    if ("refused" in claim) return claim;
    const known = checkClaim(hub, claim, params.transfer_json, params.identity_signature);
    if (known) return known;
    const behind = notFollowing(hub);
    if (behind) return behind;
    for (let more = INPUTS_A_CALL; more < claim.inputs.length; more += INPUTS_A_CALL) {
      const over = tooMany(call);
      if (over) return over;
    }
    try {
      return await attachIdentity(call, claim, params);
    } catch (error) {
      if (!isBitcoinError(error)) throw error;
      return refused("node_unreachable");
    }
  },

  "attach-option-to-transfer": async (call, { option_json, option_signature, transfer_json }) => {
    const { hub } = call;
    const limited = tooMany(call);
    if (limited) return limited;
    const claim = readClaim(hub, transfer_json);
    if ("refused" in claim) return claim;
    const read = readOption(option_json);
    if ("problem" in read) return refused("option_malformed", { reason: read.problem });
    const { options } = hub.sequencer.state;
    const { option_id } = read.option;
    const option = options.open.get(option_id) ?? options.ended.get(option_id);
    if (!option?.to) return refused("option_unknown");
    // What the hub sold it has signed: another signature that fits is nobody's.
    if (option.json !== option_json || option.signature !== option_signature)
      return refused("option_signature_invalid");
    const { address, to } = option;
    if (!claim.receipts.some((receipt) => receipt.address === address)) return refused("transfer_not_ours");
    if (!(await standsBehind(hub, claim, to.identity, address))) return refused("transfer_not_attached");
    const done = carryOut<{ status: "exercised" | "waiting" | "expired" }>(call, {
      kind: "attach-option",
      option: option_id,
      txid: claim.transfer.txid,
    });
    return "refused" in done ? done : { status: done.answer.status };
  },
};
