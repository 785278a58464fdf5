import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import {
  addressOfScript,
  type FundsCoin,
  signNextKey,
  signProofOfFunds,
  signSchnorr,
  signTransfer,
  taggedHash,
  transferProofMessage,
  writeTransfer,
} from "@coinholder/protocol";
import { schnorr, secp256k1 } from "@noble/curves/secp256k1.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { p2pkh, p2sh, p2tr, p2wpkh, Transaction } from "@scure/btc-signer";

const REGTEST = { bech32: "bcrt", pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef };
const SEQUENCE = 0xfffffffd;
/** `p2wsh`: of a script that nobody's key is needed for, so that its owner cannot be known. */
export type CoinType = "p2wpkh" | "p2tr" | "p2pkh" | "nested" | "p2wsh";

/** An address of somebody's own wallet, whose coins that wallet can spend. */
export interface CoinKey {
  readonly type: CoinType;
  readonly address: string;
  readonly privateKey: Uint8Array;
  readonly script: Uint8Array;
  readonly redeemScript: Uint8Array | undefined;
}
export interface OwnCoin extends CoinKey {
  readonly txid: string;
  readonly vout: number;
  readonly amount: bigint;
  /** The transaction that made it. */
  readonly previous: Uint8Array;
}

export const coinKey = (type: CoinType = "p2wpkh"): CoinKey => {
  const privateKey = secp256k1.utils.randomSecretKey();
  const publicKey = secp256k1.getPublicKey(privateKey, true);
  const nested = p2sh(p2wpkh(publicKey));
  const { script } = {
    p2wpkh: () => p2wpkh(publicKey),
    p2tr: () => p2tr(schnorr.getPublicKey(privateKey)),
    p2pkh: () => p2pkh(publicKey),
    nested: () => nested,
    p2wsh: () => ({ script: Uint8Array.of(0, 32, ...sha256(ANYONES)) }),
  }[type]();
  const redeemScript = type === "nested" ? nested.redeemScript : undefined;
  return { type, privateKey, script, redeemScript, address: addressOfScript(script, "regtest")! };
};

/** OP_1 */
const ANYONES = Uint8Array.of(0x51);

const OPEN = { allowUnknownOutputs: true, allowUnknownInputs: true, disableScriptCheck: true };

/** What a transaction pays to that key. */
export const coinOf = (key: CoinKey, raw: string): OwnCoin => {
  const previous = Buffer.from(raw, "hex");
  const transaction = Transaction.fromRaw(previous, OPEN);
  for (let vout = 0; vout < transaction.outputsLength; vout++) {
    const { amount, script } = transaction.getOutput(vout);
    if (script && Buffer.from(script).equals(key.script))
      return { ...key, txid: transaction.id, vout, amount: amount!, previous };
  }
  throw new Error(`${transaction.id} pays nothing to ${key.address}`);
};

export interface PaymentOptions {
  /** Satoshi in all; 1000 unless given. What is left over goes to nobody we know. */
  readonly fee?: number;
  readonly lockTime?: number;
  readonly version?: number;
  readonly sequence?: number;
  readonly sighash?: number;
}
export interface Payment {
  readonly txid: string;
  readonly raw: string;
  readonly coins: readonly OwnCoin[];
}

/** A signed transaction of such coins to these addresses, in satoshi. */
export const payment = (
  coins: readonly OwnCoin[],
  outputs: readonly (readonly [string, number])[],
  { fee = 1000, lockTime = 0, version = 2, sequence = SEQUENCE, sighash }: PaymentOptions = {},
): Payment => {
  const transaction = new Transaction({ ...OPEN, lockTime, version, allowUnknown: true });
  for (const { amount, previous, redeemScript, script, txid, type, vout, privateKey } of coins)
    transaction.addInput({
      txid,
      index: vout,
      sequence,
      ...(type === "p2pkh" ? { nonWitnessUtxo: previous } : { witnessUtxo: { script, amount } }),
      ...(redeemScript ? { redeemScript } : {}),
      ...(type === "p2tr" ? { tapInternalKey: schnorr.getPublicKey(privateKey) } : {}),
      ...(sighash === undefined ? {} : { sighashType: sighash }),
    });
  for (const [address, sats] of outputs) transaction.addOutputAddress(address, BigInt(sats), REGTEST);
  const paid = outputs.reduce((sum, [, sats]) => sum + BigInt(sats), BigInt(fee));
  const left = coins.reduce((sum, { amount }) => sum + amount, 0n) - paid;
  if (left > 0n) transaction.addOutput({ script: coinKey().script, amount: left });
  for (const [at, { privateKey, type }] of coins.entries()) {
    if (type === "p2wsh") {
      transaction.updateInput(at, { finalScriptWitness: [ANYONES] }, true);
      continue;
    }
    transaction.signIdx(privateKey, at, sighash === undefined ? undefined : [sighash]);
    transaction.finalizeIdx(at);
  }
  return { txid: transaction.id, raw: transaction.hex, coins };
};

/** BIP-322 `to_spend`, by hand: its id. */
const toSpend = (script: Uint8Array, message: string): string => {
  const hash = taggedHash("BIP0322-signed-message", Buffer.from(message));
  const output = Uint8Array.of(...new Uint8Array(8), script.length, ...script);
  const input = Uint8Array.of(...new Uint8Array(32), 255, 255, 255, 255, 34, 0, 32, ...hash, 0, 0, 0, 0);
  const raw = Uint8Array.of(0, 0, 0, 0, 1, ...input, 1, ...output, 0, 0, 0, 0);
  return Buffer.from(sha256(sha256(raw)))
    .reverse()
    .toString("hex");
};

/** A proof of funds of coins that need no key. */
const anyonesProof = (message: string, coins: readonly OwnCoin[]): string => {
  const transaction = new Transaction({ ...OPEN, version: 0, allowUnknown: true });
  transaction.addOutput({ script: Uint8Array.of(0x6a), amount: 0n });
  const { script } = coins[0]!;
  const all = [{ txid: toSpend(script, message), vout: 0, script, amount: 0n }, ...coins];
  for (const { amount, script, txid, vout } of all)
    transaction.addInput({
      txid,
      index: vout,
      sequence: 0,
      witnessUtxo: { script, amount },
    });
  for (const at of all.keys()) transaction.updateInput(at, { finalScriptWitness: [ANYONES] }, true);
  return `pof${Buffer.from(transaction.toPSBT()).toString("base64")}`;
};

const fundsCoin = ({ amount, previous, privateKey, script, txid, type, vout }: OwnCoin): FundsCoin => ({
  outpoint: `${txid}:${vout}`,
  amount,
  script,
  ...(type === "p2pkh" ? { previous } : {}),
  lendKey: (use) => use(privateKey),
});

export interface Attachment {
  readonly [name: string]: string;
  readonly transfer_json: string;
  readonly identity_signature: string;
  readonly coinholder_signature: string;
}

/** Another hub, as far as this one has to do with it: an identity that is published, and coins. */
export interface OutsideHub {
  readonly url: string;
  readonly key: (rotations?: number) => Uint8Array;
  readonly secret: (rotations?: number) => Uint8Array;
  /** Base64. */
  readonly publicKey: (rotations?: number) => string;
  /** What is published from now on, whatever it is. */
  answer: RequestListener;
  /** How often it was asked for what it publishes. */
  asked: number;
  /** Publishes the key after so many rotations, and those before. */
  readonly publish: (rotations: number) => void;
  /** What it would tell of its payment. `of`: what is told otherwise. */
  readonly attach: (
    of: Payment,
    other?: {
      readonly url?: string;
      readonly rotations?: number;
      /** Changes the text before it is signed. */
      readonly json?: (json: string) => string;
      /** The coins that the proof is about, by their signatures' order; the payment's unless given. */
      readonly proven?: readonly OwnCoin[];
      readonly challenge?: OwnCoin;
      readonly message?: string;
    },
  ) => Promise<Attachment>;
  readonly close: () => void;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

export const openOutsideHub = async (): Promise<OutsideHub> => {
  const secrets = [secp256k1.utils.randomSecretKey()];
  const secret = (rotations = 0): Uint8Array => {
    while (secrets.length <= rotations) secrets.push(secp256k1.utils.randomSecretKey());
    return secrets[rotations]!;
  };
  const key = (rotations = 0): Uint8Array => schnorr.getPublicKey(secret(rotations));
  const server = createServer((request, response) => {
    hub.asked++;
    hub.answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const hub: OutsideHub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/identity.js`,
    key,
    secret,
    publicKey: (rotations = 0) => base64(key(rotations)),
    asked: 0,
    answer: () => {},
    publish: (rotations) => {
      const previous = Array.from({ length: rotations }, (_, i) => ({
        public_key: base64(key(i)),
        signature: signNextKey(key(i + 1), (message) => signSchnorr(secret(i), message)),
      }));
      const text = JSON.stringify({ public_key: base64(key(rotations)), previous });
      hub.answer = (_request, response) => response.end(text);
    },
    attach: async ({ coins, raw }, other = {}) => {
      const { rotations = 0, json = (text) => text, proven = coins, challenge = coins[0]! } = other;
      const identity = { identity_url: other.url ?? hub.url, identity_public_key: base64(key(rotations)) };
      const transfer_json = json(writeTransfer(identity, Buffer.from(raw, "hex")));
      const message = other.message ?? transferProofMessage(transfer_json);
      return {
        transfer_json,
        identity_signature: signTransfer(transfer_json, (text) => signSchnorr(secret(rotations), text)),
        coinholder_signature:
          challenge.type === "p2wsh"
            ? anyonesProof(message, proven)
            : await signProofOfFunds(fundsCoin(challenge), message, proven.map(fundsCoin)),
      };
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  hub.publish(0);
  return hub;
};
