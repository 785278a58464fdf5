import type { Network as AddressNetwork } from "@coinholder/protocol";
import type { BTC_NETWORK } from "@scure/btc-signer/utils.js";

/** The chain that a node follows and that a wallet file is made for. */
export type Network = "mainnet" | "testnet3" | "testnet4" | "signet" | "regtest";

export const NETWORKS: readonly Network[] = ["mainnet", "testnet3", "testnet4", "signet", "regtest"];

export const isNetwork = (value: unknown): value is Network => NETWORKS.includes(value as Network);

const TESTNET: BTC_NETWORK = { bech32: "tb", pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef };

/** kernel/chainparams.cpp of Bitcoin Core: the test networks that people share have the same prefixes. */
export const addressPrefixes: Readonly<Record<Network, BTC_NETWORK>> = {
  mainnet: { bech32: "bc", pubKeyHash: 0x00, scriptHash: 0x05, wif: 0x80 },
  testnet3: TESTNET,
  testnet4: TESTNET,
  signet: TESTNET,
  regtest: { bech32: "bcrt", pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef },
};

/** Where only the prefixes of addresses and keys matter. */
export const addressNetwork = (network: Network): AddressNetwork =>
  network === "mainnet" || network === "regtest" ? network : "testnet";

/** SLIP-44: 0 is Bitcoin, 1 is every test network. */
export const coinType = (network: Network): 0 | 1 => (network === "mainnet" ? 0 : 1);
