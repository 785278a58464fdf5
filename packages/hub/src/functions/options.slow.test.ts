import { expect, test } from "vitest";
import { buyOption, credit, RATES, SALE, startWithDesk } from "../testing/desk.ts";
import { call, must, until } from "../testing/harness.ts";
import { journalKey, verifyData } from "../verify.ts";

test("an option outlives a restart; what is over is let go of by itself; the journal replays to the same state", async () => {
  const desk = { ...RATES, life_s: 3 };
  let hub = await startWithDesk(desk);
  await credit(hub, hub.operator, "10000.00");
  const anna = await hub.fundedAccount("0.5");
  const kept = await buyOption(hub, anna, { ...SALE, client_id: "kept" });
  hub = await hub.restart();
  expect(await buyOption(hub, anna, { ...SALE, client_id: "kept" })).toMatchObject({
    option_json: kept.option_json,
  });
  await must(hub.url, "exercise-option", { option_id: kept.option.option_id }, anna);

  const { option } = await buyOption(hub, anna, SALE);
  const held = async () => (await must(hub.url, "my-balance", {}, hub.operator)).held.usd;
  expect(await held()).toBe("643.50");
  // Stopped while its time runs out: the next start lets go of what it held.
  await hub.close();
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, option.expires_t - Date.now())));
  hub = await startWithDesk(desk, hub.data);
  await until(held, (usd) => usd === undefined);
  const late = await call(hub.url, "exercise-option", { option_id: option.option_id }, anna);
  expect(late).toMatchObject({ code: "option_not_open", body: { error: { state: "expired" } } });
  expect((await must(hub.url, "my-balance", {}, hub.operator)).available.usd).toBe("9356.50");
  expect((await must(hub.url, "my-options", {}, anna)).options.map(({ state }) => state)).toEqual([
    "expired",
    "exercised",
  ]);
  await hub.close();
  await verifyData(hub.data, await journalKey(hub.data));

  // Without a desk nothing is sold, and what is there stays.
  hub = await startWithDesk(undefined, hub.data);
  expect((await call(hub.url, "buy-option", SALE, anna)).code).toBe("desk_closed");
  expect((await must(hub.url, "my-options", {}, anna)).options).toHaveLength(2);
  await hub.end();
});
