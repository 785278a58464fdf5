import { expect, test } from "vitest";
import { startTestHub } from "../testing/harness.ts";
import { openSocket, readSse } from "./testing.ts";

test("readers of both kinds hear from the hub every 15 s when nothing happens", async () => {
  const hub = await startTestHub();
  const sse = await readSse(hub.url, "trades:BTC/USD");
  const socket = await openSocket(hub.url);
  for (const reader of [sse, socket])
    expect(await reader.until((one) => one.type === "heartbeat")).toEqual({
      type: "heartbeat",
      t: expect.any(Number),
    });
  sse.close();
  socket.close();
  await hub.end();
});
