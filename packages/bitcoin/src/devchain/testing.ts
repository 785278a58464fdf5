import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hex } from "@scure/base";
import { p2pkh, p2sh, p2tr, p2wpkh, Transaction } from "@scure/btc-signer";
import { pubECDSA, pubSchnorr, sha256 } from "@scure/btc-signer/utils.js";
import { parseBtc } from "./amount.ts";
import { addressToScript, REGTEST } from "./script.ts";
import { type RunningDevchain, startDevchain } from "./start.ts";
import { parseTx } from "./tx.ts";

/** For the tests beside this file: a running chain in a folder of its own, keys, and transactions signed by them. */

export const USER = "hub";
export const PASSWORD = "a good password";
export const AUTHORIZATION = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString("base64")}`;

export type RpcReply = {
  status: number;
  text: string;
  result: unknown;
  error: { code: number; message: string } | null;
};

export async function rpc(url: string, method: string, ...params: unknown[]): Promise<RpcReply> {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: AUTHORIZATION },
    body: JSON.stringify({ jsonrpc: "1.0", id: 1, method, params }),
  });
  const text = await response.text();
  return { status: response.status, text, ...JSON.parse(text) };
}

export type TestChain = {
  readonly folder: string;
  readonly running: RunningDevchain;
  /** The call's result; throws on an error answer. */
  call<T = string>(method: string, ...params: unknown[]): Promise<T>;
  /** The error "code: message" of a call that must fail. */
  refusal(method: string, ...params: unknown[]): Promise<string>;
  restart(): Promise<void>;
  remove(): Promise<void>;
};

export async function testChain(clock?: () => number): Promise<TestChain> {
  const folder = mkdtempSync(join(tmpdir(), "devchain-"));
  const start = (): Promise<RunningDevchain> =>
    startDevchain({ port: 0, dataDir: folder, user: USER, password: PASSWORD, ...(clock && { clock }) });
  let running = await start();
  return {
    folder,
    get running() {
      return running;
    },
    call: async <T>(method: string, ...params: unknown[]): Promise<T> => {
      const { result, error } = await rpc(running.url, method, ...params);
      if (error !== null) throw new Error(`${method}: ${error.code}: ${error.message}`);
      return result as T;
    },
    refusal: async (method, ...params) => {
      const { error, text } = await rpc(running.url, method, ...params);
      if (error === null) throw new Error(`${method} was not refused: ${text}`);
      return `${error.code}: ${error.message}`;
    },
    restart: async () => {
      await running.close();
      running = await start();
    },
    remove: async () => {
      await running.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export type Kind = "p2wpkh" | "p2tr" | "p2pkh" | "p2sh-p2wpkh";
export type TestKey = {
  readonly secret: Uint8Array;
  readonly address: string;
  readonly script: Uint8Array;
  readonly input: object;
};

/** The same key for the same name. */
export function testKey(kind: Kind, name: string): TestKey {
  const secret = sha256(new TextEncoder().encode(name));
  const key = pubECDSA(secret);
  const payments = {
    p2wpkh: () => p2wpkh(key, REGTEST),
    p2pkh: () => p2pkh(key, REGTEST),
    p2tr: () => p2tr(pubSchnorr(secret), undefined, REGTEST),
    "p2sh-p2wpkh": () => p2sh(p2wpkh(key, REGTEST), REGTEST),
  };
  const { script, address, type: _type, ...rest } = payments[kind]();
  const { hash: _hash, pubkey: _pubkey, ...input } = rest as Record<string, unknown>;
  if (address === undefined) throw new Error("every one of these has an address");
  return { secret, address, script, input };
}

export type TestCoin = { readonly txid: string; readonly index: number; readonly amount: bigint };
export type TestOutput = readonly [to: string | Uint8Array, sats: bigint];
export type SpendOptions = {
  readonly sequence?: number;
  readonly lockTime?: number;
  readonly version?: number;
  readonly sighash?: number;
  /** The whole transactions that are spent: needed by P2PKH. */
  readonly previous?: readonly string[];
};

/** A signed transaction that spends a key's coins, in hex. What is left over is its fee. */
export function spend(
  key: TestKey,
  coins: readonly TestCoin[],
  outputs: readonly TestOutput[],
  options: SpendOptions = {},
): string {
  const { sequence = 0xfffffffd, lockTime = 0, version = 2, sighash, previous } = options;
  const tx = new Transaction({
    version,
    lockTime,
    allowUnknownOutputs: true,
    allowLegacyWitnessUtxo: true,
    allowUnknownVersion: true,
  });
  coins.forEach(({ txid, index, amount }, i) => {
    tx.addInput({
      txid,
      index,
      sequence,
      ...key.input,
      witnessUtxo: { script: key.script, amount },
      ...(previous && { nonWitnessUtxo: hex.decode(previous[i]!) }),
      ...(sighash !== undefined && { sighashType: sighash }),
    });
  });
  for (const [to, amount] of outputs) {
    const script = typeof to === "string" ? addressToScript(to) : to;
    if (script === undefined) throw new Error(`not an address: ${to}`);
    tx.addOutput({ script, amount });
  }
  tx.sign(key.secret, sighash === undefined ? undefined : [sighash]);
  tx.finalize();
  return hex.encode(tx.extract());
}

export const txidOf = (raw: string): string => parseTx(hex.decode(raw))!.txid;

/** Pays BTC from the faucet to a key and gives the coin, unconfirmed. */
export async function fundedCoin(chain: TestChain, key: TestKey, btc: string): Promise<TestCoin> {
  const txid = await chain.call("devchain_fund", key.address, btc);
  const { tx } = chain.running.chain.mempool.entries.get(txid)!;
  const index = tx.outputs.findIndex((output) => Buffer.compare(output.script, key.script) === 0);
  return { txid, index, amount: parseBtc(btc)! };
}

/** The same, in a block. */
export async function confirmedCoin(chain: TestChain, key: TestKey, btc: string): Promise<TestCoin> {
  const coin = await fundedCoin(chain, key, btc);
  await chain.call("devchain_mine", 1);
  return coin;
}
