import { rmSync } from "node:fs";
import { expect, onTestFinished, test, vi } from "vitest";
import { paths } from "../data-folder.ts";
import { must, startTestHub } from "../testing/harness.ts";
import { addWebhook, credit, startReceiver } from "./testing.ts";

const DAY = 24 * 3_600_000;

test("an outbox that was made anew says of what is too old by now that it was missed, as the one before did", async () => {
  const rightly = Date.now;
  const clock = vi.spyOn(Date, "now").mockImplementation(() => rightly() - 8 * DAY);
  onTestFinished(() => clock.mockRestore());
  const receiver = await startReceiver();
  onTestFinished(receiver.close);
  const before = await startTestHub();
  const alice = await before.newAccount();
  const bob = await before.newAccount();
  for (const account of [alice, bob]) await addWebhook(before.url, receiver.url, ["transfers"], account);
  await credit(before, alice);
  await before.close();
  clock.mockRestore();

  const asked = (of: typeof hub, after: number) => must(of.url, "my-events", { after: String(after) }, alice);
  let hub = await before.restart();
  onTestFinished(() => hub.end());
  await credit(hub, alice);
  const kept = await asked(hub, 1);
  expect(kept).toMatchObject({ missed: true, events: [{ type: "transfers" }] });
  await hub.close();

  rmSync(paths(hub.data).webhooks, { recursive: true });
  hub = await hub.restart();
  expect(await asked(hub, 1)).toEqual(kept);
  expect(await asked(hub, kept.next_after!)).toMatchObject({ missed: false, events: [] });
  expect(await must(hub.url, "my-events", { after: "1" }, bob)).toMatchObject({ missed: false });
});
