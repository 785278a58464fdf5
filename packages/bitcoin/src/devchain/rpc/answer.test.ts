import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AUTHORIZATION, rpc, type TestChain, testChain, testKey } from "../testing.ts";

const alice = testKey("p2wpkh", "alice");
let chain: TestChain;
/** The clock of the chain's node, in ms. */
let now = 1_800_000_000_000;
beforeAll(async () => {
  chain = await testChain(() => now);
});
afterAll(() => chain.remove());

async function post(body: string, init: RequestInit = {}) {
  const response = await fetch(chain.running.url, {
    method: "POST",
    headers: { authorization: AUTHORIZATION },
    body,
    ...init,
  });
  const text = await response.text();
  return { status: response.status, text, headers: response.headers };
}

describe("HTTP", () => {
  test("only the right name and password are answered, everything else is 401", async () => {
    const body = '{"method":"getblockcount"}';
    const credentials = ["hub:wrong", "other:a good password", "hub:", ":"].map(
      (text) => `Basic ${Buffer.from(text).toString("base64")}`,
    );
    for (const authorization of [...credentials, "Bearer x", ""]) {
      const answer = await post(body, { headers: { authorization } });
      expect(answer.status).toBe(401);
      expect(answer.text).toBe("");
      expect(answer.headers.get("www-authenticate")).toBe('Basic realm="jsonrpc"');
    }
    expect((await post(body)).status).toBe(200);
  });

  test("only POST to /", async () => {
    const headers = { authorization: AUTHORIZATION };
    expect((await fetch(chain.running.url, { headers })).status).toBe(405);
    expect((await fetch(`${chain.running.url}/rest`, { method: "POST", headers })).status).toBe(404);
  });
});

describe("JSON-RPC", () => {
  test("the old shape holds both members; errors have Core's HTTP status", async () => {
    expect(await post('{"id":"a","method":"getblockcount","params":[]}')).toMatchObject({
      status: 200,
      text: '{"result":250,"error":null,"id":"a"}\n',
    });
    expect(await post('{"id":7,"method":"nothing"}')).toMatchObject({
      status: 404,
      text: '{"result":null,"error":{"code":-32601,"message":"Method not found"},"id":7}\n',
    });
    expect(await post('{"method":"getblockhash","params":[1e6]}')).toMatchObject({
      status: 500,
      text: '{"result":null,"error":{"code":-8,"message":"Block height out of range"},"id":null}\n',
    });
    expect((await post("{")).status).toBe(500);
    expect((await post("{")).text).toContain('"code":-32700');
    expect((await post('"getblockcount"')).status).toBe(400);
    expect((await post('{"id":1}')).text).toContain('"code":-32600,"message":"Missing method"');
  });

  test("2.0 holds one member, and errors are HTTP 200", async () => {
    expect(await post('{"jsonrpc":"2.0","id":1,"method":"getblockcount"}')).toMatchObject({
      text: '{"jsonrpc":"2.0","result":250,"id":1}\n',
    });
    expect(await post('{"jsonrpc":"2.0","id":1,"method":"nothing"}')).toMatchObject({
      status: 200,
      text: '{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":1}\n',
    });
  });

  test("a batch answers each call, in order", async () => {
    const { status, text } = await post(
      '[{"id":1,"method":"getblockcount"},{"id":2,"method":"nothing"},5,{"id":3,"method":"getpeerinfo"}]',
    );
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject([
      { id: 1, result: 250 },
      { id: 2, error: { code: -32601 } },
      { id: null, error: { code: -32600 } },
      { id: 3, result: [] },
    ]);
  });

  test("parameters by name are the same as by position", async () => {
    const { text } = await post('{"method":"getblockhash","params":{"height":3}}');
    expect(JSON.parse(text).result).toBe(await chain.call("getblockhash", 3));
    expect((await post('{"method":"getblockhash","params":{"size":3}}')).text).toContain(
      '"code":-8,"message":"Unknown named parameter size"',
    );
  });

  test.each<[string, unknown[], string]>([
    ["getblockhash", [], "-1: getblockhash height"],
    ["getblockhash", [1, 2], "-1: getblockhash height"],
    ["getblockhash", ["1"], "-3: JSON value of type string is not of expected type number"],
    ["getblockhash", [-1], "-8: Block height out of range"],
    ["getblock", ["00"], "-8: blockhash must be of length 64 (not 2, for '00')"],
    ["getblock", ["g".repeat(64)], `-8: blockhash must be hexadecimal string (not '${"g".repeat(64)}')`],
    ["getblock", ["00".repeat(32)], "-5: Block not found"],
    ["getblockheader", ["00".repeat(32)], "-5: Block not found"],
    ["getmempoolentry", ["00".repeat(32)], "-5: Transaction not in mempool"],
    ["estimatesmartfee", [0], "-8: Invalid conf_target, must be between 1 and 1008"],
    ["generatetoaddress", [1, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"], "-5: Error: Invalid address"],
    ["devchain_fund", ["nonsense", "1"], "-5: Invalid address"],
    ["devchain_fund", [alice.address, 1], "-3: JSON value of type number is not of expected type string"],
    ["devchain_fund", [alice.address, "0"], "-3: Invalid amount"],
    ["devchain_fund", [alice.address, "0.000000001"], "-3: Invalid amount"],
    ["devchain_fund", [alice.address, "-1"], "-3: Invalid amount"],
    ["devchain_fund", [alice.address, "0.00000293"], "-26: dust"],
    ["devchain_mine", [-1], "-8: From 0 to 10000 blocks at once"],
    ["stop", [], "-32601: Method not found"],
    ["constructor", [], "-32601: Method not found"],
  ])("%s %j is refused", async (method, params, message) => {
    expect(await chain.refusal(method, ...params)).toBe(message);
  });
});

describe("answers", () => {
  test("a fresh node in Bitcoin Core's shape", async () => {
    const best = await chain.call("getbestblockhash");
    expect(await chain.call("getblockchaininfo")).toMatchObject({
      chain: "regtest",
      blocks: 250,
      headers: 250,
      bestblockhash: best,
      initialblockdownload: false,
      time: now / 1000,
      chainwork: "1f6".padStart(64, "0"),
    });
    const { text } = await rpc(chain.running.url, "getnetworkinfo");
    expect(text).toContain('"subversion":"/Coinholder-devchain:0.1.0/"');
    expect(text).toContain('"relayfee":0.00001000');
    expect(await chain.call("estimatesmartfee", 6)).toEqual({
      errors: ["Insufficient data or no feerate found"],
      blocks: 6,
    });
    now += 5_000;
    expect(await chain.call("uptime")).toBe(5);
  });

  test("headers are chained, with hash and time that the raw 80 bytes hold", async () => {
    const hash = await chain.call("getblockhash", 100);
    const header = await chain.call<Record<string, unknown>>("getblockheader", hash);
    expect(header).toMatchObject({
      hash,
      height: 100,
      confirmations: 151,
      bits: "207fffff",
      versionHex: "20000000",
      nTx: 1,
      previousblockhash: await chain.call("getblockhash", 99),
      nextblockhash: await chain.call("getblockhash", 101),
    });
    expect(await chain.call("getblockheader", hash, false)).toHaveLength(160);
    expect(await chain.call("getblock", hash, true)).toMatchObject({
      ...header,
      strippedsize: 217,
      size: 253,
      weight: 3 * 217 + 253,
    });
  });

  test("a transaction, its mempool entry and its output agree to the satoshi", async () => {
    const txid = await chain.call("devchain_fund", alice.address, "0.10000001");
    const { tx, fee } = chain.running.chain.mempool.entries.get(txid)!;
    const raw = await rpc(chain.running.url, "getrawtransaction", txid, true);
    expect(raw.text).toContain('"value":0.10000001');
    expect(raw.result).toMatchObject({
      txid,
      hash: tx.wtxid,
      vsize: tx.vsize,
      hex: Buffer.from(tx.raw).toString("hex"),
    });
    const entry = await rpc(chain.running.url, "getmempoolentry", txid);
    expect(entry.text).toContain(`"base":0.${fee.toString().padStart(8, "0")}`);
    expect(entry.result).toMatchObject({
      vsize: tx.vsize,
      ancestorcount: 1,
      descendantcount: 1,
      depends: [],
    });
    expect(await chain.call("getrawmempool", true)).toEqual({ [txid]: entry.result });
    expect(await chain.call("getmempoolinfo")).toMatchObject({ size: 1, bytes: tx.vsize });

    const [block] = await chain.call<string[]>("devchain_mine", 1);
    expect(await chain.refusal("getrawtransaction", txid)).toMatch(/^-5: No such mempool transaction/);
    expect(await chain.refusal("getrawtransaction", "11".repeat(32), 0, block)).toMatch(
      /^-5: No such transaction/,
    );
    expect(await chain.call("getrawtransaction", txid, 1, block)).toMatchObject({
      txid,
      blockhash: block,
      confirmations: 1,
      in_active_chain: true,
    });
    const { tx: ids } = await chain.call<{ tx: string[] }>("getblock", block);
    const coinbase = await rpc(chain.running.url, "getrawtransaction", ids[0], 1, block);
    expect(coinbase.text).toContain(`"value":25.0${fee.toString().padStart(7, "0")}`);
    expect(coinbase.result).toMatchObject({
      vin: [{ txinwitness: ["00".repeat(32)], sequence: 0xffffffff }],
    });
  });

  test("addresses of all kinds, and of other networks", async () => {
    for (const kind of ["p2wpkh", "p2tr", "p2pkh", "p2sh-p2wpkh"] as const) {
      const { address, script } = testKey(kind, "erin");
      expect(await chain.call("validateaddress", address)).toMatchObject({
        isvalid: true,
        address,
        scriptPubKey: Buffer.from(script).toString("hex"),
        iswitness: kind === "p2wpkh" || kind === "p2tr",
      });
      const txid = await chain.call("devchain_fund", address, "0.001");
      const shown = await chain.call<{ vout: { scriptPubKey: { address: string } }[] }>(
        "getrawtransaction",
        txid,
        1,
      );
      expect(shown.vout[0]!.scriptPubKey.address).toBe(address);
    }
    expect(await chain.call("validateaddress", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")).toMatchObject({
      isvalid: false,
    });
  });
});
