import { expect, test } from "vitest";
import { stateOfInvoice } from "../invoices/invoices.ts";
import { attached, btc, ceiling, IDENTITY, output, told } from "../lines/testing.ts";
import type { OptionTerms } from "../options/commands.ts";
import { at, CONFIG, has, type Owner, sat, type TestHub, testHub } from "../testing.ts";

const shop = () => {
  const hub = testHub({ ...CONFIG, options: { most: 2, mostPerBuyer: 1 } });
  const [desk, till, anna] = [hub.account("desk"), hub.account("till"), hub.account("anna")];
  hub.credit(desk, "USD", 100_000);
  const address = "bc-invoice";
  hub.done({
    kind: "post-invoice",
    by: till.calls("new-invoice"),
    index: hub.state.chain.nextReceive,
    json: "{}",
    signature: "smp",
    address,
    currency: "USD",
    amount: sat(342),
    expires: at(hub.t + 600_000),
  });
  return { hub, desk, till, anna, address };
};

const terms = (hub: TestHub, more: Partial<OptionTerms> = {}): OptionTerms => ({
  id: "op",
  issuer: "desk",
  give: sat(5000),
  giveCurrency: "BTC",
  want: sat(342),
  wantCurrency: "USD",
  premium: sat(10),
  expires: at(hub.t + 30_000),
  json: "{}",
  signature: "s",
  ...more,
});
const pays = (by: Owner, via: "balance" | OptionTerms, more = {}) =>
  ({ kind: "pay-fiat", by: by.calls("pay-invoice", more), address: "bc-invoice", via }) as const;
const standing = (hub: TestHub): string =>
  stateOfInvoice(hub.state.invoices.byAddress.get("bc-invoice")!, at(hub.t));

test("from the balance: the payee has its dollars, and the invoice is paid once", () => {
  const { hub, till, anna } = shop();
  hub.credit(anna, "USD", 1000);
  const { answer, effects } = hub.done(pays(anna, "balance"));
  expect(answer).toMatchObject({ status: "done", amount: 342 });
  expect(told(effects)).toEqual(["internal done -342", "internal done 342"]);
  expect([has(hub, anna, "USD")[0], has(hub, till, "USD")[0]]).toEqual([658, 342]);
  expect(standing(hub)).toBe("paid");
  expect(hub.refused(pays(anna, "balance"))).toBe("invoice_not_open");
});

test("with an option of the desk: BTC to the desk, dollars through the payer to the payee, and nothing is left open", () => {
  const { hub, desk, till, anna } = shop();
  hub.deposit(anna, 6000);
  const { effects } = hub.done(pays(anna, terms(hub)));
  expect(told(effects)).toEqual([
    "option-premium done -10",
    "option-premium done 10",
    "option-exercise done -5000",
    "option-exercise done 5000",
    "option-exercise done -342",
    "option-exercise done 342",
    "internal done -342",
    "internal done 342",
  ]);
  expect([btc(hub, anna)[0], btc(hub, desk)[0], has(hub, till, "USD"), has(hub, anna, "USD")]).toEqual([
    990,
    5010,
    [342, 0, 0],
    [0, 0, 0],
  ]);
  expect(has(hub, desk, "USD")).toEqual([99_658, 0, 0]);
  expect(hub.state.options.open.size).toBe(0);
  expect(standing(hub)).toBe("paid");
});

test("coins that were credited early pay as well, and the desk cannot take them out", () => {
  const { hub, desk, anna } = shop();
  hub.done(ceiling(hub, 100_000, IDENTITY));
  attached(hub, [output("tx", 6000, hub.address(anna))]);
  hub.done(pays(anna, terms(hub)));
  expect([btc(hub, anna), btc(hub, desk)]).toEqual([
    [990, 0, 0],
    [5010, 0, 0],
  ]);
});

test("what is refused, changes nothing", () => {
  const { hub, desk, till, anna } = shop();
  const option = terms(hub);
  expect(hub.refused({ ...pays(anna, "balance"), address: "nowhere" })).toBe("invoice_unknown");
  expect(hub.refused(pays(till, "balance"))).toBe("own_address");
  expect(hub.refused(pays(anna, "balance"))).toBe("insufficient_funds");
  expect(hub.refused(pays(anna, option))).toBe("insufficient_funds");
  hub.deposit(anna, 5010);
  expect(hub.refused(pays(desk, option))).toBe("desk_closed");
  expect(hub.refused(pays(anna, { ...option, issuer: "nobody" }))).toBe("desk_closed");
  expect(hub.refused(pays(anna, { ...option, expires: at(hub.t) }))).toBe("overloaded");
  hub.done({
    kind: "send",
    by: anna.calls("send-btc"),
    address: hub.address(till),
    amount: sat(1),
  });
  expect(hub.refused(pays(anna, option))).toBe("insufficient_funds");
  hub.done({ kind: "withdraw-invoice", address: "bc-invoice", until: at(hub.t + 1) });
  expect(hub.refused(pays(anna, "balance"))).toBe("invoice_withdrawn");
});

test("a desk that is short sells nothing, and the payer keeps what it has", () => {
  const { hub, desk, anna } = shop();
  hub.deposit(anna, 6000);
  const by = desk.calls("withdraw-fiat");
  hub.done({ kind: "withdraw-fiat", by, currency: "USD", amount: sat(99_659), destination: "IBAN" });
  expect(hub.refused(pays(anna, terms(hub)))).toBe("desk_short");
});

test("a key's limits and a list of allowed addresses hold for what it pays", () => {
  const { hub, anna } = shop();
  hub.credit(anna, "USD", 1000);
  hub.deposit(anna, 6000);
  hub.done({
    kind: "create-authkey",
    by: anna.calls("create-authkey"),
    key: { token: "phone", type: "hmac-sha256", secret: "s" },
    pairs: [[anna.id, "all"]],
    limits: [
      ["USD", sat(341)],
      ["BTC", sat(5009)],
    ],
  });
  const phone = { ...anna, calls: (fn: string) => ({ token: "phone", account: anna.id, fn }) };
  expect(hub.refused(pays(phone, "balance"))).toBe("limit_exceeded");
  expect(hub.refused(pays(phone, terms(hub)))).toBe("limit_exceeded");
  hub.done({
    kind: "change-allowlist",
    by: anna.calls("change-allowlist"),
    add: ["home"],
    remove: [],
    on: true,
  });
  expect(hub.refused(pays(anna, "balance"))).toBe("address_not_allowed");
});

test("with the same client_id it is paid once", () => {
  const { hub, till, anna } = shop();
  hub.credit(anna, "USD", 1000);
  const command = pays(anna, "balance", { once: ["c", "f"] });
  const first = hub.done(command).answer;
  expect(hub.done(command).answer).toEqual(first);
  expect(has(hub, till, "USD")[0]).toBe(342);
});
