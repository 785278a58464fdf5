import { describe, expect, test } from "vitest";
import { dump } from "../dump.ts";
import type { TransferEffect } from "../effects.ts";
import { load } from "../load.ts";
import { at, sat, stateText, testHub, testKey } from "../testing.ts";
import { ENDED_KEPT_MS, someAreDue, stateOfOption } from "./options.ts";
import { both, exercised, LIFE_MS, paid, sale, scene, sold } from "./testing.ts";

const rows = (effects: readonly { is: string }[]) =>
  (effects.filter((effect) => effect.is === "transfer") as TransferEffect[]).map(
    ({ account, kind, incoming, currency, amount, reference }) =>
      [account, kind, incoming ? "in" : "out", currency, amount, reference] as const,
  );

describe("a sale", () => {
  test("binds the other side on the desk's account, and takes the premium, told to both", () => {
    const { hub, desk, anna } = scene();
    const command = sale(hub, anna);
    const { answer, effects } = hub.done(command);
    expect(answer).toEqual({ json: command.json, signature: command.signature });
    expect(both(hub, desk)).toEqual([
      [1000, 0],
      [910_000, 90_000],
    ]);
    expect(both(hub, anna)).toEqual([
      [1e8 - 1000, 0],
      [0, 0],
    ]);
    expect(rows(effects)).toEqual([
      [anna.index, "option-premium", "out", 0, 1000, command.id],
      [desk.index, "option-premium", "in", 0, 1000, command.id],
    ]);
    expect(hub.state.chain.addresses.get(command.address)?.account).toBe(anna.index);
  });

  test("without a premium moves nothing", () => {
    const { hub, anna } = scene();
    expect(hub.done(sale(hub, anna, { premium: sat(0) })).effects).toEqual([]);
  });

  test("made once more with its client_id is answered as before, and binds nothing more", () => {
    const { hub, anna, desk } = scene();
    const once = { by: anna.calls("buy-option", { once: ["c", "f"] }) };
    const first = sold(hub, anna, once);
    expect(hub.done(sale(hub, anna, once)).answer).toEqual(first.answer);
    expect(both(hub, desk)[1]).toEqual([910_000, 90_000]);
    const other = { by: anna.calls("buy-option", { once: ["c", "other"] }) };
    expect(hub.refused(sale(hub, anna, other))).toBe("client_id_conflict");
  });

  test("what is refused, in the order in which it is looked at", () => {
    const { hub, desk, anna, bert } = scene({ most: 3, mostPerBuyer: 2 });
    const worst = {
      issuer: "nobody",
      giveCurrency: "XXX",
      expires: at(hub.t),
      premium: sat(2e8),
      want: sat(2e6),
    };
    const { issuer: _, ...rest } = worst;
    expect(hub.refused(sale(hub, anna, worst))).toBe("desk_closed");
    expect(hub.refused(sale(hub, anna, { issuer: "sys-hub" }))).toBe("desk_closed");
    expect(hub.refused(sale(hub, desk, rest))).toBe("desk_closed");
    expect(hub.refused(sale(hub, anna, rest))).toBe("currency_unknown");
    expect(hub.refused(sale(hub, anna, { ...rest, giveCurrency: "BTC", wantCurrency: "YYY" }))).toBe(
      "currency_unknown",
    );
    const known = { ...rest, giveCurrency: "BTC" };
    expect(hub.refused(sale(hub, anna, known))).toBe("overloaded");
    const live = { ...known, expires: at(hub.t + 1) };
    expect(hub.refused(sale(hub, anna, live))).toBe("insufficient_funds");
    expect(hub.refused(sale(hub, anna, { ...live, premium: sat(1) }))).toBe("desk_short");
    sold(hub, anna);
    sold(hub, anna);
    expect(hub.refused(sale(hub, anna, live))).toBe("option_limit_reached");
    sold(hub, bert);
    expect(hub.refused(sale(hub, bert))).toBe("option_limit_reached");
  });

  test("a hub without a desk sells none", () => {
    const hub = testHub();
    hub.account("desk");
    expect(hub.refused(sale(hub, hub.account()))).toBe("desk_closed");
  });

  test("the premium leaves by the key, so the key's limits count it", () => {
    const { hub, anna } = scene();
    hub.done({
      kind: "create-authkey",
      by: anna.calls("create-authkey"),
      key: testKey("limited"),
      pairs: [[anna.id, "all"]],
      limits: [["BTC", sat(1500)]],
    });
    const by = { ...anna.calls("buy-option"), token: "limited" };
    sold(hub, anna, { by });
    expect(hub.refused(sale(hub, anna, { by }))).toBe("limit_exceeded");
  });

  test("a thousandth option leaves room for others when the first have ended", () => {
    const { hub, anna, bert } = scene({ most: 1, mostPerBuyer: 1 });
    const { id } = sold(hub, anna);
    expect(hub.refused(sale(hub, bert))).toBe("option_limit_reached");
    hub.done(exercised(anna, id));
    sold(hub, bert);
    hub.t += LIFE_MS;
    hub.done({ kind: "expire-options" });
    sold(hub, anna);
  });
});

describe("exercising", () => {
  test("both sides change hands, whole and at once, told to both", () => {
    const { hub, desk, anna } = scene();
    const { id } = sold(hub, anna);
    const { answer, effects } = hub.done(exercised(anna, id));
    expect(answer).toEqual({});
    expect(both(hub, anna)).toEqual([
      [9e7 - 1000, 0],
      [90_000, 0],
    ]);
    expect(both(hub, desk)).toEqual([
      [1e7 + 1000, 0],
      [910_000, 0],
    ]);
    expect(rows(effects)).toEqual([
      [anna.index, "option-exercise", "out", 0, 1e7, id],
      [desk.index, "option-exercise", "in", 0, 1e7, id],
      [desk.index, "option-exercise", "out", 1, 90_000, id],
      [anna.index, "option-exercise", "in", 1, 90_000, id],
    ]);
  });

  test("goes once", () => {
    const { hub, anna } = scene();
    const { id, address } = sold(hub, anna);
    hub.done(exercised(anna, id));
    expect(hub.refused(exercised(anna, id))).toBe("option_not_open");
    const before = both(hub, anna);
    hub.deposit(anna, 5);
    hub.block([{ txid: "late", vout: 0, value: sat(1e7), address }]);
    expect(both(hub, anna)).toEqual([[before[0][0]! + 1e7 + 5, 0], before[1]]);
  });

  test("is the buyer's alone", () => {
    const { hub, anna, bert, desk } = scene();
    const { id } = sold(hub, anna);
    for (const other of [bert, desk]) expect(hub.refused(exercised(other, id))).toBe("option_unknown");
    expect(hub.refused(exercised(anna, "op-none"))).toBe("option_unknown");
  });

  test("works to the last millisecond, and not at the moment of expiry", () => {
    const { hub, anna } = scene();
    const [early, late] = [sold(hub, anna), sold(hub, anna)];
    hub.t += LIFE_MS - 1;
    hub.done(exercised(anna, early.id));
    hub.t += 1;
    expect(hub.refused(exercised(anna, late.id))).toBe("option_not_open");
  });

  test("needs what is given, on the account", () => {
    const { hub, anna } = scene();
    const { id } = sold(hub, anna, { give: sat(1e8), premium: sat(1) });
    expect(hub.refused(exercised(anna, id))).toBe("insufficient_funds");
    hub.deposit(anna, 1);
    hub.done(exercised(anna, id));
  });

  test("is honoured although the desk has spent everything else", () => {
    const { hub, desk, anna } = scene();
    const { id } = sold(hub, anna);
    const by = desk.calls("withdraw-fiat");
    hub.done({ kind: "withdraw-fiat", by, currency: "USD", amount: sat(910_000), destination: "IBAN" });
    expect(
      hub.refused({ kind: "withdraw-fiat", by, currency: "USD", amount: sat(1), destination: "IBAN" }),
    ).toBe("insufficient_funds");
    hub.done(exercised(anna, id));
    expect(both(hub, anna)[1]).toEqual([90_000, 0]);
  });

  test("works the other way round, too: USD for BTC", () => {
    const { hub, desk, anna, bert } = scene();
    hub.done(paid(bert, hub.address(desk), 5e7));
    hub.credit(anna, "USD", 100_000);
    const other = { giveCurrency: "USD", give: sat(91_000), wantCurrency: "BTC", want: sat(1e7) };
    const { id, address } = sold(hub, anna, other);
    // BTC do not exercise it: they are not what it takes.
    hub.done(paid(bert, address, 2e7));
    hub.done(exercised(anna, id));
    expect(both(hub, anna)).toEqual([
      [1e8 + 3e7, 0],
      [8000, 0],
    ]);
  });
});

describe("BTC that come to its address", () => {
  test("from another account here exercise it at once", () => {
    const { hub, desk, anna, bert } = scene();
    const { address } = sold(hub, anna);
    const { effects } = hub.done(paid(bert, address, 1e7));
    expect(rows(effects).map(([, kind]) => kind)).toEqual([
      ...["internal", "internal"],
      ...Array(4).fill("option-exercise"),
    ]);
    expect(both(hub, anna)).toEqual([
      [1e8 - 1000, 0],
      [90_000, 0],
    ]);
    expect(both(hub, desk)[0]).toEqual([1e7 + 1000, 0]);
  });

  test("by chain exercise it when they count, by the time at which they were credited", () => {
    for (const [wait, exercisesIt] of [
      [LIFE_MS - 1, true],
      [LIFE_MS, false],
    ] as const) {
      const { hub, anna } = scene();
      const { address } = sold(hub, anna);
      hub.t += wait;
      hub.block([{ txid: "tx", vout: 0, value: sat(1e7), address }]);
      expect(both(hub, anna)).toEqual(
        exercisesIt
          ? [
              [1e8 - 1000, 0],
              [90_000, 0],
            ]
          : [
              [1.1e8 - 1000, 0],
              [0, 0],
            ],
      );
    }
  });

  test("in parts exercise it with the last one; what is over stays the buyer's", () => {
    const { hub, anna, bert } = scene();
    const { address } = sold(hub, anna);
    hub.done(paid(bert, address, 6e6));
    expect(both(hub, anna)[1]).toEqual([0, 0]);
    hub.done(paid(bert, address, 6e6));
    expect(both(hub, anna)).toEqual([
      [1e8 - 1000 + 2e6, 0],
      [90_000, 0],
    ]);
  });

  test("exercise nothing when they are not enough, although the account has the rest", () => {
    const { hub, anna, bert } = scene();
    const { address } = sold(hub, anna);
    hub.done(paid(bert, address, 1e7 - 1));
    expect(both(hub, anna)[1]).toEqual([0, 0]);
  });

  test("exercise nothing when the first part is spent or taken back by a reorganisation meanwhile", () => {
    const { hub, anna, bert } = scene();
    const { address } = sold(hub, anna);
    hub.block([{ txid: "tx", vout: 0, value: sat(5e6), address }]);
    hub.undo();
    hub.done(paid(bert, address, 5e6));
    expect(both(hub, anna)[1]).toEqual([0, 0]);

    const second = sold(hub, anna, { premium: sat(0) });
    hub.done(paid(bert, second.address, 9e6));
    const [[available]] = both(hub, anna);
    hub.done(paid(anna, hub.address(bert), available!));
    hub.done(paid(bert, second.address, 1e6));
    expect(both(hub, anna)).toEqual([
      [1e6, 0],
      [0, 0],
    ]);
  });

  test("exercise nothing when a reorganisation takes some back, although there is still enough", () => {
    const { hub, anna, bert } = scene();
    const { address } = sold(hub, anna, { premium: sat(0) });
    hub.done(paid(anna, hub.address(bert), 1e8));
    hub.done(paid(bert, address, 9e6));
    hub.done(paid(anna, hub.address(bert), 9e6));
    // More than enough came by now, but the account has not got it.
    hub.block([{ txid: "tx", vout: 0, value: sat(8e6), address }]);
    hub.done(paid(bert, hub.address(anna), 9e7));
    hub.block([{ txid: "other", vout: 0, value: sat(1), address: "elsewhere" }]);
    hub.undo();
    hub.undo();
    expect(both(hub, anna)[1]).toEqual([0, 0]);
  });

  test("and are undone by the chain after the exercise leave it exercised, and a debt until they come again", () => {
    const { hub, anna } = scene();
    const [[there]] = both(hub, anna);
    hub.done(paid(anna, hub.address(hub.account()), there! - 1000));
    const { address, id } = sold(hub, anna);
    const receipt = { txid: "tx", vout: 0, value: sat(1e7), address };
    hub.block([receipt]);
    expect(both(hub, anna)).toEqual([
      [0, 0],
      [90_000, 0],
    ]);
    hub.undo();
    expect(both(hub, anna)[0]).toEqual([-1e7, 0]);
    expect(hub.refused(exercised(anna, id))).toBe("option_not_open");
    const withdraw = { kind: "withdraw-fiat", currency: "USD", amount: sat(1), destination: "IBAN" } as const;
    expect(hub.refused({ ...withdraw, by: anna.calls("withdraw-fiat") })).toBe("account_in_debt");
    hub.block([receipt]);
    expect(both(hub, anna)[0]).toEqual([0, 0]);
  });
});

describe("expiry", () => {
  test("gives back what was held, and keeps the premium", () => {
    const { hub, desk, anna } = scene();
    const { id } = sold(hub, anna);
    hub.t += LIFE_MS - 1;
    expect(someAreDue(hub.state.options, at(hub.t))).toBe(false);
    hub.t += 1;
    expect(someAreDue(hub.state.options, at(hub.t))).toBe(true);
    expect(stateOfOption(hub.state.options.open.get(id)!, at(hub.t))).toBe("expired");
    hub.done({ kind: "expire-options" });
    expect(both(hub, desk)).toEqual([
      [1000, 0],
      [1_000_000, 0],
    ]);
    expect(hub.refused(exercised(anna, id))).toBe("option_not_open");
  });

  test("takes those that are due, in whatever order they were sold", () => {
    const { hub, anna, bert, desk } = scene();
    sold(hub, anna, { expires: at(hub.t + 50_000) });
    sold(hub, bert, { expires: at(hub.t + 10_000) });
    sold(hub, anna, { expires: at(hub.t + 20_000) });
    hub.t += 20_000;
    hub.done({ kind: "expire-options" });
    expect(both(hub, desk)[1]).toEqual([910_000, 90_000]);
    expect(someAreDue(hub.state.options, at(hub.t))).toBe(false);
  });

  test("what has ended is told for an hour, and then forgotten", () => {
    const { hub, anna } = scene();
    const { id } = sold(hub, anna);
    hub.done(exercised(anna, id));
    hub.t += ENDED_KEPT_MS - 1;
    sold(hub, anna);
    expect(hub.refused(exercised(anna, id))).toBe("option_not_open");
    hub.t += 1;
    sold(hub, anna);
    expect(hub.refused(exercised(anna, id))).toBe("option_unknown");
  });
});

test("what was loaded dumps to the same lines, and decides the same from there on", async () => {
  const { hub, anna, bert } = scene();
  const first = sold(hub, anna);
  const second = sold(hub, bert, { expires: at(hub.t + 1000) });
  const third = sold(hub, bert);
  hub.done(paid(anna, second.address, 4e6));
  hub.done(exercised(bert, third.id));
  const loaded = await load(dump(hub.state));
  expect(stateText(loaded)).toBe(stateText(hub.state));
  const live = hub.state;
  const address = hub.address(anna);
  loaded.chain.addresses.add(live.chain.addresses.get(address)!);
  loaded.chain.nextReceive = live.chain.nextReceive;
  for (const state of [live, loaded]) {
    hub.state = state;
    hub.done(paid(anna, second.address, 6e6));
    hub.done(exercised(anna, first.id));
    expect(hub.refused(exercised(bert, third.id))).toBe("option_not_open");
  }
  expect(stateText(loaded)).toBe(stateText(live));
});
