import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { MAX_SATS } from "../sats.ts";
import { connectNode } from "./rpc.ts";
import { randomAmount, readAmounts } from "./testing.ts";

const AMOUNTS = 10_000;

/** As Bitcoin Core writes amounts: ValueFromAmount in core_io.cpp. */
const asCore = (value: number): string =>
  `${Math.floor(value / 1e8)}.${String(value % 1e8).padStart(8, "0")}`;
/** As btcd does: a float64 in the shortest form that gives it back, which Go and JavaScript write alike. */
const asBtcd = (value: number): string => JSON.stringify(value / 1e8);

test("10,000 random amounts through the RPC path: exact to the satoshi, as both nodes write them", async () => {
  const amounts = Array.from({ length: AMOUNTS }, () => randomAmount(MAX_SATS));
  amounts.splice(0, 4, 0, 1, MAX_SATS - 1, MAX_SATS);
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const { id, params } = JSON.parse(text) as { id: string; params: [string, number] };
    const value = (params[1] % 2 === 0 ? asCore : asBtcd)(amounts[params[1]]!);
    const output = `{"bestblock":"${"0".repeat(64)}","confirmations":1,"value":${value},"scriptPubKey":{"hex":"51"},"coinbase":false}`;
    response.end(`{"result":${output},"error":null,"id":"${id}"}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const node = connectNode({ url: `http://127.0.0.1:${port}`, user: "u", password: "p" });
  try {
    expect(await readAmounts(node, ["1".repeat(64)], AMOUNTS)).toEqual(amounts);
  } finally {
    node.close();
    server.close();
  }
});
