import type { OptionText } from "@coinholder/protocol";
import { verifyOption } from "@coinholder/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buyOption, credit, RATES, SALE, startWithDesk } from "../testing/desk.ts";
import { call, type Key, must, type TestHub, until } from "../testing/harness.ts";

type Owner = Key & { account: string };

describe("a desk with a fixed rate", () => {
  let hub: TestHub;
  let anna: Owner;
  let bert: Owner;
  beforeAll(async () => {
    hub = await startWithDesk(RATES);
    await credit(hub, hub.operator, "100000.00");
    bert = await hub.fundedAccount("1");
  });
  afterAll(() => hub.end());
  beforeEach(async () => {
    anna = await hub.newAccount();
    const { btc_address } = await must(hub.url, "new-btc-address", {}, anna);
    await must(hub.url, "send-btc", { to_btc_address: btc_address, amount: "0.05" }, bert);
  });
  const exercise = (by: Key, { option_id }: OptionText) =>
    call(hub.url, "exercise-option", { option_id }, by);

  test("an option is sold, signed by the hub's identity, listed, exercised once, and told by my-transfers", async () => {
    const before = await must(hub.url, "my-balance", {}, hub.operator);
    const { option_json, signature, option, accepts_unconfirmed } = await buyOption(hub, anna, SALE);
    expect(accepts_unconfirmed).toBe(false);
    expect(option).toMatchObject({
      issuer_url: hub.url,
      trade_amt: "0.01",
      trade_cur: "BTC",
      for_amt: "643.50",
      for_cur: "USD",
      premium: "0.00001",
    });
    const overview = await (await fetch(`${hub.url}/api/overview.js`)).json();
    const { url, public_key } = (overview as { identity: { url: string; public_key: string } }).identity;
    expect(await (await fetch(url)).json()).toMatchObject({ public_key, previous: [] });
    expect(verifyOption(option_json, signature, public_key)).toEqual({ result: "valid", option });

    const mine = await must(hub.url, "my-options", {}, anna);
    const { issuer_url: _, ...listed } = option;
    expect(mine.options).toMatchObject([{ ...listed, state: "open", option_json, signature }]);
    const during = await must(hub.url, "my-balance", {}, hub.operator);
    expect(Number(during.held.usd)).toBeCloseTo(Number(before.held.usd ?? 0) + 643.5);

    expect(await exercise(anna, option)).toMatchObject({ status: 200, body: {} });
    expect(await must(hub.url, "my-balance", {}, anna)).toMatchObject({
      available: { btc: "0.03999", usd: "643.50" },
      held: {},
    });
    expect(await exercise(anna, option)).toMatchObject({
      status: 409,
      code: "option_not_open",
      body: { error: { state: "exercised" } },
    });
    const { transfers } = await must(hub.url, "my-transfers", {}, anna);
    expect(
      transfers.map(({ kind, direction, currency, amount, reference }) => [
        kind,
        direction,
        currency,
        amount,
        reference,
      ]),
    ).toEqual([
      ["option-exercise", "in", "USD", "643.50", option.option_id],
      ["option-exercise", "out", "BTC", "0.01", option.option_id],
      ["option-premium", "out", "BTC", "0.00001", option.option_id],
      ["internal", "in", "BTC", "0.05", undefined],
    ]);
    expect((await must(hub.url, "my-options", {}, anna)).options).toMatchObject([{ state: "exercised" }]);
  });

  test("the amount that is asked for stands, whichever it is and whichever way it goes", async () => {
    const asked = await buyOption(hub, anna, { trade_cur: "BTC", for_cur: "USD", for_amt: "3.42" });
    expect(asked.option).toMatchObject({ for_amt: "3.42", trade_amt: "0.00005315", premium: "0.00000005" });
    await exercise(anna, asked.option);
    await credit(hub, anna, "1000.00");
    // The desk got the BTC just now.
    const other = await buyOption(hub, anna, { trade_cur: "USD", for_cur: "BTC", for_amt: "0.00005" });
    expect(other.option).toMatchObject({
      for_amt: "0.00005",
      trade_amt: "3.29",
      trade_cur: "USD",
      premium: "0",
    });
    expect(await exercise(anna, other.option)).toMatchObject({ status: 200 });
  });

  test("BTC that somebody pays to its address exercise it", async () => {
    const { option } = await buyOption(hub, anna, SALE);
    await must(hub.url, "send-btc", { to_btc_address: option.btc_address, amount: "0.01" }, bert);
    expect((await must(hub.url, "my-balance", {}, anna)).available).toEqual({
      btc: "0.04999",
      usd: "643.50",
    });
    expect((await must(hub.url, "my-options", {}, anna)).options).toMatchObject([
      { state: "exercised", received: "0.01" },
    ]);
  });

  test("BTC that come by chain exercise it when they count", async () => {
    const { option } = await buyOption(hub, anna, SALE);
    await hub.rpc("devchain_fund", option.btc_address, "0.01");
    expect((await must(hub.url, "my-options", {}, anna)).options).toMatchObject([{ state: "open" }]);
    await hub.rpc("devchain_mine", 1);
    await until(
      () => must(hub.url, "my-options", {}, anna),
      ({ options }) => options[0]!.state === "exercised",
    );
    expect((await must(hub.url, "my-balance", {}, anna)).available).toEqual({
      btc: "0.04999",
      usd: "643.50",
    });
  });

  test("a retry with the same client_id gets the same option, and pays once", async () => {
    const params = { ...SALE, client_id: "coffee" };
    const first = await buyOption(hub, anna, params);
    expect(await buyOption(hub, anna, params)).toEqual(first);
    expect((await must(hub.url, "my-options", {}, anna)).options).toHaveLength(1);
    expect(await call(hub.url, "buy-option", { ...params, trade_amt: "0.02" }, anna)).toMatchObject({
      code: "client_id_conflict",
    });
    await exercise(anna, first.option);
    expect(await buyOption(hub, anna, params)).toEqual(first);
    const again = { option_id: first.option.option_id, client_id: "c" };
    expect(await call(hub.url, "exercise-option", again, anna)).toMatchObject({ code: "option_not_open" });
  });

  test("what is refused says why", async () => {
    const poor = await hub.newAccount();
    const of = async (params: Record<string, string>, by: Key = anna) => {
      const { body } = await call(hub.url, "buy-option", params, by);
      const { code, param, most, currency } = body.error as Record<string, string>;
      return { code, param, most, currency };
    };
    expect(await of({ trade_cur: "BTC", for_cur: "USD" })).toMatchObject({ code: "param_missing" });
    expect(await of({ ...SALE, for_amt: "1.00" })).toMatchObject({ code: "param_invalid", param: "for_amt" });
    expect(await of({ ...SALE, for_cur: "CAD" })).toMatchObject({ code: "desk_closed" });
    expect(await of({ ...SALE, for_cur: "BTC" })).toMatchObject({ code: "desk_closed" });
    expect(await of(SALE, hub.operator)).toMatchObject({ code: "desk_closed" });
    expect(await of({ ...SALE, trade_amt: "0.50000001" })).toMatchObject({
      code: "option_size",
      most: "0.50",
      currency: "BTC",
    });
    expect(await of({ ...SALE, trade_amt: "0.00000001" })).toMatchObject({ code: "option_size" });
    await credit(hub, anna, "50.00");
    expect(await of({ trade_cur: "USD", for_cur: "BTC", for_amt: "0.4" })).toMatchObject({
      code: "desk_short",
    });
    expect(await of(SALE, poor)).toMatchObject({ code: "insufficient_funds", currency: "BTC" });
    expect(await of({ trade_cur: "BTC", for_cur: "EUR", trade_amt: "0.01" })).toMatchObject({
      code: "quoting_stopped",
    });
    expect(await call(hub.url, "exercise-option", { option_id: "op-aaaaaaaaaaaaaaaa" }, anna)).toMatchObject({
      status: 404,
      code: "option_unknown",
    });
    expect((await must(hub.url, "my-balance", {}, anna)).available).toEqual({ btc: "0.05", usd: "50.00" });
  });

  test("a buyer may have so many open, and the desk so many in all", async () => {
    const own = [await buyOption(hub, anna, SALE), await buyOption(hub, anna, SALE)];
    expect(await call(hub.url, "buy-option", SALE, anna)).toMatchObject({
      status: 409,
      code: "option_limit_reached",
      body: { error: { most: 2 } },
    });
    const third = await buyOption(hub, bert, SALE);
    expect(await call(hub.url, "buy-option", SALE, bert)).toMatchObject({ code: "option_limit_reached" });
    expect((await exercise(bert, own[0]!.option)).code).toBe("option_unknown");
    for (const { option } of own) await exercise(anna, option);
    await exercise(bert, third.option);
  });

  test("a key needs the permission of each", async () => {
    const made = await must(hub.url, "create-authkey", {}, anna);
    const key = { account: anna.account, token: made.authkey.token, key: made.authkey.key! };
    const grant = (permission: string) =>
      must(
        hub.url,
        "change-authkey-permissions",
        { authkey_token: key.token, add: JSON.stringify([[anna.account, permission]]) },
        anna,
      );
    expect((await call(hub.url, "buy-option", SALE, key)).code).toBe("permission_denied");
    await grant("buy-option");
    const { option } = await buyOption(hub, key, SALE);
    expect((await exercise(key, option)).code).toBe("permission_denied");
    await grant("exercise-option");
    expect((await exercise(key, option)).status).toBe(200);
  });

  test("in a batch an option is bought and told of", async () => {
    const calls = JSON.stringify([
      { function: "buy-option", params: SALE },
      { function: "my-options", params: {} },
    ]);
    const { results } = await must(hub.url, "batch", { calls }, anna);
    expect(results).toMatchObject([{ option_json: expect.any(String) }, { options: [{ state: "open" }] }]);
  });
});
