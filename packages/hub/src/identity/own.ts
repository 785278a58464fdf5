import type { IdentityKey, Wallet } from "@coinholder/bitcoin";
import { type State, stateOfOption } from "@coinholder/engine";
import {
  type IdentityText,
  MAX_PREVIOUS_KEYS,
  optionHash,
  type PreviousKey,
  signNextKey,
} from "@coinholder/protocol";
import type { Sequencer } from "../sequencer.ts";

/** What `/identity.js` tells beside the key: what the hub's word stands for now. */
export interface StandsFor {
  /** Open options that it sold: the hash that was signed, hex. The newest ones. */
  readonly options: readonly { readonly option_id: string; readonly hash: string }[];
  /** Txids of its own payments that carry its identity. The newest ones. */
  readonly transfers: readonly string[];
}

/** The hub's own identity: which of its keys is the present one is journaled. */
export interface OwnIdentity {
  /** What the hub signs with now. */
  readonly key: () => IdentityKey;
  /** x-only, in base64. */
  readonly publicKey: () => string;
  /** What `identity_url` answers. Nothing of it may be told before `durable()`. */
  readonly published: () => IdentityText & StandsFor;
}

const MOST_TOLD = 100;
/** Anybody may ask for it, as often as they like. */
const TOLD_ANEW_MS = 1000;

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

const standsFor = ({ chain, options, withdrawals }: State, t: State["t"]): StandsFor => ({
  options: [...options.open.values()]
    .filter((option) => stateOfOption(option, t) === "open")
    .slice(-MOST_TOLD)
    .map(({ id, json }) => ({ option_id: id, hash: Buffer.from(optionHash(json)).toString("hex") })),
  transfers: [...withdrawals.values()]
    .filter(({ payout, pledged }) => pledged && payout > 0)
    .flatMap(({ payout }) => chain.payouts.get(payout)?.versions.map(({ txid }) => txid) ?? [])
    .slice(-MOST_TOLD),
});

export const makeOwnIdentity = (
  wallet: Pick<Wallet, "identityKeyAt">,
  { state, now }: Pick<Sequencer, "state" | "now">,
): OwnIdentity => {
  let known: { rotations: number; key: IdentityKey; previous: readonly PreviousKey[] } | undefined;
  const present = () => {
    const { ownKey: rotations } = state;
    if (known?.rotations === rotations) return known;
    const first = Math.max(0, rotations - MAX_PREVIOUS_KEYS);
    const keys = Array.from({ length: rotations - first + 1 }, (_, i) => wallet.identityKeyAt(first + i));
    known = {
      rotations,
      key: keys.at(-1)!,
      previous: keys.slice(0, -1).map(({ publicKey, sign }, i) => ({
        public_key: toBase64(publicKey),
        signature: signNextKey(keys[i + 1]!.publicKey, sign),
      })),
    };
    return known;
  };
  const publicKey = (): string => toBase64(present().key.publicKey);
  let told: { at: number; rotations: number; standsFor: StandsFor } | undefined;
  return {
    key: () => present().key,
    publicKey,
    published: () => {
      const { previous, rotations } = present();
      if (told?.rotations !== rotations || performance.now() - told.at > TOLD_ANEW_MS)
        told = { at: performance.now(), rotations, standsFor: standsFor(state, now()) };
      return { public_key: publicKey(), previous, ...told.standsFor };
    },
  };
};
