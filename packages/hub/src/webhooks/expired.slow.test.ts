import { expect, test } from "vitest";
import { must, startTestHub, until } from "../testing/harness.ts";
import { addWebhook, credit, startReceiver } from "./testing.ts";

test("a key that has expired posts nothing", async () => {
  const hub = await startTestHub();
  const [to, other] = [await startReceiver(), await startReceiver()];
  const alice = await hub.newAccount();
  // Time enough to use it, on a slow machine too.
  const limits = { expires_t: String(Date.now() + 15_000), permissions: `[["${alice.account}","all"]]` };
  const { authkey } = await must(hub.url, "create-authkey", limits, alice);
  const short = { account: alice.account, token: authkey.token, key: authkey.key! };
  await addWebhook(hub.url, to.url, ["balances"], short);
  await addWebhook(hub.url, other.url, ["balances"], alice);
  await until(
    () => must(hub.url, "my-webhooks", {}, alice),
    ({ webhooks }) => webhooks[0]?.state === "expired",
    60_000,
  );
  await credit(hub, alice);
  await other.posts(1);
  expect(to.got).toEqual([]);
  await hub.end();
  to.close();
  other.close();
}, 120_000);
