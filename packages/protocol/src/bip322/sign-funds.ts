import { equalBytes } from "@noble/curves/utils.js";
import { base64 } from "@scure/base";
import { templateOfScript } from "../bitcoin-address.ts";
import { type ToldOutput, writeFundsPsbt } from "./funds-psbt.ts";
import { MAX_FUNDS_CHARS, MAX_FUNDS_INPUTS, toSignWithFunds, turn } from "./proof-of-funds.ts";
import {
  parseTransaction,
  serializeTransaction,
  type TransactionOutput,
  transactionId,
} from "./raw-transaction.ts";
import { satisfy } from "./satisfy.ts";
import { MessageSigningError } from "./sign-message.ts";
import { messageBytes, type Satisfaction, toSpend } from "./virtual-transactions.ts";

/**
 * Lends the private key (32 bytes) of a script to `use`, which is done with it when it returns. For p2tr the key of BIP-86 before
 * its tweak.
 */
export type LendKey = (use: (privateKey: Uint8Array) => void) => void;

/** An output to prove control of: p2wpkh, p2tr (BIP-86), p2pkh, or p2wpkh nested in p2sh. */
export type FundsCoin = {
  /** "txid:vout". */
  readonly outpoint: string;
  /** Satoshi. */
  readonly amount: bigint;
  /** scriptPubKey. */
  readonly script: Uint8Array;
  /** The raw transaction that made it. Of p2pkh only, which needs it (BIP-174). */
  readonly previous?: Uint8Array;
  readonly lendKey: LendKey;
};

const isLegacy = (script: Uint8Array): boolean => templateOfScript(script)?.type === "p2pkh";

const told = ({ outpoint, amount, script, previous }: FundsCoin): ToldOutput => {
  if (!isLegacy(script)) return { output: { amount, script } };
  const made = previous && parseTransaction(previous);
  const output = made?.outputs.find((_, vout) => outpoint === `${transactionId(made)}:${vout}`);
  if (previous === undefined || output?.amount !== amount || !equalBytes(output.script, script))
    throw new RangeError(`${outpoint} needs the transaction that made it`);
  return { previous };
};

/**
 * Signs a message (text is taken as UTF-8) by BIP-322 version 2.0.0 as a proof of funds: by the key of `challenge`, and by the keys
 * of up to MAX_FUNDS_INPUTS coins. The result has its prefix `pof`. What is signed can never be a payment: it spends an output that
 * does not exist. Takes about 2 ms a coin, in turns.
 *
 * Rejects with MessageSigningError malformed_message or not_address_of_key, and with RangeError where the coins are too many,
 * repeated or malformed.
 */
export const signProofOfFunds = async (
  challenge: { readonly script: Uint8Array; readonly lendKey: LendKey },
  message: Uint8Array | string,
  coins: readonly FundsCoin[],
): Promise<string> => {
  const signed = messageBytes(message);
  if (signed === undefined)
    throw new MessageSigningError(
      "malformed_message",
      "the text has half a surrogate pair, so no UTF-8 form",
    );
  if (coins.length > MAX_FUNDS_INPUTS)
    throw new RangeError(`a proof is of ${MAX_FUNDS_INPUTS} coins at most`);
  const outpoints = coins.map(({ outpoint }) => outpoint);
  if (new Set(outpoints).size < outpoints.length) throw new RangeError("a coin stands twice");

  const spent = toSpend(challenge.script, signed);
  const tx = toSignWithFunds(spent, outpoints);
  const outputs: TransactionOutput[] = [
    ...spent.outputs,
    ...coins.map(({ amount, script }) => ({ amount, script })),
  ];
  const satisfied: Satisfaction[] = [];
  for (const [at, { lendKey }] of [challenge, ...coins].entries()) {
    let satisfaction: Satisfaction | undefined;
    lendKey((privateKey) => {
      satisfaction = satisfy(privateKey, tx, at, outputs);
    });
    if (satisfaction === undefined)
      throw new MessageSigningError(
        "not_address_of_key",
        at === 0
          ? "the challenge is not of the key lent for it"
          : `${outpoints[at - 1]} is not of the key lent for it`,
      );
    satisfied.push(satisfaction);
    await turn();
  }
  const final = {
    ...tx,
    inputs: tx.inputs.map((input, at) => ({ ...input, finalScriptSig: satisfied[at]!.scriptSig })),
    witnesses: satisfied.map(({ witness }) => witness),
  };
  const ofChallenge: ToldOutput = isLegacy(challenge.script)
    ? { previous: serializeTransaction(spent) }
    : { output: outputs[0]! };
  const proof = `pof${base64.encode(writeFundsPsbt(final, [ofChallenge, ...coins.map(told)]))}`;
  if (proof.length > MAX_FUNDS_CHARS)
    throw new RangeError(`a proof has ${MAX_FUNDS_CHARS} characters at most`);
  return proof;
};
