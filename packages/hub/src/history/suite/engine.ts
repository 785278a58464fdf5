import {
  apply,
  type Command,
  emptyState,
  isRefused,
  JOURNAL_VERSION,
  type Outcome,
  type Stamped,
} from "@coinholder/engine";
import type { Amount, TimeMs } from "@coinholder/protocol";
import { expect, test } from "vitest";
import type { MakePlace } from "../testing/place.ts";
import { txidOf } from "../testing/teller.ts";

const sats = (value: number): Amount => value as Amount;
const MOST = sats(2_100_000_000_000_000);

export function engineCase(makePlace: MakePlace): void {
  test("what the engine tells is followed without a gap and read back from its heads", async () => {
    const history = await (await makePlace()).open();
    const state = emptyState();
    let [seq, t] = [0, 1_795_348_800_000];
    const run = (command: Command): Extract<Outcome, { effects: unknown }> => {
      t += 1000;
      const outcome = apply(state, { t: t as TimeMs, ...command } as Stamped);
      if (isRefused(outcome) || !("effects" in outcome)) throw new Error(JSON.stringify(outcome));
      history.follow(++seq, outcome.effects);
      return outcome;
    };
    const key = (token: string) => ({ token, type: "hmac-sha256", secret: "AAAA" }) as const;
    const by = (account: string, fn: string) => ({ account, token: `k-${account}`, fn });
    const operator = { id: "op", key: key("k-op"), permissions: ["operator-credit", "operator-settle"] };

    run({ kind: "begin", version: JOURNAL_VERSION, network: "regtest", operator });
    run({
      kind: "configure",
      config: {
        currencies: [
          { code: "BTC", decimals: 8, max: MOST },
          { code: "USD", decimals: 2, max: MOST },
        ],
        markets: [{ base: "BTC", quote: "USD", tick: 1, lot: 1, makerFeeBps: 0, takerFeeBps: 20 }],
        confirmations: [{ upTo: null, blocks: 1 }],
        finalAfter: 2,
        deepReorg: 6,
        allowlistDelayMs: 0,
      },
    });
    for (const id of ["ann", "bob"]) run({ kind: "create-account", id, key: key(`k-${id}`) });
    run({ kind: "new-address", by: by("ann", "new-btc-address"), address: "to-ann", index: 0 });
    run({ kind: "new-address", by: by("bob", "new-btc-address"), address: "to-bob", index: 1 });
    run({ kind: "chain-begin", height: 100, hash: "a" });
    const receipts = [1, 2].map((n) => ({
      txid: txidOf(n),
      vout: 0,
      value: sats(300_000),
      address: "to-ann",
    }));
    run({ kind: "chain-block", height: 101, hash: "b", prev: "a", receipts, spends: [] });
    run({
      kind: "credit",
      by: by("op", "operator-credit"),
      to: "bob",
      currency: "USD",
      amount: sats(50_000),
      reference: "cash",
    });
    run({ kind: "send", by: by("ann", "send-btc"), address: "to-bob", amount: sats(1000) });
    const order = { kind: "place-order", tif: "gtc" } as const;
    run({
      ...order,
      by: by("ann", "place-order"),
      give: sats(100_000),
      giveCurrency: "BTC",
      want: sats(6500),
      wantCurrency: "USD",
    });
    run({
      ...order,
      by: by("bob", "place-order"),
      give: sats(6500),
      giveCurrency: "USD",
      want: sats(100_000),
      wantCurrency: "BTC",
    });
    const asked = run({
      kind: "withdraw-fiat",
      by: by("bob", "withdraw-fiat"),
      currency: "USD",
      amount: sats(100),
      destination: "IBAN",
    });
    const { transfer } = asked.answer as { transfer: number };
    run({
      kind: "settle-fiat",
      by: by("op", "operator-settle"),
      transfer,
      outcome: "done",
      reference: "paid",
    });
    run({ kind: "chain-undo", height: 101, hash: "b" });
    await history.reached(seq);

    const [ann, bob] = ["ann", "bob"].map((id) => state.accounts.byId.get(id)!);
    const ofAnn = await history.transfers(ann!.lastTransfer, undefined, 10);
    expect(ofAnn.rows.map(({ kind, status, incoming }) => [kind, status, incoming])).toEqual([
      ["deposit", "reversed", false],
      ["deposit", "reversed", false],
      ["internal", "done", false],
      ["deposit", "done", true],
      ["deposit", "done", true],
    ]);
    const ofBob = await history.transfers(bob!.lastTransfer, undefined, 10);
    expect(ofBob.rows.map(({ kind, status, reference }) => [kind, status, reference])).toEqual([
      ["fiat-withdrawal", "done", "IBAN"],
      ["internal", "done", undefined],
      ["credit", "done", "cash"],
    ]);
    expect(await history.trades(bob!.trader!.lastTrade, undefined, 10)).toMatchObject({
      rows: [
        {
          trade: 1,
          price: 6_500_000,
          quantity: 100_000,
          buys: true,
          maker: false,
          gave: 6500,
          got: 99_800,
          fee: 200,
        },
      ],
      more: false,
    });
    expect((await history.trades(ann!.trader!.lastTrade, undefined, 10)).rows).toMatchObject([
      { buys: false, maker: true },
    ]);
    const { rows } = await history.marketTrades(state.markets.books[0]!.lastTrade, 0, undefined, 10);
    expect(rows).toMatchObject([{ trade: 1, takerBuys: true }]);
    expect(await history.day(0, t)).toEqual({ volume: 100_000n, high: 6_500_000, low: 6_500_000 });
  });
}
