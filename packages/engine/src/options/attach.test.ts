import { expect, test } from "vitest";
import { mempool } from "../bitcoin/testing.ts";
import { type Invoice, stateOfInvoice } from "../invoices/invoices.ts";
import { attached, btc, ceiling, conflicted, hubs, IDENTITY, left, OTHER, output } from "../lines/testing.ts";
import { at, CONFIG, confirmations, has, type Owner, sat, type TestHub, testHub } from "../testing.ts";
import type { SellOption } from "./commands.ts";
import { openOptionsOf, stateOfOption } from "./options.ts";

const LIFE_MS = 30_000;
const GIVE = 5000;

/** A café whose invoice is over 3.42 USD; the desk takes 5000 satoshi for that. The identity's line is 10 000. */
const cafe = () => {
  const hub = testHub({ ...CONFIG, confirmations: confirmations(2), options: { most: 6, mostPerBuyer: 2 } });
  const [desk, till, anna] = [hub.account("desk"), hub.account("till"), hub.account("anna")];
  hub.credit(desk, "USD", 100_000);
  hub.done(ceiling(hub, 100_000, IDENTITY));
  hub.done(ceiling(hub, 100_000, OTHER));
  return { hub, desk, till, anna, address: invoiced(hub, till) };
};

let made = 0;
const invoiced = (hub: TestHub, by: Owner, more: { currency?: string; amount?: number } = {}): string => {
  const address = `till-${++made}`;
  hub.done({
    kind: "post-invoice",
    by: by.calls("new-invoice"),
    index: hub.state.chain.nextReceive,
    json: "{}",
    signature: "smp",
    address,
    currency: more.currency ?? "USD",
    amount: sat(more.amount ?? 342),
    posted: at(hub.t),
    expires: at(hub.t + 600_000),
  });
  return address;
};

const sale = (hub: TestHub, address: string, more: Partial<SellOption> = {}): SellOption => ({
  kind: "sell-option",
  to: { identity: IDENTITY, url: "https://x.example/identity.js" },
  id: `op-${++made}`,
  issuer: "desk",
  address,
  give: sat(GIVE),
  giveCurrency: "BTC",
  want: sat(342),
  wantCurrency: "USD",
  premium: sat(0),
  expires: at(hub.t + LIFE_MS),
  json: "{}",
  signature: "s",
  ...more,
});
const sold = (hub: TestHub, address: string, more: Partial<SellOption> = {}): string => {
  const command = sale(hub, address, more);
  hub.done(command);
  return command.id;
};
const exercising = (option: string, txid: string) => ({ kind: "attach-option", option, txid }) as const;
const with_ = (hub: TestHub, option: string, txid: string): string =>
  hub.done(exercising(option, txid)).answer.status;

const invoiceAt = (hub: TestHub, address: string): Invoice => hub.state.invoices.byAddress.get(address)!;
const standing = (hub: TestHub, address: string): string =>
  stateOfInvoice(invoiceAt(hub, address), at(hub.t));
const usd = (hub: TestHub, owner: Owner): number => has(hub, owner, "USD")[0];
const optionState = (hub: TestHub, id: string): string => {
  const { ended, open } = hub.state.options;
  return stateOfOption((open.get(id) ?? ended.get(id))!, at(hub.t));
};

test("the café's story: the invoice is paid before anything confirms, and the coins that the desk got stay until then", () => {
  const { hub, desk, till, address } = cafe();
  const id = sold(hub, address);
  expect(has(hub, desk, "USD")).toEqual([99_658, 342, 0]);
  const coin = output("tx", GIVE, address);
  expect(with_(hub, id, "tx")).toBe("waiting");
  expect(attached(hub, [coin])).toBe("credited");
  expect(optionState(hub, id)).toBe("exercised");
  expect(standing(hub, address)).toBe("paid");
  expect([usd(hub, till), usd(hub, desk)]).toEqual([342, 99_658]);
  expect([btc(hub, till), btc(hub, desk)]).toEqual([
    [0, 0, 0],
    [GIVE, 0, 0],
  ]);
  const by = desk.calls("send-btc");
  const out = { kind: "send", by, address: "outside", amount: sat(100), fee: sat(1) } as const;
  expect(hub.refused(out)).toBe("not_withdrawable");
  hub.block([coin]);
  hub.block();
  hub.done(out);
});

test("identity before option or after, coins in sight first or in a block: the outcome is the same", () => {
  const coinsFirst = ["mempool", "block", "counted", "never"] as const;
  for (const first of coinsFirst)
    for (const order of ["identity", "option"]) {
      const { hub, till, desk, address } = cafe();
      const coin = output("tx", GIVE, address);
      const id = sold(hub, address);
      if (first === "mempool") hub.done(mempool([coin]));
      if (first === "block" || first === "counted") hub.block([coin]);
      if (first === "counted") hub.block();
      if (order === "option") with_(hub, id, "tx");
      attached(hub, [coin]);
      if (order === "identity") expect(with_(hub, id, "tx")).toBe("exercised");
      expect(standing(hub, address)).toBe("paid");
      if (first === "mempool" || first === "never") hub.block([coin]);
      if (first !== "counted") hub.block();
      expect([usd(hub, till), btc(hub, till), btc(hub, desk)]).toEqual([342, [0, 0, 0], [GIVE, 0, GIVE]]);
    }
});

test("without a line the option is exercised when the coins count, if that is in time", () => {
  const { hub, till, desk, address } = cafe();
  const id = sold(hub, address, { to: { identity: "cc".repeat(32), url: "u" } });
  const coin = output("tx", GIVE, address);
  expect(attached(hub, [coin], { identity: "cc".repeat(32) })).toBe("noted");
  expect(with_(hub, id, "tx")).toBe("waiting");
  hub.block([coin]);
  hub.block();
  expect(standing(hub, address)).toBe("paid");
  expect([usd(hub, till), btc(hub, desk)]).toEqual([342, [GIVE, 0, GIVE]]);
});

test("too late, the payee keeps them as BTC, the invoice is underpaid, and the desk is free again", () => {
  const { hub, till, desk, address } = cafe();
  const id = sold(hub, address);
  with_(hub, id, "tx");
  hub.t += LIFE_MS;
  hub.done({ kind: "expire-options" });
  attached(hub, [output("tx", GIVE, address)]);
  expect(with_(hub, id, "tx")).toBe("expired");
  expect(standing(hub, address)).toBe("underpaid");
  expect([usd(hub, till), btc(hub, till)]).toEqual([0, [GIVE, 0, 0]]);
  expect(has(hub, desk, "USD")).toEqual([100_000, 0, 0]);
});

test("in its last millisecond it is exercised, in the next it is not, whether or not its end was journaled", () => {
  for (const late of [0, 1]) {
    const { hub, address } = cafe();
    const id = sold(hub, address);
    attached(hub, [output("tx", GIVE, address)]);
    hub.t += LIFE_MS - 1 + late;
    if (late) expect(hub.refused(exercising(id, "tx"))).toBe("option_not_open");
    else expect(with_(hub, id, "tx")).toBe("exercised");
  }
});

test("one satoshi too little exercises nothing; what is over stays the payee's", () => {
  for (const [value, state, dollars, satoshi] of [
    [GIVE - 1, "underpaid", 0, GIVE - 1],
    [GIVE, "paid", 342, 0],
    [GIVE + 1, "overpaid", 342, 1],
  ] as const) {
    const { hub, till, address } = cafe();
    const id = sold(hub, address);
    with_(hub, id, "tx");
    attached(hub, [output("tx", value, address)]);
    expect([standing(hub, address), usd(hub, till), btc(hub, till)[0]]).toEqual([state, dollars, satoshi]);
  }
});

test("only the attached transfer exercises: others' coins at the address are the payee's", () => {
  const { hub, till, address } = cafe();
  const id = sold(hub, address);
  with_(hub, id, "tx");
  attached(hub, [output("stranger", GIVE, address)], { identity: OTHER });
  expect([optionState(hub, id), btc(hub, till)[0]]).toEqual(["open", GIVE]);
  attached(hub, [output("tx", GIVE, address)]);
  expect([optionState(hub, id), btc(hub, till)[0]]).toEqual(["exercised", GIVE]);
  expect(standing(hub, address)).toBe("overpaid");
});

test("two options at one invoice: each is exercised by its own transfer, and one transfer's coins are given once", () => {
  const { hub, till, desk, address } = cafe();
  const [one, two] = [sold(hub, address), sold(hub, address)];
  expect(with_(hub, one, "tx")).toBe("waiting");
  expect(with_(hub, two, "tx")).toBe("waiting");
  attached(hub, [output("tx", GIVE, address)]);
  expect([optionState(hub, one), optionState(hub, two)]).toEqual(["exercised", "open"]);
  expect(usd(hub, till)).toBe(342);
  hub.t += LIFE_MS;
  hub.done({ kind: "expire-options" });
  expect(has(hub, desk, "USD")).toEqual([99_658, 0, 0]);
});

test("paid twice, by two hubs with an option each, the invoice is overpaid and the payee has both", () => {
  const { hub, till, address } = cafe();
  const one = sold(hub, address);
  const two = sold(hub, address, { to: { identity: OTHER, url: "u" } });
  with_(hub, one, "a");
  with_(hub, two, "b");
  attached(hub, [output("a", GIVE, address)]);
  attached(hub, [output("b", GIVE, address)], { identity: OTHER });
  expect([standing(hub, address), usd(hub, till), btc(hub, till)[0]]).toEqual(["overpaid", 684, 0]);
});

test("coins for another address of the same transfer do not make up what the option takes", () => {
  const { hub, till, address } = cafe();
  const id = sold(hub, address);
  with_(hub, id, "tx");
  attached(hub, [output("tx", GIVE - 1, address), output("tx", 5, hub.address(till), 1)]);
  expect(optionState(hub, id)).toBe("open");
  expect(standing(hub, address)).toBe("underpaid");
});

test("a payee that gave the coins away meanwhile keeps what came, and the option is not exercised", () => {
  const { hub, till, anna, address } = cafe();
  const id = sold(hub, address);
  attached(hub, [output("tx", GIVE, address)]);
  hub.done({ kind: "send", by: till.calls("send-btc"), address: hub.address(anna), amount: sat(1) });
  expect(with_(hub, id, "tx")).toBe("waiting");
  expect([optionState(hub, id), usd(hub, till)]).toEqual(["open", 0]);
});

test("double-spent after the exercise: payee and desk keep what they have, the hub bears it", () => {
  const { hub, till, desk, address } = cafe();
  const id = sold(hub, address);
  const coin = output("tx", GIVE, address);
  with_(hub, id, "tx");
  attached(hub, [coin]);
  left(hub, [coin]);
  hub.block();
  hub.block();
  conflicted(hub, "tx", 2);
  expect([usd(hub, till), btc(hub, till), btc(hub, desk)]).toEqual([342, [0, 0, 0], [GIVE, 0, GIVE]]);
  expect(hubs(hub)).toBe(-GIVE);
  expect(standing(hub, address)).toBe("paid");
});

test("a reorganisation of a confirmed transfer marks the desk's coins again", () => {
  const { hub, desk, till, address } = cafe();
  const id = sold(hub, address);
  const coin = output("tx", GIVE + 7, address);
  with_(hub, id, "tx");
  attached(hub, [coin]);
  expect([btc(hub, desk), btc(hub, till)]).toEqual([
    [GIVE, 0, 0],
    [7, 0, 0],
  ]);
  hub.block([coin]);
  hub.block();
  expect([btc(hub, desk)[2], btc(hub, till)[2]]).toEqual([GIVE, 7]);
  hub.undo();
  hub.undo();
  expect([btc(hub, desk)[2], btc(hub, till)[2]]).toEqual([0, 0]);
});

test("an option exercised from the balance takes what may leave first, and marks go with the rest", () => {
  const { hub, desk, till, address } = cafe();
  hub.deposit(till, 3000);
  hub.block();
  attached(hub, [output("tx", 4000, address)]);
  expect(btc(hub, till)).toEqual([7000, 0, 3000]);
  const own = sale(hub, "bc-own", {
    by: till.calls("buy-option"),
    to: undefined,
    index: hub.state.chain.nextReceive,
  });
  hub.done(own);
  hub.done({ kind: "exercise-option", by: till.calls("exercise-option"), option: own.id });
  expect([btc(hub, till), btc(hub, desk)]).toEqual([
    [2000, 0, 0],
    [5000, 0, 3000],
  ]);
});

test("an option with an address of its own is exercised by an early credit there, its marks go to the desk", () => {
  const { hub, desk, till } = cafe();
  hub.deposit(till, 3000);
  hub.block();
  const own = sale(hub, "bc-own", {
    by: till.calls("buy-option"),
    to: undefined,
    index: hub.state.chain.nextReceive,
  });
  hub.done(own);
  attached(hub, [output("tx", GIVE, "bc-own")]);
  expect(optionState(hub, own.id)).toBe("exercised");
  expect([btc(hub, till), btc(hub, desk)]).toEqual([
    [3000, 0, 3000],
    [5000, 0, 0],
  ]);
});

test("the same attachment twice does nothing; another transfer, a strange option and one that is not for an invoice are refused", () => {
  const { hub, till, address } = cafe();
  const id = sold(hub, address);
  with_(hub, id, "tx");
  expect(hub.done(exercising(id, "tx")).effects).toEqual([]);
  expect(hub.refused(exercising(id, "other"))).toBe("option_not_open");
  expect(hub.refused(exercising("op-none", "tx"))).toBe("option_unknown");
  const own = sale(hub, "bc-own", {
    by: till.calls("buy-option"),
    to: undefined,
    index: hub.state.chain.nextReceive,
  });
  hub.done(own);
  expect(hub.refused(exercising(own.id, "tx"))).toBe("option_unknown");
  expect(hub.refused({ kind: "exercise-option", by: till.calls("exercise-option"), option: id })).toBe(
    "option_unknown",
  );
});

test("what cannot be sold to another hub", () => {
  const { hub, till, desk, address } = cafe();
  expect(hub.refused(sale(hub, "nowhere"))).toBe("invoice_unknown");
  expect(hub.refused(sale(hub, invoiced(hub, till, { currency: "BTC" })))).toBe("param_invalid");
  expect(hub.refused(sale(hub, address, { wantCurrency: "EUR" }))).toBe("param_invalid");
  expect(hub.refused(sale(hub, invoiced(hub, desk)))).toBe("desk_closed");
  expect(hub.refused(sale(hub, address, { want: sat(100_001) }))).toBe("desk_short");
  expect(hub.refused(sale(hub, address, { expires: at(hub.t) }))).toBe("overloaded");
  hub.done({ kind: "withdraw-invoice", address, until: at(hub.t + 1) });
  expect(hub.refused(sale(hub, address))).toBe("invoice_withdrawn");
  const other = invoiced(hub, till);
  hub.t += 600_000;
  expect(hub.refused(sale(hub, other))).toBe("invoice_not_open");
});

test("caps count by identity, not by the payee; those without a ceiling share half of the desk", () => {
  const { hub, till, address } = cafe();
  const buy = (identity: string) => sale(hub, address, { to: { identity, url: "u" } });
  for (let i = 0; i < 2; i++) hub.done(buy(IDENTITY));
  expect(hub.refused(buy(IDENTITY))).toBe("option_limit_reached");
  expect(openOptionsOf(hub.state.options, IDENTITY)).toBe(2);
  expect(openOptionsOf(hub.state.options, till.index)).toBe(0);
  for (const stranger of ["1", "2", "3"]) hub.done(buy(stranger));
  expect(hub.refused(buy("4"))).toBe("option_limit_reached");
  hub.done(buy(OTHER));
  expect(hub.refused(buy(OTHER))).toBe("option_limit_reached");
});

test("BTC that come without any option are the payee's, and the invoice says what came", () => {
  const { hub, till, anna, address } = cafe();
  hub.deposit(anna, 1000);
  hub.block();
  hub.done({ kind: "send", by: anna.calls("send-btc"), address, amount: sat(600) });
  expect(standing(hub, address)).toBe("underpaid");
  expect([btc(hub, till)[0], invoiceAt(hub, address).received]).toEqual([600, 600]);
  const coin = output("tx", 50, address);
  hub.done(mempool([coin]));
  hub.block([coin]);
  hub.block();
  expect(invoiceAt(hub, address).received).toBe(650);
  // It waits for its dollars all the same.
  sold(hub, address);
});

test("identities that nobody has given a ceiling bind no more than half of what the desk has", () => {
  const { hub, till } = cafe();
  const stranger = { to: { identity: "cc".repeat(32), url: "https://s.example" } };
  const sold = (to: object, amount = 30_000) =>
    hub.tried(sale(hub, invoiced(hub, till, { amount }), { ...to, want: sat(amount) })) !== undefined;
  expect(sold(stranger)).toBe(true);
  expect(sold(stranger)).toBe(false);
  expect(sold(stranger, 20_000)).toBe(true);
  expect(sold({})).toBe(true);
});
