import { expect, test } from "vitest";
import { call, must, startTestHub } from "../testing/harness.ts";

test("a long poll ends when its time is over, also where the machine's clock was set back meanwhile", async () => {
  const machine = Date.now;
  let back = 0;
  Date.now = () => machine() - back;
  const hub = await startTestHub();
  try {
    const alice = await hub.newAccount();
    const { invoice } = await must(hub.url, "new-invoice", { amount: "0.001" }, alice);
    // The hub's time never goes back: it stands still now, for an hour.
    back = 3_600_000;
    const { btc_address } = invoice;
    const { body } = await call(hub.url, "invoice-status", { btc_address, wait_ms: "200", than: "open" });
    expect(body.state).toBe("open");
  } finally {
    Date.now = machine;
    await hub.end();
  }
});
