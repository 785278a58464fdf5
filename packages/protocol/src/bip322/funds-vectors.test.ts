import { readFileSync } from "node:fs";
import { hexToBytes } from "@noble/hashes/utils.js";
import { base64 } from "@scure/base";
import { describe, expect, it } from "vitest";
import { decodeAddress } from "../bitcoin-address.ts";
import { readFundsPsbt } from "./funds-psbt.ts";
import type { TransactionOutput } from "./raw-transaction.ts";
import { verifyProofOfFunds } from "./verify-funds.ts";

type Signed = {
  message: string;
  address: string;
  type: string;
  bip322_signatures: string[];
  lock_time: number;
  sequence: number;
  additional_inputs: { value: number; pk_script: string }[][];
};

const url = new URL("../../vectors/bip-0322/more-test-vectors.json", import.meta.url);
const vectors = (JSON.parse(readFileSync(url, "utf8")) as { proof_of_funds: Signed[] }).proof_of_funds;

const scriptOf = (address: string): Uint8Array => {
  const decoded = decodeAddress(address);
  if ("error" in decoded) throw new Error(decoded.error);
  return decoded.script;
};

/** The chain in which the vectors' outputs exist: the outpoints are the proof's, what they hold is the vectors' own word. */
const chainOf = ({ additional_inputs, bip322_signatures }: Signed): Map<string, TransactionOutput> => {
  const psbt = readFundsPsbt(base64.decode(bip322_signatures[0]!.slice(3)));
  if ("problem" in psbt) throw new Error(psbt.problem);
  const [, ...inputs] = psbt.tx.inputs;
  const outputs = additional_inputs.flat();
  expect(inputs.length).toBe(outputs.length);
  return new Map(
    outputs.map(({ value, pk_script }, at) => [
      `${Buffer.from(inputs[at]!.txid).toString("hex")}:${inputs[at]!.index}`,
      { amount: BigInt(value), script: hexToBytes(pk_script) },
    ]),
  );
};

describe("the official vectors of BIP-322: proofs of funds", () => {
  it("are complete", () => expect(vectors.map(({ type }) => type)).toEqual(["p2pkh", "p2tr"]));

  for (const vector of vectors) {
    const { message, address, type, bip322_signatures, lock_time, sequence } = vector;
    const chain = chainOf(vector);
    const verify = (text: string, of: string, signature: string, outputs = chain) =>
      verifyProofOfFunds({
        script: scriptOf(of),
        message: text,
        signature,
        outputOf: (outpoint) => outputs.get(outpoint),
      });

    it(`${type} with ${chain.size} outputs is valid at its time and age`, async () => {
      for (const signature of bip322_signatures)
        expect(await verify(message, address, signature)).toEqual({
          result: "valid",
          outputs: [...chain].map(([outpoint, output]) => ({ outpoint, ...output, sequence: 0 })),
          validAt: { lockTime: lock_time, sequence },
        });
    });

    it(`${type}: of its message, its address and outputs as they are only`, async () => {
      const [signature] = bip322_signatures as [string];
      const other = vectors.find((one) => one !== vector)!;
      for (const verdict of [
        await verify(`${message} `, address, signature),
        await verify(message, other.address, signature),
      ])
        expect(verdict).toEqual({ result: "invalid", reason: "other_message_or_address" });
      for (const [outpoint, output] of chain) {
        const spent = new Map(chain);
        spent.delete(outpoint);
        expect(await verify(message, address, signature, spent)).toEqual({
          result: "invalid",
          reason: "not_unspent",
          outpoint,
        });
        const less = new Map(chain).set(outpoint, { ...output, amount: output.amount - 1n });
        expect(await verify(message, address, signature, less)).toEqual({
          result: "invalid",
          reason: "utxo_differs",
          outpoint,
        });
      }
    });
  }
});
