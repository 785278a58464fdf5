import type { Sats } from "@coinholder/protocol";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { p2tr, p2wpkh, selectUTXO } from "@scure/btc-signer";
import { addressPrefixes, type Network } from "../network.ts";
import { sats } from "../sats.ts";
import type { AddressType } from "../wallet/address-type.ts";
import { type Coin, coinKey, totalValue } from "./coin.ts";

/** BIP-125: replaceable. btcd asks for the signal, and no rule is looser without it. */
export const SEQUENCE = 0xfffffffd;

export type Selection = {
  /** By BIP-69. */
  inputs: Coin[];
  fee: Sats;
  /** What goes to the change address; 0: nothing, not worth an output. */
  change: Sats;
  vsize: number;
};

type Asked = {
  network: Network;
  outputs: readonly { script: Uint8Array; amount: number }[];
  changeAddress: string;
  /** Whole satoshi per vbyte. */
  feeRate: number;
  mustSpend: readonly Coin[];
};

/** Size is all that selection needs of a key: any key's scripts have the right form. */
const anyKey = secp256k1.Point.BASE.toBytes(true);
const { script: p2trScript, tapInternalKey } = p2tr(anyKey.subarray(1));
const FORMS: Record<AddressType, { script: Uint8Array; tapInternalKey?: Uint8Array }> = {
  p2wpkh: { script: p2wpkh(anyKey).script },
  p2tr: { script: p2trScript, tapInternalKey },
};

/** Stands in for a P2TR output: as long, and the library need not look whether its key is on the curve each time (0.3 ms). */
const P2WSH_FORM = Uint8Array.from([0x00, 0x20, ...new Array(32).fill(1)]);
const sizedLike = (script: Uint8Array): Uint8Array =>
  script.length === P2WSH_FORM.length ? P2WSH_FORM : script;

const candidate = ({ txid, vout, value, type }: Coin) => {
  const { script, ...keys } = FORMS[type];
  // The library's own default sequence is final.
  return { txid, index: vout, sequence: SEQUENCE, witnessUtxo: { script, amount: BigInt(value) }, ...keys };
};

/**
 * Which coins to spend: all of `mustSpend`, and more of `coins` where those do not suffice. Undefined when all together are
 * too little. `coins` and `mustSpend` share none.
 */
export const selectCoins = (coins: readonly Coin[], asked: Asked): Selection | undefined => {
  const { network, outputs, changeAddress, feeRate, mustSpend } = asked;
  const selected = selectUTXO(
    coins.map(candidate),
    outputs.map(({ script, amount }) => ({ script: sizedLike(script), amount: BigInt(amount) })),
    "default",
    {
      changeAddress,
      feePerByte: BigInt(feeRate),
      network: addressPrefixes[network],
      requiredInputs: mustSpend.map(candidate),
      bip69: true,
      createTx: false,
    },
  );
  if (selected === undefined) return undefined;
  const offered = new Map([...coins, ...mustSpend].map((coin) => [coinKey(coin), coin]));
  const inputs = selected.inputs.map(({ txid, index }) => {
    const key = coinKey({ txid: Buffer.from(txid!).toString("hex"), vout: index! });
    return offered.get(key)!;
  });
  const fee = sats(Number(selected.fee));
  const paid = outputs.reduce((sum, { amount }) => sum + amount, 0);
  return {
    inputs,
    fee,
    change: sats(totalValue(inputs) - paid - fee),
    vsize: Math.ceil(selected.weight / 4),
  };
};
