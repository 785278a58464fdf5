import { connect, credentialsOf } from "@coinholder/client";
import { expect, test } from "vitest";
import { MTGOX_USER, startOldMtgox } from "../../../client/dist/mtgox/testing.js";
import { ownKey } from "./own-key.ts";
import { connectExchange, serveWrapped } from "./serve.ts";
import { newFolder } from "./testing.ts";

test("Mt Gox of 2011 gets client_ids, which it does not know, from the wrapper's notes", async () => {
  const gox = await startOldMtgox("C");
  const { data, remove } = newFolder();
  const exchange = gox.url;
  const key = ownKey(data).entry;
  const running = await serveWrapped(
    await connectExchange(exchange, MTGOX_USER),
    { exchange, key, keys: MTGOX_USER, log: () => {} },
    { host: "127.0.0.1", port: 0, data },
  );
  const hub = await connect(running.url, credentialsOf(key.account, key.authkey));
  expect(await hub.call("my-balance")).toHaveProperty("available.btc");
  const order = { trade_amt: "1", trade_cur: "USD", for_amt: "1", for_cur: "BTC", client_id: "mine" };
  const { oid } = await hub.call("place-order", order);
  expect((await hub.call("place-order", order)).oid).toBe(oid);
  expect((await hub.call("my-open-orders")).orders.filter((one) => one.oid === oid)).toHaveLength(1);
  await expect(hub.call("place-order", { ...order, trade_amt: "2" })).rejects.toMatchObject({
    code: "client_id_conflict",
  });
  // Our client gives a call a client_id where its caller did not.
  expect((await hub.call("place-order", { ...order, client_id: undefined } as never)).oid).not.toBe(oid);
  await running.close();
  await gox.close();
  remove();
});
