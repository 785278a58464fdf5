import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { Transaction } from "@scure/btc-signer";
import { afterEach, expect, test } from "vitest";
import { type BitcoinNode, connectNode } from "./rpc.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

type Asked = { method: string; params: unknown[]; id: unknown };
type Answer =
  | { status?: number; body: string }
  | ((request: IncomingMessage, response: ServerResponse) => void);

/** A node that answers each call with what `answer` says; `id` stands for the call's id in a body. */
const startNode = async (answer: (asked: Asked, request: IncomingMessage) => Answer) => {
  const sockets = new Set<Socket>();
  const server: Server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const asked = JSON.parse(text) as Asked;
    const what = answer(asked, request);
    if (typeof what === "function") return what(request, response);
    response.writeHead(what.status ?? 200, { "content-type": "application/json" });
    response.end(what.body.replace('"id":0', `"id":${JSON.stringify(asked.id)}`));
  });
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, sockets };
};

const connect = (url: string, timeoutMs = 5_000): BitcoinNode => {
  const node = connectNode({ url, user: "alice", password: "open sesame", timeoutMs });
  cleanups.push(node.close);
  return node;
};

const result = (json: string): Answer => ({ body: `{"result":${json},"error":null,"id":0}` });
const failure = (code: number, message: string, status = 500): Answer => ({
  status,
  body: `{"result":null,"error":{"code":${code},"message":${JSON.stringify(message)}},"id":0}`,
});

const hashOf = (digit: string): string => digit.repeat(64);
const someTransaction = (): { raw: Uint8Array; txid: string } => {
  const transaction = new Transaction({ allowUnknownOutputs: true });
  transaction.addInput({ txid: hashOf("1"), index: 0, finalScriptSig: new Uint8Array(0) });
  transaction.addOutput({ script: Uint8Array.of(0x51), amount: 1n });
  return { raw: transaction.toBytes(true, false), txid: transaction.id };
};

test("calls are raw forms with an id and basic credentials, which both nodes answer", async () => {
  const { raw, txid } = someTransaction();
  const seen: Asked[] = [];
  const answers: Record<string, Answer> = {
    getblockchaininfo: result(
      `{"chain":"regtest","blocks":7,"headers":9,"bestblockhash":"${hashOf("a")}","difficulty":4.6e-10}`,
    ),
    getbestblockhash: result(`"${hashOf("a")}"`),
    getconnectioncount: result("8"),
    getblockhash: result(`"${hashOf("b")}"`),
    getblock: result('"00ff"'),
    getblockheader: result(`"${"01".repeat(80)}"`),
    getrawmempool: result(`["${hashOf("c")}"]`),
    getrawtransaction: result(`"${Buffer.from(raw).toString("hex")}"`),
    sendrawtransaction: result(`"${txid}"`),
    gettxout: result(
      `{"bestblock":"${hashOf("a")}","confirmations":3,"value":20999999.99999999,"scriptPubKey":{"hex":"0014aa"},"coinbase":true}`,
    ),
    estimatesmartfee: result('{"feerate":0.00012345,"blocks":2}'),
  };
  const { url } = await startNode((asked, request) => {
    expect(request.headers.authorization).toBe(
      `Basic ${Buffer.from("alice:open sesame").toString("base64")}`,
    );
    expect(asked.id).toBeTruthy();
    seen.push(asked);
    return answers[asked.method]!;
  });
  const node = connect(url);
  expect(await node.chainInfo()).toEqual({
    network: "regtest",
    height: 7,
    headers: 9,
    bestBlockHash: hashOf("a"),
  });
  expect(await node.bestBlockHash()).toBe(hashOf("a"));
  expect(await node.peers()).toBe(8);
  expect(await node.blockHash(5)).toBe(hashOf("b"));
  expect([...(await node.rawBlock(hashOf("b")))]).toEqual([0, 255]);
  expect((await node.rawHeader(hashOf("b"))).length).toBe(80);
  expect(await node.rawMempool()).toEqual([hashOf("c")]);
  expect(Buffer.from((await node.rawTransaction(txid))!).equals(raw)).toBe(true);
  expect(await node.sendRawTransaction(raw)).toEqual({ accepted: true, txid });
  expect(await node.txOut(txid, 1)).toEqual({
    value: 2_099_999_999_999_999,
    script: "0014aa",
    confirmations: 3,
    coinbase: true,
  });
  expect(await node.feeRate(2)).toBe(12_345);
  expect(seen.map(({ method, params }) => [method, ...params])).toEqual([
    ["getblockchaininfo"],
    ["getbestblockhash"],
    ["getconnectioncount"],
    ["getblockhash", 5],
    ["getblock", hashOf("b"), 0],
    ["getblockheader", hashOf("b"), false],
    ["getrawmempool", false],
    ["getrawtransaction", txid],
    ["sendrawtransaction", Buffer.from(raw).toString("hex")],
    ["gettxout", txid, 1, false],
    ["estimatesmartfee", 2],
  ]);
});

test.each([
  ["main", "mainnet"],
  ["mainnet", "mainnet"],
  ["test", "testnet3"],
  ["testnet3", "testnet3"],
  ["testnet4", "testnet4"],
  ["signet", "signet"],
  ["regtest", "regtest"],
])("chain %s is %s", async (chain, network) => {
  const { url } = await startNode(() =>
    result(`{"chain":"${chain}","blocks":1,"headers":1,"bestblockhash":"${hashOf("a")}"}`),
  );
  expect((await connect(url).chainInfo()).network).toBe(network);
});

test("a chain without a network here (simnet, __proto__) is refused", async () => {
  for (const chain of ["simnet", "__proto__", "constructor"]) {
    const { url } = await startNode(() =>
      result(`{"chain":"${chain}","blocks":1,"headers":1,"bestblockhash":"${hashOf("a")}"}`),
    );
    await expect(connect(url).chainInfo()).rejects.toMatchObject({ code: "node_error" });
  }
});

test("a height above the tip is undefined in Core's words and in btcd's", async () => {
  for (const code of [-8, -1]) {
    const { url } = await startNode(() => failure(code, "Block height out of range"));
    expect(await connect(url).blockHash(1e6)).toBeUndefined();
  }
});

test("a transaction or output that is not there is undefined", async () => {
  const { url } = await startNode(({ method }) =>
    method === "gettxout" ? result("null") : failure(-5, "No such mempool transaction", 200),
  );
  expect(await connect(url).rawTransaction(hashOf("1"))).toBeUndefined();
  expect(await connect(url).txOut(hashOf("1"), 0)).toBeUndefined();
});

test("fees: btcd's call is asked where Core's is missing, and no estimate is no error", async () => {
  const asked: unknown[] = [];
  const btcd = await startNode(({ method, params }) => {
    asked.push([method, ...params]);
    return method === "estimatefee" ? result("1.0131e-05") : failure(-32601, "Method not found", 200);
  });
  expect(await connect(btcd.url).feeRate(144)).toBe(1_014);
  expect(asked).toEqual([
    ["estimatesmartfee", 144],
    ["estimatefee", 25],
  ]);
  const young = await startNode(({ method }) =>
    method === "estimatefee"
      ? failure(-32603, "not enough blocks", 200)
      : failure(-32601, "Method not found"),
  );
  expect(await connect(young.url).feeRate(3)).toBeUndefined();
  const core = await startNode(() => result('{"errors":["Insufficient data"],"blocks":0}'));
  expect(await connect(core.url).feeRate(3)).toBeUndefined();
});

test("a refused transaction is a value with the node's code", async () => {
  const { url } = await startNode(() => failure(-26, "txn-mempool-conflict"));
  expect(await connect(url).sendRawTransaction(someTransaction().raw)).toMatchObject({
    accepted: false,
    code: -26,
  });
});

test("sending is unknown, never refused, when the answer is lost", async () => {
  const { raw } = someTransaction();
  const cases: Answer[] = [
    (request) => request.socket.destroy(),
    () => {},
    { body: "no json" },
    { status: 503, body: "Work queue depth exceeded" },
    { status: 401, body: "" },
    result(`"${hashOf("f")}"`),
    failure(-28, "Loading block index..."),
  ];
  for (const answer of cases) {
    const { url } = await startNode(() => answer);
    expect(await connect(url, 300).sendRawTransaction(raw)).toMatchObject({ unknown: true });
  }
});

test("a node that hangs, resets, stalls inside its answer or is not there is unreachable", async () => {
  const cases: Answer[] = [
    () => {},
    (request) => request.socket.destroy(),
    (_, response) => {
      response.writeHead(200, { "content-length": 1000 });
      response.write('{"result":');
    },
    (request, response) => {
      response.writeHead(200, { "content-length": 1000 });
      response.write('{"result":', () => request.socket.destroy());
    },
    { status: 503, body: "503 Too busy.  Try again later." },
    failure(-28, "Loading block index..."),
  ];
  for (const answer of cases) {
    const { url } = await startNode(() => answer);
    await expect(connect(url, 300).bestBlockHash()).rejects.toMatchObject({ code: "node_unreachable" });
  }
  const free = createTcpServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => free.once("listening", resolve));
  const { port } = free.address() as AddressInfo;
  await new Promise((resolve) => free.close(resolve));
  await expect(connect(`http://127.0.0.1:${port}`).bestBlockHash()).rejects.toMatchObject({
    code: "node_unreachable",
  });
});

test("garbage, another call's answer and wrong types are a node's error, not a crash", async () => {
  const cases: Answer[] = [
    { body: "<html>" },
    { body: "[]" },
    { body: "null" },
    { body: `{"result":"${hashOf("a")}","error":null,"id":"another"}` },
    result("5"),
    result(`"${hashOf("g")}"`),
    result("null"),
    { body: '{"error":"text","id":0}' },
    failure(-32603, "boom"),
  ];
  for (const answer of cases) {
    const { url } = await startNode(() => answer);
    await expect(connect(url).bestBlockHash()).rejects.toMatchObject({ code: "node_error" });
  }
  const { url } = await startNode(() => result('"abc"'));
  await expect(connect(url).rawBlock(hashOf("a"))).rejects.toMatchObject({ code: "node_error" });
});

test("another transaction than the one asked for is refused", async () => {
  const { raw } = someTransaction();
  const { url } = await startNode(() => result(`"${Buffer.from(raw).toString("hex")}"`));
  await expect(connect(url).rawTransaction(hashOf("e"))).rejects.toMatchObject({ code: "node_error" });
});

test("an answer without end is cut off", async () => {
  const { url } = await startNode(() => (_, response) => {
    const megabyte = Buffer.alloc(1024 * 1024, 0x20);
    const more = (): void => {
      if (!response.destroyed) response.write(megabyte, more);
    };
    more();
  });
  await expect(connect(url, 20_000).bestBlockHash()).rejects.toMatchObject({ code: "node_unreachable" });
});

test("wrong credentials are told, and no error shows the password", async () => {
  const { url } = await startNode(() => ({ status: 401, body: "" }));
  const error = await connect(url)
    .bestBlockHash()
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "node_error", httpStatus: 401 });
  const secret = Buffer.from("alice:open sesame").toString("base64");
  const dead = connect("http://127.0.0.1:1");
  const reset = await dead.bestBlockHash().catch((reason: unknown) => reason);
  for (const shown of [error, reset, dead].map((value) => inspect(value, { depth: 20, showHidden: true }))) {
    expect(shown).not.toContain("open sesame");
    expect(shown).not.toContain(secret);
  }
  expect(() => connectNode({ url: "http://u:p@127.0.0.1", user: "u", password: "p" })).toThrow(
    /beside its URL/,
  );
});

test("a cookie that a restarted Core has changed is read again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cookie-"));
  cleanups.push(() => rm(folder, { recursive: true }));
  const cookieFile = join(folder, ".cookie");
  let current = "__cookie__:one";
  const { url } = await startNode((_, request) =>
    request.headers.authorization === `Basic ${Buffer.from(current).toString("base64")}`
      ? result(`"${hashOf("a")}"`)
      : { status: 401, body: "" },
  );
  const node = connectNode({ url, cookieFile });
  cleanups.push(node.close);
  await expect(node.bestBlockHash()).rejects.toMatchObject({ code: "node_unreachable" });
  await writeFile(cookieFile, "__cookie__:one\n");
  expect(await node.bestBlockHash()).toBe(hashOf("a"));
  current = "__cookie__:two";
  await expect(node.bestBlockHash()).rejects.toMatchObject({ code: "node_error", httpStatus: 401 });
  await writeFile(cookieFile, "__cookie__:two");
  expect(await node.bestBlockHash()).toBe(hashOf("a"));
});

test("connections are kept, and one that the node closed while idle is not a failure", async () => {
  const node = await startNode(() => result(`"${hashOf("a")}"`));
  const calls = connect(node.url);
  for (let i = 0; i < 20; i++) await calls.bestBlockHash();
  expect(node.sockets.size).toBe(1);
  for (let i = 0; i < 20; i++) {
    for (const socket of node.sockets) socket.resetAndDestroy();
    expect(await calls.bestBlockHash()).toBe(hashOf("a"));
  }
});
