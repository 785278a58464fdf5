import { assert, type Effect, type State } from "@coinholder/engine";

/**
 * What the effects alone tell: every account's sums, and whether its rows hang together. It knows nothing of the state, as
 * whoever keeps history does not.
 */
export interface Told {
  /** By "account currency": available and held together. */
  readonly sums: Map<string, bigint>;
  readonly lastTransferRow: Map<number, number>;
  readonly lastTradeRow: Map<number, number>;
  readonly lastTrade: Map<number, number>;
  /** Pay-outs under way, and whether they have left. */
  readonly leaving: Map<number, { readonly key: string; readonly amount: number; left: boolean }>;
  /** Deposits that were credited before they confirmed. */
  readonly early: Set<number>;
  /** Orders that met another of their account. */
  readonly cancelled: { readonly order: number; readonly met: number }[];
  readonly lastCancelled: Map<number, number>;
  transferRows: number;
  tradeRows: number;
  trades: number;
}

export const nothingTold = (): Told => ({
  sums: new Map(),
  lastTransferRow: new Map(),
  lastTradeRow: new Map(),
  lastTrade: new Map(),
  leaving: new Map(),
  early: new Set(),
  cancelled: [],
  lastCancelled: new Map(),
  transferRows: 0,
  tradeRows: 0,
  trades: 0,
});

const add = (told: Told, key: string, amount: number): void => {
  told.sums.set(key, (told.sums.get(key) ?? 0n) + BigInt(amount));
};

const follows = (last: Map<number, number>, of: number, row: number, previous: number): void => {
  assert(
    previous === (last.get(of) ?? 0),
    `row ${row} of ${of} follows ${last.get(of) ?? 0}, not ${previous}`,
  );
  last.set(of, row);
};

export const hear = (told: Told, state: State, effects: readonly Effect[]): void => {
  for (const effect of effects) {
    if (effect.is === "transfer") {
      assert(effect.row === ++told.transferRows, "transfer rows have no gaps");
      follows(told.lastTransferRow, effect.account, effect.row, effect.previous);
      const key = `${effect.account} ${effect.currency}`;
      if (effect.kind === "withdrawal" || effect.kind === "fiat-withdrawal")
        told.leaving.set(effect.transfer, { key, amount: effect.amount + effect.fee, left: false });
      else {
        if (effect.status === "credited") told.early.add(effect.transfer);
        add(told, key, effect.incoming ? effect.amount : -effect.amount);
      }
    } else if (effect.is === "status" && told.early.has(effect.transfer)) {
      assert(
        ["credited", "done", "lost"].includes(effect.status),
        `deposit ${effect.transfer} is not ${effect.status}`,
      );
    } else if (effect.is === "settled") {
      assert(effect.row === ++told.transferRows, "transfer rows have no gaps");
      follows(told.lastTransferRow, effect.account, effect.row, effect.previous);
    } else if (effect.is === "status") {
      const one = told.leaving.get(effect.transfer);
      assert(one !== undefined, `transfer ${effect.transfer} was told before its status`);
      const left = ["confirmed", "final", "done"].includes(effect.status);
      if (left !== one.left) add(told, one.key, left ? -one.amount : one.amount);
      one.left = left;
      // A final one can come back: a reorganisation may go deeper than anybody thought.
      if (["done", "refused"].includes(effect.status)) told.leaving.delete(effect.transfer);
    } else if (effect.is === "order-cancelled") {
      follows(told.lastCancelled, effect.account, effect.row, effect.previous);
      told.cancelled.push({ order: effect.order, met: effect.met });
      assert(effect.row === told.cancelled.length, "rows of cancelled orders have no gaps");
    } else if (effect.is === "trade") {
      assert(effect.trade === ++told.trades, "trades have no gaps");
      follows(told.lastTrade, effect.market, effect.trade, effect.previous);
      const { base, quote } = state.config.markets[effect.market]!;
      const index = (code: string): number => state.config.currencies.findIndex((one) => one.code === code);
      for (const side of [effect.maker, effect.taker]) {
        assert(side.row === ++told.tradeRows, "trade rows have no gaps");
        follows(told.lastTradeRow, side.account, side.row, side.previous);
        const buys = (side === effect.taker) === effect.takerBuys;
        add(told, `${side.account} ${index(buys ? quote : base)}`, -side.gave);
        add(told, `${side.account} ${index(buys ? base : quote)}`, side.got);
      }
    }
  }
};
