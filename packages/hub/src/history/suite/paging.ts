import type {
  Effect,
  OrderCancelledEffect,
  StatusEffect,
  TradeEffect,
  TransferEffect,
} from "@coinholder/engine";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CancelledRecord, MarketTradeRecord, Page, TradeRecord, TransferRecord } from "../records.ts";
import { followSteps, type MakePlace } from "../testing/place.ts";
import { anyStep, START } from "../testing/steps.ts";
import { makeTeller, type Step, txidOf } from "../testing/teller.ts";

/** The obvious twin: looks through all effects there ever were. Newest first. */
function naive(steps: readonly Step[]): {
  transfers(account: number): TransferRecord[];
  trades(account: number): TradeRecord[];
  marketTrades(market: number): MarketTradeRecord[];
  cancelled(account: number): CancelledRecord[];
} {
  const teller = makeTeller(START);
  const all: Effect[] = steps.flatMap((step) => teller.tell(step));
  const trades = all.filter((e): e is TradeEffect => e.is === "trade").reverse();
  return {
    transfers: (account) =>
      all
        .filter((e): e is TransferEffect => e.is === "transfer" && e.account === account)
        .reverse()
        .map(({ is, previous, ...record }) => {
          if (record.status === "reversed") return record;
          const isLater = (e: Effect): e is StatusEffect =>
            e.is === "status" && e.transfer === record.transfer;
          const told = [record, ...all.filter(isLater)];
          const txid = told.findLast((e) => e.txid !== undefined)?.txid;
          const reason = all.filter(isLater).findLast((e) => e.reason !== undefined)?.reason;
          return {
            ...record,
            status: told.at(-1)!.status,
            ...(txid === undefined ? {} : { txid }),
            ...(reason === undefined ? {} : { reason }),
          };
        }),
    trades: (account) =>
      trades.flatMap(({ trade, market, t, price, quantity, takerBuys, maker, taker }) =>
        [taker, maker]
          .filter((side) => side.account === account)
          .map(({ row, order, gave, got, fee, feeBps }) => {
            const isMaker = row === maker.row;
            const buys = isMaker ? !takerBuys : takerBuys;
            return {
              row,
              account,
              trade,
              order,
              t,
              market,
              price,
              quantity,
              buys,
              maker: isMaker,
              gave,
              got,
              fee,
              feeBps,
            };
          }),
      ),
    cancelled: (account) =>
      all
        .filter((e): e is OrderCancelledEffect => e.is === "order-cancelled" && e.account === account)
        .reverse()
        .map(({ is, previous, ...record }) => record),
    marketTrades: (market) =>
      trades
        .filter((e) => e.market === market)
        .map(({ trade, t, price, quantity, takerBuys }) => ({
          trade,
          t,
          market,
          price,
          quantity,
          takerBuys,
        })),
  };
}

/** Pages through to the end as a client does. */
async function collect<Row>(
  page: (before: number | undefined) => Promise<Page<Row>>,
  numberOf: (row: Row) => number,
): Promise<Row[]> {
  const all: Row[] = [];
  for (let before: number | undefined; ; before = numberOf(all.at(-1)!)) {
    const { rows, more } = await page(before);
    all.push(...rows);
    if (!more) return all;
    expect(rows.length).toBeGreaterThan(0);
  }
}

export function pagingCases(makePlace: MakePlace, numRuns = 25): void {
  describe("paging", () => {
    test("through interleaved accounts and markets equals looking through all effects", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyStep, { minLength: 1, maxLength: 120 }),
          fc.integer({ min: 1, max: 9 }),
          async (steps, limit) => {
            const place = await makePlace();
            const history = await place.open();
            const teller = await followSteps(history, steps);
            const twin = naive(steps);
            for (const account of [5, 6, 7]) {
              const transfers = await collect(
                (before) => history.transfers(teller.lastTransfer(account), before, limit),
                ({ row }) => row,
              );
              expect(transfers).toStrictEqual(twin.transfers(account));
              const trades = await collect(
                (before) => history.trades(teller.lastTrade(account), before, limit),
                ({ row }) => row,
              );
              expect(trades).toStrictEqual(twin.trades(account));
              const cancelled = await collect(
                (before) => history.cancelled(teller.lastCancelled(account), before, limit),
                ({ row }) => row,
              );
              expect(cancelled).toStrictEqual(twin.cancelled(account));
            }
            for (const market of [0, 1]) {
              const trades = await collect(
                (before) => history.marketTrades(teller.lastMarketTrade(market), market, before, limit),
                ({ trade }) => trade,
              );
              expect(trades).toStrictEqual(twin.marketTrades(market));
            }
            await history.close();
          },
        ),
        { numRuns },
      );
    });

    test("shows only what is at or below the head that it was asked from", async () => {
      const history = await (await makePlace()).open();
      const pay: Step = { is: "pay", from: 5, to: 6, amount: 1 };
      await followSteps(history, [pay, pay, pay]);
      const { rows, more } = await history.transfers(3, undefined, 10);
      expect(rows.map(({ row }) => row)).toEqual([3, 1]);
      expect(more).toBe(false);
      expect(await history.transfers(3, 5, 10)).toEqual({ rows: [], more: false });
    });

    test("with the row of another account, or of nobody, tells nothing", async () => {
      const history = await (await makePlace()).open();
      const steps: Step[] = [
        { is: "pay", from: 5, to: 6, amount: 1 },
        { is: "pay", from: 5, to: 6, amount: 1 },
        { is: "trade", market: 0, maker: 5, taker: 6, price: 1, quantity: 1, takerBuys: true },
        { is: "trade", market: 1, maker: 5, taker: 6, price: 1, quantity: 1, takerBuys: true },
        { is: "trade", market: 0, maker: 5, taker: 6, price: 1, quantity: 1, takerBuys: true },
      ];
      const teller = await followSteps(history, steps);
      const nothing = { rows: [], more: false };
      for (const before of [2, 4, 5, 99, Number.MAX_SAFE_INTEGER])
        expect(await history.transfers(teller.lastTransfer(5), before, 10)).toEqual(nothing);
      for (const before of [2, 4, 6, 99])
        expect(await history.trades(teller.lastTrade(5), before, 10)).toEqual(nothing);
      expect(await history.marketTrades(3, 0, 2, 10)).toEqual(nothing);
      expect((await history.marketTrades(3, 0, 3, 10)).rows.map(({ trade }) => trade)).toEqual([1]);
      await expect(history.marketTrades(3, 1, undefined, 10)).rejects.toThrow("not of market 1");
    });

    test("an account without rows has an empty page; a head that is not stored yet is refused", async () => {
      const history = await (await makePlace()).open();
      expect(await history.transfers(0, undefined, 10)).toEqual({ rows: [], more: false });
      await expect(history.transfers(1, undefined, 10)).rejects.toMatchObject({ code: "history_behind" });
      await expect(history.transfers(0, undefined, Number.NaN)).rejects.toThrow(RangeError);
      await followSteps(history, [{ is: "deposit", account: 5, amount: 1 }]);
      expect((await history.transfers(1, undefined, 10)).rows).toHaveLength(1);
    });
  });

  test("a withdrawal shows its latest status and keeps its transaction; a reversal keeps a row of its own", async () => {
    const history = await (await makePlace()).open();
    const teller = await followSteps(history, [
      { is: "withdraw", account: 5, amount: 7 },
      { is: "progress", back: 0, status: "built", txid: txidOf(1) },
      { is: "progress", back: 0, status: "broadcast" },
      { is: "deposit", account: 5, amount: 9 },
      { is: "reverse" },
    ]);
    const { rows } = await history.transfers(teller.lastTransfer(5), undefined, 10);
    expect(rows.map(({ transfer, status, incoming }) => ({ transfer, status, incoming }))).toEqual([
      { transfer: 2, status: "reversed", incoming: false },
      { transfer: 2, status: "done", incoming: true },
      { transfer: 1, status: "broadcast", incoming: false },
    ]);
    expect(rows[2]!.txid).toBe(txidOf(1));
  });
}
