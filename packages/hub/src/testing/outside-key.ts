import { addressOfScript, type Network, signMessage } from "@coinholder/protocol";
import { schnorr, secp256k1 } from "@noble/curves/secp256k1.js";
import { p2pkh, p2sh, p2tr, p2wpkh } from "@scure/btc-signer";

export type OutsideKeyType = "p2wpkh" | "p2tr" | "p2pkh" | "nested";

/** A key of somebody's own wallet, which no hub knows. */
export interface OutsideKey {
  readonly address: string;
  /** BIP-322. */
  readonly sign: (text: string) => string;
}

export const outsideKey = (type: OutsideKeyType = "p2wpkh", network: Network = "regtest"): OutsideKey => {
  const privateKey = secp256k1.utils.randomSecretKey();
  const publicKey = secp256k1.getPublicKey(privateKey, true);
  const { script } = {
    p2wpkh: () => p2wpkh(publicKey),
    p2tr: () => p2tr(schnorr.getPublicKey(privateKey)),
    p2pkh: () => p2pkh(publicKey),
    nested: () => p2sh(p2wpkh(publicKey)),
  }[type]();
  const address = addressOfScript(script, network)!;
  return { address, sign: (text) => signMessage(privateKey, address, text) };
};
