import { schnorr } from "@noble/curves/secp256k1.js";
import { HDKey } from "@scure/bip32";
import { addressPrefixes, coinType, type Network } from "../network.ts";
import type { AddressType } from "./address-type.ts";
import { assertIndex, HARDENED, openPublicBranch, type WalletAddress } from "./public-branch.ts";
import type { Seed } from "./seed.ts";

// One account of P2WPKH addresses by BIP-84, m/84'/coin'/0'/branch/index, and one of P2TR addresses by BIP-86, m/86'/…

/** `receive` is handed out; `change` takes what is left of a payout. */
export type Branch = "receive" | "change";
export type { WalletAddress } from "./public-branch.ts";

/** The hub's own BIP-340 key: 32-byte x-only public key, and 64-byte signatures over any message. */
export type IdentityKey = { publicKey: Uint8Array; sign: (message: Uint8Array) => Uint8Array };

/** Where a key of ours stands in BIP-32, for a signer outside that has the phrase. */
export type KeyOrigin = {
  /** Of the master key. */
  fingerprint: number;
  /** From the master key; hardened steps are 2^31 and more. */
  path: number[];
  /** 33 bytes; of P2TR the internal key, not yet tweaked. */
  publicKey: Uint8Array;
};

/** What a key derived from the seed is for: the seals of the journal, and those of the signer's memory. */
export type KeyPurpose = "journal" | "signer";

/** Keys live in closures only: printing or serialising a wallet shows its network and public key. */
export type Wallet = {
  readonly network: Network;
  /** By public keys alone: one to two milliseconds. */
  readonly address: (branch: Branch, index: number, type?: AddressType) => WalletAddress;
  readonly keyOrigin: (branch: Branch, index: number, type: AddressType) => KeyOrigin;
  /**
   * The one door to private keys of coins: lends 32 bytes to `use`, which must be synchronous, and wipes them afterwards.
   * Of P2TR it is the key before its tweak.
   */
  readonly withPrivateKey: <T>(
    branch: Branch,
    index: number,
    type: AddressType,
    use: (privateKey: Uint8Array) => T,
  ) => T;
  /** 32 bytes for an HMAC, the same at every start. No coin is ever at them. */
  readonly deriveKey: (purpose: KeyPurpose) => Uint8Array;
  /** The hub's own key after so many rotations: 0 is the first. Derived anew at each call. */
  readonly identityKeyAt: (rotations: number) => IdentityKey;
};

const BRANCHES: Record<Branch, number> = { receive: 0, change: 1 };
const PURPOSES: Record<AddressType, number> = { p2wpkh: 84, p2tr: 86 };

/** Our own purpose number: no wallet derives coins there. Account 0 is the identity, its children the keys that come after. */
const OWN_PURPOSE = 8322;
const KEY_ACCOUNTS: Record<KeyPurpose, number> = { journal: 1, signer: 2 };

const lend = <T>(key: HDKey, use: (privateKey: Uint8Array) => T): T => {
  const privateKey = Uint8Array.from(key.privateKey!);
  key.wipePrivateData();
  try {
    const result = use(privateKey);
    if (result instanceof Promise) throw new Error("a private key is lent to synchronous work only");
    return result;
  } finally {
    privateKey.fill(0);
  }
};

const identityOf = (key: HDKey): IdentityKey => {
  const privateKey = Uint8Array.from(key.privateKey!);
  return Object.freeze({
    publicKey: schnorr.getPublicKey(privateKey),
    sign: (message: Uint8Array) => schnorr.sign(message, privateKey),
  });
};

/** Both branches of the account of one type, with private keys and without. */
const openAccount = (master: HDKey, type: AddressType, coin: number, prefix: string) => {
  const account = master.derive(`m/${PURPOSES[type]}'/${coin}'/0'`);
  const branches = {
    receive: account.deriveChild(BRANCHES.receive),
    change: account.deriveChild(BRANCHES.change),
  };
  account.wipePrivateData();
  const publicBranches = {
    receive: openPublicBranch(branches.receive, type, prefix),
    change: openPublicBranch(branches.change, type, prefix),
  };
  return { branches, publicBranches };
};

export const openWallet = (seed: Seed): Wallet => {
  const { network } = seed;
  const coin = coinType(network);
  const { bech32 } = addressPrefixes[network];
  const master = seed.withSeedBytes((bytes) => HDKey.fromMasterSeed(bytes));
  const { fingerprint } = master;
  const accounts = {
    p2wpkh: openAccount(master, "p2wpkh", coin, bech32),
    p2tr: openAccount(master, "p2tr", coin, bech32),
  };
  const own = (account: number): HDKey => master.derive(`m/${OWN_PURPOSE}'/${coin}'/${account}'`);
  const identity = own(0);
  const firstIdentity = identityOf(identity);
  const keys = { journal: own(KEY_ACCOUNTS.journal), signer: own(KEY_ACCOUNTS.signer) };
  master.wipePrivateData();

  return Object.freeze({
    network,
    address: (branch: Branch, index: number, type: AddressType = "p2wpkh") =>
      accounts[type].publicBranches[branch].address(index),
    keyOrigin: (branch: Branch, index: number, type: AddressType): KeyOrigin => ({
      fingerprint,
      path: [HARDENED + PURPOSES[type], HARDENED + coin, HARDENED, BRANCHES[branch], index],
      publicKey: accounts[type].publicBranches[branch].key(index),
    }),
    withPrivateKey: <T>(
      branch: Branch,
      index: number,
      type: AddressType,
      use: (privateKey: Uint8Array) => T,
    ): T => {
      assertIndex(index);
      return lend(accounts[type].branches[branch].deriveChild(index), use);
    },
    deriveKey: (purpose: KeyPurpose) => Uint8Array.from(keys[purpose].privateKey!),
    identityKeyAt: (rotations) => {
      assertIndex(rotations);
      if (rotations === 0) return firstIdentity;
      const next = identity.deriveChild(HARDENED + rotations);
      const key = identityOf(next);
      next.wipePrivateData();
      return key;
    },
  });
};
