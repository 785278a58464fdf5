import { randomBytes } from "node:crypto";
import type { TestNode } from "@coinholder/bitcoin/testing";
import { p2tr, p2wpkh } from "@scure/btc-signer";
import { pubECDSA, pubSchnorr } from "@scure/btc-signer/utils.js";

const REGTEST = { bech32: "bcrt", pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef };

/** A new address of somebody who has nothing to do with the hub. */
export const outsideAddress = (type: "p2wpkh" | "p2tr" = "p2wpkh"): string => {
  const secret = randomBytes(32);
  return type === "p2wpkh"
    ? p2wpkh(pubECDSA(secret), REGTEST).address!
    : p2tr(pubSchnorr(secret), undefined, REGTEST).address!;
};

/** What a chain made there, in satoshi, output by output: an address that was paid twice has two. */
export const arrivedAt = async (node: TestNode, address: string, above: number): Promise<number[]> => [
  ...(await node.unspentOf([address], above)).values(),
];
