import { schnorr } from "@noble/curves/secp256k1.js";
import { HDKey } from "@scure/bip32";
import { p2wpkh } from "@scure/btc-signer";
import { addressPrefixes, coinType, type Network } from "../network.ts";
import type { Seed } from "./seed.ts";

// BIP-84: one account of P2WPKH addresses, m/84'/coin'/0'/branch/index.

/** `receive` is handed out; `change` takes what is left of a payout. */
export type Branch = "receive" | "change";
export type WalletAddress = { address: string; script: Uint8Array };

/** The hub's own BIP-340 key: 32-byte x-only public key, and 64-byte signatures over any message. */
export type IdentityKey = { publicKey: Uint8Array; sign: (message: Uint8Array) => Uint8Array };

/** Keys live in closures only: printing or serialising a wallet shows its network and public key. */
export type Wallet = {
  readonly network: Network;
  /** By public keys alone: below a millisecond. */
  readonly address: (branch: Branch, index: number) => WalletAddress;
  /** The one door to private keys: lends 32 bytes to `use`, which must be synchronous, and wipes them afterwards. */
  readonly withPrivateKey: <T>(branch: Branch, index: number, use: (privateKey: Uint8Array) => T) => T;
  readonly identityKey: IdentityKey;
};

const BRANCHES: Record<Branch, number> = { receive: 0, change: 1 };

/** Our own purpose number, for the identity: no wallet derives coins there. */
const IDENTITY_PURPOSE = 8322;

const assertIndex = (index: number): void => {
  if (!Number.isInteger(index) || index < 0 || index >= 2 ** 31)
    throw new RangeError(`not an address index: ${index}`);
};

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

export const openWallet = (seed: Seed): Wallet => {
  const { network } = seed;
  const coin = coinType(network);
  const master = seed.withSeedBytes((bytes) => HDKey.fromMasterSeed(bytes));
  const account = master.derive(`m/84'/${coin}'/0'`);
  const identityKey = identityOf(master.derive(`m/${IDENTITY_PURPOSE}'/${coin}'/0'`));
  const branches = {
    receive: account.deriveChild(BRANCHES.receive),
    change: account.deriveChild(BRANCHES.change),
  };
  const publicOnly = (key: HDKey): HDKey => HDKey.fromExtendedKey(key.publicExtendedKey);
  const publicBranches = { receive: publicOnly(branches.receive), change: publicOnly(branches.change) };
  master.wipePrivateData();
  account.wipePrivateData();

  return Object.freeze({
    network,
    address: (branch: Branch, index: number) => {
      assertIndex(index);
      const { publicKey } = publicBranches[branch].deriveChild(index);
      const { address, script } = p2wpkh(publicKey!, addressPrefixes[network]);
      return { address: address!, script };
    },
    withPrivateKey: <T>(branch: Branch, index: number, use: (privateKey: Uint8Array) => T): T => {
      assertIndex(index);
      return lend(branches[branch].deriveChild(index), use);
    },
    identityKey,
  });
};
