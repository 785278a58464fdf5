import {
  type AddressType,
  type Branch,
  openOutpointSet,
  openScriptSet,
  type Wallet,
  type Watch,
} from "@coinholder/bitcoin";
import { openPayouts, outpointOf, passedOver, type State } from "@coinholder/engine";
import { scriptOfOwn } from "./own-script.ts";

/** Addresses beyond the last one given out that are watched too: a journal from a backup may not know the newest. */
const AHEAD: Readonly<Record<Branch, number>> = { receive: 100, change: 20 };
/** Each costs one to two milliseconds: so many are derived a look, until all are watched. */
const A_LOOK = 25;
/** So many addresses take about ten milliseconds. */
const A_TURN = 10_000;
/** On a rescan, of every type, beyond the highest that was paid: whoever restores knows nothing of what was given out. */
const RESCAN_AHEAD = 1000;

/** Change first: there are few of it, and they are our own. */
const BRANCHES = ["change", "receive"] as const;
const TYPES = ["p2wpkh", "p2tr"] as const;

/** What the hub looks for on the chain. */
export interface ChainWatch {
  /**
   * Scripts of all our addresses, our coins as they are now, and what transfers spend that other hubs stand behind. An address given
   * out later is found from that moment on.
   */
  readonly watch: () => Watch;
  /** Blocks brought these: their spending is looked for from now on. */
  readonly received: (receipts: readonly { txid: string; vout: number }[]) => void;
  /** Of an address that the journal never gave out, where the wallet has it. */
  readonly placeOf: (address: string) => { branch: Branch; index: number } | undefined;
  /** Takes in what was given out, thousands a turn of the event loop: after a start that can be millions. Call before each look. */
  readonly catchUp: () => Promise<void>;
  /** Follows what was given out meanwhile. Call before each look. */
  readonly advance: () => void;
  /** Looks as far ahead as a rescan must. Answers whether anything is watched now that was not before. */
  readonly reachFar: () => boolean;
  readonly size: () => number;
}

/** @param type of the addresses that are given out */
export const makeChainWatch = (state: State, wallet: Wallet, type: AddressType): ChainWatch => {
  const { chain } = state;
  const scripts = openScriptSet();
  /** Watched and in no journal. */
  const places = new Map<string, { branch: Branch; index: number }>();

  // It goes on with what is added, as long as it is never asked beyond its end.
  const given = chain.addresses.values();
  let taken = 0;
  const takeGiven = (most = Number.POSITIVE_INFINITY): void => {
    for (const end = Math.min(chain.addresses.size, taken + most); taken < end; taken++) {
      const { address } = given.next().value!;
      scripts.add(scriptOfOwn(address), address);
      places.delete(address);
    }
  };

  const issued = (branch: Branch): number => (branch === "receive" ? chain.nextReceive : chain.nextChange);
  const add = (branch: Branch, index: number, as: AddressType): boolean => {
    const { address, script } = wallet.address(branch, index, as);
    if (chain.addresses.has(address) || places.has(address)) return false;
    scripts.add(script, address);
    places.set(address, { branch, index });
    return true;
  };
  const next: Record<Branch, number> = { receive: chain.nextReceive, change: chain.nextChange };
  const missing = passedOver(chain.addresses, next);
  for (const branch of BRANCHES)
    for (const index of missing[branch]) for (const as of TYPES) add(branch, index, as);

  const catchUp = async (): Promise<void> => {
    for (; chain.addresses.size - taken > A_TURN; takeGiven(A_TURN)) await new Promise(setImmediate);
  };
  const advance = (): void => {
    takeGiven();
    let ahead = A_LOOK;
    for (const branch of BRANCHES) {
      next[branch] = Math.max(next[branch], issued(branch));
      for (; next[branch] < issued(branch) + AHEAD[branch] && ahead > 0; ahead--)
        add(branch, next[branch]++, type);
    }
  };

  const reached: Record<Branch, number> = { receive: 0, change: 0 };
  const reachFar = (): boolean => {
    takeGiven();
    let more = false;
    for (const branch of BRANCHES)
      for (const end = issued(branch) + RESCAN_AHEAD; reached[branch] < end; reached[branch]++)
        for (const as of TYPES) more = add(branch, reached[branch], as) || more;
    return more;
  };

  // Coins that went meanwhile do no harm in the set.
  const outpoints = openOutpointSet();
  for (const outpoint of chain.coins.keys()) outpoints.add(outpoint);
  /** Transfers of other hubs whose inputs are in the set. */
  const attached = new Set<string>();
  const takeAttached = ({ lines }: State): void => {
    for (const { inputs, txid } of lines.transfers.values()) {
      if (attached.has(txid)) continue;
      attached.add(txid);
      for (const outpoint of inputs) outpoints.add(outpoint);
    }
    if (attached.size <= 2 * lines.transfers.size) return;
    for (const txid of attached) if (!lines.transfers.has(txid)) attached.delete(txid);
  };

  const watched: Watch = {
    scripts: {
      addressOf: (bytes, start, end) => {
        if (taken !== chain.addresses.size) takeGiven();
        return scripts.addressOf(bytes, start, end);
      },
    },
    outpoints,
  };

  return {
    watch: () => {
      takeAttached(state);
      for (const { versions } of openPayouts(chain))
        for (const { txid, change } of versions)
          for (const { vout } of change) outpoints.add(outpointOf({ txid, vout }));
      return watched;
    },
    received: (receipts) => {
      for (const receipt of receipts) outpoints.add(outpointOf(receipt));
    },
    placeOf: (address) => places.get(address),
    catchUp,
    advance,
    reachFar,
    size: () => scripts.size,
  };
};
