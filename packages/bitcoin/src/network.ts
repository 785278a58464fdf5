import type { BTC_NETWORK } from "@scure/btc-signer/utils.js";

/** `testnet` is testnet3, testnet4 and signet alike: their addresses and keys do not differ. */
export type Network = "mainnet" | "testnet" | "regtest";

export const NETWORKS: readonly Network[] = ["mainnet", "testnet", "regtest"];

export const isNetwork = (value: unknown): value is Network => NETWORKS.includes(value as Network);

/** kernel/chainparams.cpp of Bitcoin Core. */
export const addressPrefixes: Readonly<Record<Network, BTC_NETWORK>> = {
  mainnet: { bech32: "bc", pubKeyHash: 0x00, scriptHash: 0x05, wif: 0x80 },
  testnet: { bech32: "tb", pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef },
  regtest: { bech32: "bcrt", pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef },
};

/** SLIP-44: 0 is Bitcoin, 1 is every test network. */
export const coinType = (network: Network): 0 | 1 => (network === "mainnet" ? 0 : 1);
