import type { CrossingTo } from "@coinholder/engine";
import { readOption } from "@coinholder/protocol";
import { isPassing, type Peer, type PeerAnswer, type Peers } from "./peer.ts";
import type { SignedTransfer } from "./proof.ts";

/** What the other hub said so far; undefined: it was not asked, or may answer otherwise later. */
export interface Said {
  readonly identity?: string;
  readonly option?: string;
}

/** How long after an option's end, by this hub's clock, its issuer is asked once more what became of it: clocks differ. */
const CLOCKS_DIFFER_MS = 60_000;

/** What the other hub may see otherwise in a moment: its node is behind ours, or it could not reach us. */
const NOT_YET = new Set([
  "identity_unreachable",
  // Its answer of before the key was changed is kept a while.
  "identity_mismatch",
  "transfer_coin_missing",
  "transfer_not_accepted",
  "transfer_not_attached",
]);

/** Whether more can come of it: an option that waits for its coins, while it may be exercised. */
const isLast = (status: string, json: string, now: number): boolean => {
  if (status !== "waiting") return true;
  const read = readOption(json);
  return !("option" in read) || now > read.option.expires_t + CLOCKS_DIFFER_MS;
};

export interface Told {
  readonly said: Said;
  /** Refusals that may not be the last word. */
  readonly refusedLast: Said;
  readonly retryAfterMs?: number | undefined;
}

/** Tells the other hub whose payment it is and what it is for, as far as it does not know yet. The same again does nothing there. */
export const tellOnce = async (
  peers: Peers,
  { hub_url, option }: CrossingTo,
  transfer: SignedTransfer,
  before: Said,
  now: () => number,
): Promise<Told> => {
  const found: Peer | { problem: string } = await peers.find(hub_url);
  if ("problem" in found) return { said: before, refusedLast: {} };
  const { coinholder_signature, identity_signature, transfer_json } = transfer;
  let retryAfterMs: number | undefined;
  const ask = async (
    fn: string,
    params: Readonly<Record<string, string>>,
  ): Promise<{ status: string } | { not: string | undefined }> => {
    const told: PeerAnswer = await found.call(fn, params);
    if ("answer" in told) {
      const { status } = told.answer;
      return { status: typeof status === "string" ? status.slice(0, 40) : "done" };
    }
    if ("problem" in told) return { not: undefined };
    retryAfterMs = told.retryAfterMs ?? retryAfterMs;
    return isPassing(told) || NOT_YET.has(told.refused) ? { not: told.refused } : { status: told.refused };
  };

  let said = before;
  let refusedLast: Said = {};
  if (said.identity === undefined) {
    const proof = { transfer_json, identity_signature, coinholder_signature };
    const told = await ask("attach-identity-to-transfer", proof);
    if ("status" in told) said = { ...said, identity: told.status };
    else if (told.not !== undefined) refusedLast = { identity: told.not };
  }
  if (option && said.identity !== undefined && said.option === undefined) {
    const right = { transfer_json, option_json: option.json, option_signature: option.signature };
    const told = await ask("attach-option-to-transfer", right);
    if ("status" in told && isLast(told.status, option.json, now())) said = { ...said, option: told.status };
    else refusedLast = { ...refusedLast, option: "status" in told ? told.status : (told.not ?? "unknown") };
  }
  return { said, refusedLast, retryAfterMs };
};

/** Whether nothing is left to tell. */
export const isTold = ({ option }: CrossingTo, said: Said): boolean =>
  said.identity !== undefined && (option === undefined || said.option !== undefined);
