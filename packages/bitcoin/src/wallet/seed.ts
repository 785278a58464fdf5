import { pbkdf2Sync } from "node:crypto";
import { generateMnemonic, validateMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { BitcoinError } from "../errors.ts";
import type { Network } from "../network.ts";

/** The secret that everything is derived from. It lives in closures only: printing or serialising a seed shows the network. */
export type Seed = {
  readonly network: Network;
  /** The BIP-39 phrase, for its owner to write down. */
  readonly revealPhrase: () => string;
  /** Lends the 64 bytes of BIP-39 to `use` and wipes them afterwards. */
  readonly withSeedBytes: <T>(use: (seed: Uint8Array) => T) => T;
};

/** BIP-39, "From mnemonic to seed", with no passphrase of its own; Node's takes a tenth of the time of one in JavaScript. */
const seedOf = (words: string): Buffer => pbkdf2Sync(words, "mnemonic", 2048, 64, "sha512");

/** 24 words. */
export const newPhrase = (): string => generateMnemonic(wordlist, 256);

/** Throws BitcoinError `invalid_phrase` (words or checksum), without the phrase in it. */
export const seedFromPhrase = (phrase: string, network: Network): Seed => {
  const words = phrase.normalize("NFKD").trim().split(/\s+/).join(" ").toLowerCase();
  if (!validateMnemonic(words, wordlist)) {
    throw new BitcoinError("invalid_phrase", "That is not a BIP-39 phrase: a word or the checksum is wrong");
  }
  return Object.freeze({
    network,
    revealPhrase: () => words,
    withSeedBytes: <T>(use: (seed: Uint8Array) => T): T => {
      const seed = seedOf(words);
      try {
        return use(seed);
      } finally {
        seed.fill(0);
      }
    },
  });
};
