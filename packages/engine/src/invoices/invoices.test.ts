import { describe, expect, test } from "vitest";
import type { PostInvoice } from "../command.ts";
import { apply } from "../engine.ts";
import { at, has, type Owner, sat, type TestHub, testHub } from "../testing.ts";
import {
  type Invoice,
  KEPT_MS,
  MOST_LIVE_INVOICES,
  MOST_OF_STRANGERS,
  MOST_WITHDRAWN,
  stateOfInvoice,
} from "./invoices.ts";
import { type Cursor, type Search, searchInvoices } from "./search.ts";

const MINUTE = 60_000;
let made = 0;
const post = (hub: TestHub, owner: Owner | undefined, more: Partial<PostInvoice> = {}) => {
  const address = more.address ?? `inv-${++made}`;
  return {
    kind: "post-invoice",
    json: `json of ${address}`,
    signature: "smp",
    address,
    currency: "BTC",
    amount: sat(100),
    posted: at(hub.t),
    lat: 45.5,
    lng: -73.5,
    expires: at(hub.t + 15 * MINUTE),
    ...(owner ? { by: owner.calls("new-invoice"), index: hub.state.chain.nextReceive } : {}),
    ...more,
  } as const;
};
const scene = () => {
  const hub = testHub();
  const [till, payer] = [hub.account(), hub.account()];
  hub.deposit(payer, 10_000);
  const { address } = (() => {
    const command = post(hub, till);
    hub.done(command);
    return command;
  })();
  const pay = (amount: number, more = {}) =>
    ({
      kind: "send",
      by: payer.calls("pay-invoice"),
      address,
      amount: sat(amount),
      invoice: true,
      ...more,
    }) as const;
  const receipt = (txid: string, value: number) => ({ txid, vout: 0, value: sat(value), address });
  return { hub, till, payer, address, pay, receipt };
};
const invoiceAt = (hub: TestHub, address: string): Invoice => hub.state.invoices.byAddress.get(address)!;
const stands = (hub: TestHub, address: string) => stateOfInvoice(invoiceAt(hub, address), at(hub.t));
const withdraw = (hub: TestHub, address: string, by?: Owner) =>
  ({
    kind: "withdraw-invoice",
    address,
    until: at(hub.t + 16 * MINUTE),
    ...(by ? { by: by.calls("withdraw-invoice") } : {}),
  }) as const;
const found = (hub: TestHub, search: Partial<Search> = {}) =>
  searchInvoices(hub.state, { limit: 100, ...search }, at(hub.t));
const numbers = (hub: TestHub, search: Partial<Search> = {}) =>
  found(hub, search).found.map((one) => one.invoice.number);

describe("states", () => {
  test("open, underpaid, paid, overpaid by payments inside the hub", () => {
    const { hub, till, address, pay } = scene();
    expect(stands(hub, address)).toBe("open");
    hub.done(pay(60));
    expect([stands(hub, address), numbers(hub)]).toEqual(["underpaid", [1]]);
    hub.done(pay(40));
    expect([stands(hub, address), numbers(hub)]).toEqual(["paid", []]);
    expect(hub.refused(pay(1))).toBe("invoice_not_open");
    hub.done(pay(1, { invoice: undefined })); // A plain payment is the payee's all the same.
    expect([stands(hub, address), has(hub, till, "BTC")]).toEqual(["overpaid", [101, 0, 0]]);
  });

  test("the same bitcoins sent to it over and over are counted to the largest number, and it stands", () => {
    const { hub, till, payer, address } = scene();
    hub.deposit(payer, 20e14);
    const back = hub.address(payer);
    const send = (by: Owner, to: string) =>
      ({ kind: "send", by: by.calls("send-btc"), address: to, amount: sat(20e14) }) as const;
    for (let i = 0; i < 5; i++) {
      hub.done(send(payer, address));
      hub.done(send(till, back));
    }
    expect(invoiceAt(hub, address).received).toBe(Number.MAX_SAFE_INTEGER);
    expect(stands(hub, address)).toBe("overpaid");
  });

  test("seen while a payment by chain is in sight, and back when that is gone", () => {
    const { hub, address, pay, receipt } = scene();
    hub.done({ kind: "chain-mempool", appeared: [receipt("tx", 100)], gone: [] });
    expect([stands(hub, address), numbers(hub)]).toEqual(["seen", []]);
    expect(hub.refused(pay(100))).toBe("invoice_not_open");
    hub.done({ kind: "chain-mempool", appeared: [], gone: ["tx:0"] });
    expect([stands(hub, address), numbers(hub)]).toEqual(["open", [1]]);
  });

  test("a few satoshi in sight do not keep a customer from paying", () => {
    const { hub, address, pay, receipt } = scene();
    hub.done({ kind: "chain-mempool", appeared: [receipt("dust", 1)], gone: [] });
    expect([stands(hub, address), numbers(hub)]).toEqual(["seen", [1]]);
    hub.done(pay(100));
    expect(stands(hub, address)).toBe("paid");
  });

  test("paid by chain, undone by a reorganisation, found again, paid again", () => {
    const { hub, address, receipt } = scene();
    hub.block([receipt("tx", 100)]);
    expect(stands(hub, address)).toBe("paid");
    hub.undo();
    expect(stands(hub, address)).toBe("seen");
    hub.done({ kind: "chain-mempool", appeared: [], gone: ["tx:0"] });
    expect([stands(hub, address), numbers(hub)]).toEqual(["open", [1]]);
    hub.block([receipt("other", 100)]);
    expect([stands(hub, address), invoiceAt(hub, address).transfers]).toEqual(["paid", [3]]);
  });

  test("expired from its very millisecond on", () => {
    const { hub, address, pay } = scene();
    hub.t += 15 * MINUTE - 1;
    expect(numbers(hub)).toEqual([1]);
    hub.t += 1;
    expect([stands(hub, address), numbers(hub)]).toEqual(["expired", []]);
    expect(hub.refused(pay(100))).toBe("invoice_not_open");
  });
});

describe("posting and withdrawing", () => {
  test("the same bytes again do nothing; other bytes at one address are refused and the first is kept", () => {
    const hub = testHub();
    const command = post(hub, undefined);
    hub.done(command);
    expect(hub.done(command).answer).toEqual({ known: true });
    expect(hub.refused({ ...command, json: "other" })).toBe("invoice_conflict");
    expect(invoiceAt(hub, command.address).json).toBe(command.json);
  });

  test("a stranger's invoice at an address of the hub's is refused: a payment under way to it would stop the hub", () => {
    const hub = testHub();
    const till = hub.account();
    const address = hub.address(till);
    const receipt = { txid: "tx", vout: 0, value: sat(5), address };
    hub.done({ kind: "chain-mempool", appeared: [receipt], gone: [] });
    expect(hub.refused(post(hub, undefined, { address }))).toBe("invoice_conflict");
    hub.block([receipt]);
    expect(has(hub, till, "BTC")).toEqual([5, 0, 0]);
  });

  test("withdrawn before it came, it is refused for as long as that is remembered", () => {
    const hub = testHub();
    hub.done(withdraw(hub, "early"));
    expect(hub.refused(post(hub, undefined, { address: "early" }))).toBe("invoice_withdrawn");
    hub.t += 16 * MINUTE;
    hub.done(post(hub, undefined, { address: "early" }));
  });

  test("its owner takes it back, nobody else does, and a paid one stays", () => {
    const { hub, till, payer, address, pay } = scene();
    expect(hub.refused(withdraw(hub, address, payer))).toBe("invoice_unknown");
    expect(hub.refused(withdraw(hub, "nowhere", till))).toBe("invoice_unknown");
    hub.done(withdraw(hub, address, till));
    expect([stands(hub, address), numbers(hub)]).toEqual(["withdrawn", []]);
    expect(hub.refused(pay(100))).toBe("invoice_withdrawn");
    const second = post(hub, till);
    hub.done(second);
    hub.done(pay(100, { address: second.address }));
    expect(hub.refused(withdraw(hub, second.address, till))).toBe("invoice_not_open");
    expect(hub.refused(withdraw(hub, second.address))).toBe("invoice_not_open");
  });

  test("an invoice in a currency that the hub does not have is found all the same", () => {
    const hub = testHub();
    hub.done(post(hub, undefined, { currency: "XXX", amount: sat(0) }));
    expect(numbers(hub)).toEqual([1]);
  });

  test("an account has ten thousand live invoices at most", () => {
    const { hub, till } = scene();
    const { invoices } = hub.state;
    const own = invoices.ofAccount.get(till.index)!;
    const one = own[0]!;
    while (own.length < MOST_LIVE_INVOICES) own.push(one);
    expect(hub.refused(post(hub, till))).toBe("invoice_limit_reached");
  });
});

describe("forgetting", () => {
  test("strangers' when they end, an account's own thirty days later", () => {
    const { hub, till, address } = scene();
    const stranger = post(hub, undefined);
    hub.done(stranger);
    hub.t += 16 * MINUTE;
    hub.done(withdraw(hub, "any"));
    expect([...hub.state.invoices.byAddress.keys()]).toEqual([address]);
    hub.t += KEPT_MS;
    hub.done(withdraw(hub, "other"));
    expect([hub.state.invoices.byAddress.size, hub.state.invoices.ofAccount.has(till.index)]).toEqual([
      0,
      false,
    ]);
    expect([hub.state.invoices.endings.size, hub.state.invoices.nearby.line.count]).toEqual([0, 0]);
    expect([...hub.state.invoices.withdrawn.keys()]).toEqual(["other"]);
  });

  test("a till that posts again after a month's rest does not stop the hub a month later", () => {
    const { hub, till } = scene();
    hub.t += KEPT_MS + 16 * MINUTE;
    const second = post(hub, till);
    hub.done(second);
    expect(hub.state.invoices.ofAccount.get(till.index)).toHaveLength(1);
    hub.t += KEPT_MS + 16 * MINUTE;
    hub.done(post(hub, till));
    expect(hub.state.invoices.byAddress.has(second.address)).toBe(false);
  });
});

describe("searching", () => {
  const pages = (hub: TestHub, search: Partial<Search>): number[] => {
    const all: number[] = [];
    let after: Cursor | undefined;
    for (let more = true; more; ) {
      const page = found(hub, { ...search, ...(after ? { after } : {}) });
      more = page.more;
      for (const { invoice, distance } of page.found) {
        all.push(invoice.number);
        after = { number: invoice.number, ...(distance === undefined ? {} : { distance }) };
      }
    }
    return all;
  };
  const many = () => {
    const hub = testHub();
    for (let i = 0; i < 23; i++)
      hub.done(post(hub, undefined, { lat: 45.5 + (i % 5) * 0.0001, random: `${i % 2}` }));
    return hub;
  };

  test("pages have neither repeats nor holes, nearest first (many at one distance) or newest first", () => {
    const hub = many();
    const place = { lat: 45.5, lng: -73.5, radiusM: 400 };
    const nearest = [0, 1, 2, 3, 4].flatMap((near) =>
      Array.from({ length: 23 }, (_, i) => i + 1).filter((number) => (number - 1) % 5 === near),
    );
    for (const limit of [1, 3, 100]) {
      expect(pages(hub, { place, limit })).toEqual(nearest);
      expect(pages(hub, { limit })).toEqual(Array.from({ length: 23 }, (_, i) => 23 - i));
      expect(pages(hub, { random: "0", limit })).toEqual(Array.from({ length: 12 }, (_, i) => 23 - 2 * i));
    }
  });

  test("newest first is as good when most in between are gone", () => {
    const hub = many();
    for (const invoice of [...hub.state.invoices.byAddress.values()])
      if (![2, 3, 20].includes(invoice.number)) hub.done(withdraw(hub, invoice.address));
    expect(pages(hub, { limit: 1 })).toEqual([20, 3, 2]);
    hub.state.invoices.last = 1e12; // A walk down from there would not end.
    expect(pages(hub, { limit: 2 })).toEqual([20, 3, 2]);
  });

  test("by time: what was posted at or after; what has no time is not found", () => {
    const hub = testHub();
    hub.done(post(hub, undefined, { posted: at(hub.t - 5) }));
    const { posted: _, ...timeless } = post(hub, undefined);
    hub.done(timeless);
    hub.done(post(hub, undefined));
    expect(numbers(hub, { since: at(hub.t - 5) })).toEqual([3, 1]);
    expect(numbers(hub, { since: at(hub.t - 4) })).toEqual([3]);
  });

  test("two live ones nearby with one code are both ambiguous; far, paid or without a code they are not", () => {
    const hub = testHub();
    const marks = () => found(hub).found.map((one) => one.ambiguous);
    const first = post(hub, undefined, { random: "417" });
    hub.done(first);
    hub.done(post(hub, undefined, { random: "417", lat: 45.51 }));
    hub.done(post(hub, undefined, { random: "418" }));
    hub.done(post(hub, undefined));
    expect(marks()).toEqual([false, false, false, false]);
    hub.done(post(hub, undefined, { random: "417", lat: 45.5001 }));
    expect(marks()).toEqual([true, false, false, false, true]);
    hub.done(withdraw(hub, first.address));
    expect(marks()).toEqual([false, false, false, false]);
  });
});

describe("from elsewhere", () => {
  test("strangers' invoices fill no more than their share; peers' and the hub's own are taken all the same, and what has ended makes room", () => {
    const { hub, till } = scene();
    const { outside } = hub.state.invoices;
    const stranger = { stranger: true as const };
    // Without a look at all of the state after each.
    const run = (command: PostInvoice) => apply(hub.state, { ...command, t: at(hub.t) });
    const short = at(hub.t + MINUTE);
    for (let i = 0; i < MOST_OF_STRANGERS; i++)
      run(post(hub, undefined, i === 0 ? { ...stranger, expires: short } : stranger));
    expect(hub.refused(post(hub, undefined, stranger))).toBe("invoices_full");
    hub.done(post(hub, undefined));
    hub.done(post(hub, till));
    expect(outside).toEqual({ all: MOST_OF_STRANGERS + 1, strangers: MOST_OF_STRANGERS });
    hub.t = at(hub.t + 2 * MINUTE);
    hub.done(post(hub, undefined, stranger));
    expect(outside).toEqual({ all: MOST_OF_STRANGERS + 1, strangers: MOST_OF_STRANGERS });
    expect(hub.refused(post(hub, undefined, stranger))).toBe("invoices_full");
  });

  test("the signature that withdrew one is kept for those who are to be told, until it would have expired", () => {
    const { hub } = scene();
    const command = post(hub, undefined);
    const { address } = command;
    hub.done(command);
    hub.done({ ...withdraw(hub, address), signature: "smp of it" });
    expect(invoiceAt(hub, address).withdrawal).toBe("smp of it");
    hub.t = at(hub.t + 17 * MINUTE);
    hub.done(post(hub, undefined));
    expect(hub.state.invoices.byAddress.has(address)).toBe(false);
  });

  test("withdrawals of what is not known are remembered within bounds, the newest", () => {
    const { hub } = scene();
    for (let i = 0; i <= MOST_WITHDRAWN; i++) apply(hub.state, { ...withdraw(hub, `w${i}`), t: at(hub.t) });
    const { withdrawn } = hub.state.invoices;
    expect([withdrawn.size, withdrawn.has("w0"), withdrawn.has("w1")]).toEqual([MOST_WITHDRAWN, false, true]);
  });
});
