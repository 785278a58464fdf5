import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { call, must, until } from "../testing/harness.ts";
import type { Moment } from "./testing/front.ts";
import { DESK, heard, invoiceOf, startTown, stateAt, type Town, transferOf } from "./testing/town.ts";

let town: Town;
beforeAll(async () => {
  town = await startTown({ desk: { ...DESK, life_s: 60 } });
}, 120_000);
afterAll(async () => {
  await town?.end();
});
beforeEach(async () => {
  town.fronts.y.mend();
  town.fronts.y.answered.length = 0;
  // Change of the payment before.
  await town.mine();
});

const balances = async () => (await must(town.x.url, "my-balance", {}, town.customer)) as object;
const cafeHas = async (currency: string) =>
  Number((await must(town.y.url, "my-balance", {}, town.cafe)).available[currency] ?? 0);

let clients = 0;
const newPayment = async (more: Record<string, string> = {}) => {
  const { invoice, invoice_json, signature } = await invoiceOf(town, more);
  const params = { invoice_json, signature, max_amount: "0.001", client_id: `c${++clients}` };
  return { address: invoice.btc_address, params };
};
const pay = (params: Record<string, string>) => must(town.x.url, "pay-invoice", params, town.customer);
const toldOf = (id: string) =>
  until(
    () => transferOf(town.x, town.customer, id),
    ({ crossing }) => crossing?.identity !== undefined || crossing?.given_up === true,
    60_000,
  );

const BEFORE: Moment[] = [
  "before overview.js",
  "before invoice-status",
  "after invoice-status",
  "before buy-option",
  "after buy-option",
];
test.each(BEFORE)(
  "a hub that vanishes %s: nothing was paid, and the same call later pays once",
  async (moment) => {
    // Its overview is asked for anew.
    await town.restart("x");
    const { address, params } = await newPayment();
    const before = await balances();
    town.fronts.y.vanishAt(moment);
    const refused = await call(town.x.url, "pay-invoice", params, town.customer);
    expect([refused.status, refused.code]).toEqual([503, "peer_unreachable"]);
    expect(await balances()).toEqual(before);
    town.fronts.y.mend();
    expect(await stateAt(town, address)).toBe("open");

    const cad = await cafeHas("cad");
    const paid = await pay(params);
    await heard(town, address, "paid");
    expect(await pay(params)).toEqual(paid);
    expect(await cafeHas("cad")).toBeCloseTo(cad + 3.42, 6);
    expect((await toldOf(paid.transfer_id)).crossing).toEqual({ identity: "credited", option: "exercised" });
  },
);

const AFTER: Moment[] = [
  "before attach-identity-to-transfer",
  "after attach-identity-to-transfer",
  "before attach-option-to-transfer",
  "after attach-option-to-transfer",
];
test.each(AFTER)(
  "a hub that vanishes %s and comes back in time: the café has its CAD once",
  async (moment) => {
    const { address, params } = await newPayment();
    const cad = await cafeHas("cad");
    town.fronts.y.vanishAt(moment);
    const paid = await pay(params);
    await town.fronts.y.vanished();
    // And it forgets what was only in its memory.
    await town.restart("y");
    town.fronts.y.mend();
    await heard(town, address, "paid");
    expect(await cafeHas("cad")).toBeCloseTo(cad + 3.42, 6);
    const { crossing } = await toldOf(paid.transfer_id);
    expect(crossing).toEqual({ identity: "credited", option: "exercised" });
  },
);

test.each(AFTER)("a payer's hub that stops %s goes on after its start", async (moment) => {
  const { address, params } = await newPayment();
  const cad = await cafeHas("cad");
  town.fronts.y.vanishAt(moment);
  const paid = await pay(params);
  await town.fronts.y.vanished();
  await town.restart("x");
  town.fronts.y.mend();
  await heard(town, address, "paid");
  expect(await cafeHas("cad")).toBeCloseTo(cad + 3.42, 6);
  await toldOf(paid.transfer_id);
  expect(await pay(params)).toEqual(paid);
});
