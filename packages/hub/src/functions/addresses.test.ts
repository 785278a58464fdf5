import { afterAll, beforeAll, expect, test } from "vitest";
import { call, type Key, must, startTestHub, type TestHub, until } from "../testing/harness.ts";
import { outsideKey } from "../testing/outside-key.ts";

let hub: TestHub;
let alice: Key & { account: string };
let bob: Key & { account: string };

beforeAll(async () => {
  hub = await startTestHub();
  alice = await hub.fundedAccount("1");
  bob = await hub.newAccount();
});
afterAll(() => hub.end());

test("an address of this hub in capitals, as a QR code has it, is paid inside and not by chain", async () => {
  const { btc_address } = await must(hub.url, "new-btc-address", {}, bob);
  const capitals = { to_btc_address: btc_address.toUpperCase(), amount: "0.1" };
  const quote = await must(hub.url, "quote-send", capitals, alice);
  expect(quote.fee).toBe("0.00");
  const sent = await must(hub.url, "send-btc", { ...capitals, quote_id: quote.quote_id }, alice);
  expect(sent).toMatchObject({ status: "done", fee: "0.00" });
  expect((await must(hub.url, "my-balance", {}, bob)).available).toEqual({ btc: "0.10" });
});

test("an own address is refused in either writing", async () => {
  const { btc_address } = await must(hub.url, "new-btc-address", {}, alice);
  for (const to_btc_address of [btc_address, btc_address.toUpperCase()])
    for (const fn of ["send-btc", "quote-send"])
      expect(await call(hub.url, fn, { to_btc_address, amount: "0.1" }, alice), fn).toMatchObject({
        status: 400,
        code: "own_address",
      });
});

test("the hub's own change is not paid to, in either writing: it would be credited to nobody", async () => {
  const sent = await must(
    hub.url,
    "send-btc",
    { to_btc_address: outsideKey().address, amount: "0.1" },
    alice,
  );
  const { transfers } = await until(
    () => must(hub.url, "my-transfers", { limit: "1" }, alice),
    ({ transfers: [one] }) =>
      one !== undefined && one.transfer_id === sent.transfer_id && one.txid !== undefined,
  );
  const raw = (await hub.rpc("getrawtransaction", transfers[0]!.txid, true)) as {
    vout: { value: number; scriptPubKey: { address: string } }[];
  };
  const change = raw.vout.find(({ value }) => value !== 0.1)!.scriptPubKey.address;
  for (const to_btc_address of [change, change.toUpperCase()])
    for (const fn of ["send-btc", "quote-send"])
      expect((await call(hub.url, fn, { to_btc_address, amount: "0.1" }, alice)).body, fn).toMatchObject({
        error: { code: "address_invalid", reason: "hub" },
      });
});

test("a quote is for its account, address and amount only, and a retry gets its first answer without one", async () => {
  const to_btc_address = outsideKey().address;
  const asked = { to_btc_address, amount: "0.1" };
  const { quote_id } = await must(hub.url, "quote-send", asked, alice);
  await must(hub.url, "quote-send", asked, bob);
  const code = async (params: object, key: Key) =>
    (await call(hub.url, "send-btc", { ...asked, quote_id, ...params }, key)).code;
  expect(await code({}, bob)).toBe("quote_unknown");
  expect(await code({ amount: "0.11" }, alice)).toBe("quote_unknown");
  expect(await code({ to_btc_address: outsideKey().address }, alice)).toBe("quote_unknown");
  expect(await code({ subtract_fee: "true" }, alice)).toBe("quote_unknown");
  expect(await code({ quote_id: "q-aaaaaaaaaaaaaaaa" }, alice)).toBe("quote_unknown");
  const first = await must(hub.url, "send-btc", { ...asked, quote_id, client_id: "quoted" }, alice);
  hub = await hub.restart();
  expect(await must(hub.url, "send-btc", { ...asked, quote_id, client_id: "quoted" }, alice)).toEqual(first);
});
