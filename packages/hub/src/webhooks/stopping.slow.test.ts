import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { must, startTestHub, until } from "../testing/harness.ts";
import { addWebhook, credit } from "./testing.ts";

test("receivers that say just while the hub stops that they are gone do not keep it from starting again", async () => {
  const hanging: ServerResponse[] = [];
  const server = createServer((request, response) => {
    request.resume();
    hanging.push(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const to = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  let hub = await startTestHub();
  onTestFinished(() => hub.end());
  for (let round = 0; round < 3; round++) {
    const accounts = [await hub.newAccount(), await hub.newAccount(), await hub.newAccount()];
    for (const account of accounts) {
      for (let i = 0; i < 10; i++) await addWebhook(hub.url, to, ["balances"], account);
      await credit(hub, account);
    }
    await until(
      async () => hanging.length,
      (count) => count >= 30,
    );
    const restarted = hub.restart();
    for (const response of hanging.splice(0)) {
      response.writeHead(410).end();
      await sleep(1);
    }
    hub = await restarted;
    for (const account of accounts)
      expect(await must(hub.url, "my-balance", {}, account)).toMatchObject({ available: { usd: "1.00" } });
  }
}, 60_000);
