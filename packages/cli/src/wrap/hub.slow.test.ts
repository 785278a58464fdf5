import { connect, credentialsOf } from "@coinholder/client";
import { expect, test } from "vitest";
import { type Asked, keyOf, startSmallHub } from "../testing.ts";
import { ownKey } from "./own-key.ts";
import { connectExchange, serveWrapped } from "./serve.ts";
import { newFolder, signedCall } from "./testing.ts";

test("a hub behind is called with its key for the owner and without for strangers, and says what became of a client_id", async () => {
  let cuts = 0;
  const small = await startSmallHub((asked: Asked) => {
    if (asked.name === "send-btc" && cuts-- > 0) return "cut";
    if (asked.name === "send-btc") return { answer: { transfer_id: "t1", status: "done", fee: "0" } };
    if (asked.name === "invoice-status") return { answer: { state: "open" } };
    return undefined;
  });
  const { data, remove } = newFolder();
  const { account, authkey } = keyOf(5);
  const keys = credentialsOf(account, authkey);
  const key = ownKey(data).entry;
  const running = await serveWrapped(
    await connectExchange(small.url, keys),
    { exchange: small.url, key, keys, log: () => {} },
    { host: "127.0.0.1", port: 0, data },
  );
  const hub = await connect(running.url, credentialsOf(key.account, key.authkey));
  for (const name of ["create-account", "create-authkey", "my-authkeys", "operator-credit"])
    expect(hub.overview.supported_functions).not.toContain(name);

  // The client behind tries four times by itself; the caller's own retry asks the hub again.
  cuts = 5;
  const payment = { to_btc_address: "bc1q", amount: "1", client_id: "rent" };
  expect(await hub.call("send-btc", payment)).toMatchObject({ transfer_id: "t1" });
  const sent = small.asked.filter(({ name }) => name === "send-btc");
  expect(sent).toHaveLength(6);
  expect(new Set(sent.map(({ params, account: by }) => `${by} ${params.client_id}`))).toEqual(
    new Set([`${account} rent`]),
  );
  expect(await hub.call("send-btc", payment)).toMatchObject({ transfer_id: "t1" });
  expect(small.asked.filter(({ name }) => name === "send-btc")).toHaveLength(6);

  const stranger = await connect(running.url);
  await stranger.call("invoice-status", { btc_address: "bc1q" });
  expect(small.asked.at(-1)).toMatchObject({ name: "invoice-status", account: undefined });
  await hub.call("invoice-status", { btc_address: "bc1q" });
  expect(small.asked.at(-1)).toMatchObject({ name: "invoice-status", account });
  await running.close();
  await small.close();
  remove();
});

test("a hub behind that is too busy for a retry has not said that the first try did nothing", async () => {
  let cuts = 4;
  let isBusy = true;
  const small = await startSmallHub(({ name }: Asked) => {
    if (name !== "send-btc") return undefined;
    if (cuts-- > 0) return "cut";
    if (isBusy) return { status: 429, code: "rate_limited" };
    return { answer: { transfer_id: "t1", status: "done", fee: "0" } };
  });
  const { data, remove } = newFolder();
  const { account, authkey } = keyOf(5);
  const keys = credentialsOf(account, authkey);
  const key = ownKey(data).entry;
  const running = await serveWrapped(
    await connectExchange(small.url, keys),
    { exchange: small.url, key, keys, log: () => {} },
    { host: "127.0.0.1", port: 0, data },
  );
  const pay = (amount: string) =>
    signedCall({ ...running, key, lines: [] }, "send-btc", {
      to_btc_address: "bc1q",
      amount,
      client_id: "rent",
    });
  expect((await pay("1")).code).toBe("outcome_unknown");
  expect((await pay("1")).code).toBe("outcome_unknown");
  expect((await pay("2")).code).toBe("client_id_conflict");
  isBusy = false;
  expect((await pay("1")).body).toMatchObject({ transfer_id: "t1" });
  await running.close();
  await small.close();
  remove();
});
