import type {
  OrderCancelledEffect,
  SettledEffect,
  StatusEffect,
  TradeEffect,
  TransferEffect,
} from "@coinholder/engine";
import type { Seq } from "@coinholder/journal";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { Damaged } from "../follower-database.ts";
import type { Batch } from "./batch.ts";
import { collectCandles, prepareUpsert } from "./candles.ts";
import { HistoryError } from "./error.ts";
import { PAYMENT_NUMBERS, type Payments } from "./payments.ts";

/** Payments in one statement; what is left over goes singly. More than this gains nothing. */
const PAYMENTS = 16;

/** Both sides of so many payments. What is bound: the address, then the numbers in the order of `addPayment`. */
const insertPayments = (count: number): string =>
  `WITH payment (address, row, transfer, t, currency, amount, invoice, out_previous, payer, in_previous, payee) AS
     (VALUES ${Array(count).fill(`(${Array(1 + PAYMENT_NUMBERS).fill("?")})`)}),
     side (incoming) AS (VALUES (0), (1))
   INSERT INTO transfer (row, previous, account, transfer, t, kind, incoming, currency, amount, fee, status, address, invoice, settled)
   SELECT row + incoming, iif(incoming, in_previous, out_previous), iif(incoming, payee, payer), transfer, t, 'internal',
     incoming, currency, amount, 0, 'done', address, invoice, 0
   FROM payment CROSS JOIN side`;

export type Writer = {
  position(): Seq;
  /** In one transaction with its position: stored whole and once, or not at all. */
  store(batch: Batch): void;
};

export function prepareWriter(db: DatabaseSyncInstance): Writer {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const readPosition = db.prepare("SELECT seq FROM position");
  const writePosition = db.prepare("UPDATE position SET seq = ?");
  const transferRow = db.prepare(`INSERT INTO transfer VALUES (${Array(17).fill("?")})`);
  const payment = db.prepare(insertPayments(1));
  const payments = db.prepare(insertPayments(PAYMENTS));
  const tradeRow = db.prepare(`INSERT INTO trade VALUES (${Array(8).fill("?")})`);
  const sideRow = db.prepare(`INSERT INTO trade_side VALUES (${Array(10).fill("?")})`);
  const cancelledRow = db.prepare(`INSERT INTO order_cancelled VALUES (${Array(12).fill("?")})`);
  const status = db.prepare(
    `INSERT INTO transfer_status VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET status = excluded.status, txid = coalesce(excluded.txid, txid),
       reason = coalesce(excluded.reason, reason)`,
  );
  const actionRow = db.prepare(`INSERT INTO operator_action VALUES (${Array(7).fill("?")})`);
  const endedRow = db.prepare("INSERT INTO operator_action_ended VALUES (?, ?, ?, ?)");
  const paidRow = db.prepare("INSERT INTO invoice_paid VALUES (?, ?) ON CONFLICT DO NOTHING");
  const upsertCandle = prepareUpsert(db);
  const last = {
    transfer: lastNumber(db, "transfer", "row"),
    trade: lastNumber(db, "trade", "trade"),
    side: lastNumber(db, "trade_side", "row"),
    cancelled: lastNumber(db, "order_cancelled", "row"),
  };

  function follows(of: keyof typeof last, number: number): void {
    const expected = last[of] + 1;
    if (number !== expected)
      throw new HistoryError("history_gap", `${of} row ${number} came where ${expected} was expected`);
    last[of] = number;
  }

  function addTransfer(of: TransferEffect | SettledEffect): void {
    const e = asTransfer(of);
    follows("transfer", e.row);
    transferRow.run(
      e.row,
      e.previous,
      e.account,
      e.transfer,
      e.t,
      e.kind,
      Number(e.incoming),
      e.currency,
      e.amount,
      e.fee,
      e.status,
      e.address ?? null,
      e.txid ?? null,
      e.vout ?? null,
      e.reference ?? null,
      Number(e.invoice ?? false),
      Number(of.is === "settled"),
    );
  }

  /** So many from that one on. */
  function addPayments({ addresses, numbers }: Payments, from: number, count: number): void {
    const bound = (first: number, many: number): (string | number)[] => {
      const values: (string | number)[] = [];
      for (let i = first; i < first + many; i++) {
        const at = i * PAYMENT_NUMBERS;
        follows("transfer", numbers[at]!);
        follows("transfer", numbers[at]! + 1);
        values.push(addresses[i]!);
        for (let n = at; n < at + PAYMENT_NUMBERS; n++) values.push(numbers[n]!);
      }
      return values;
    };
    const end = from + count;
    let next = from;
    for (; next + PAYMENTS <= end; next += PAYMENTS) payments.run(...bound(next, PAYMENTS));
    for (; next < end; next++) payment.run(...bound(next, 1));
  }

  const addStatus = (e: StatusEffect): void =>
    void status.run(e.transfer, e.status, e.txid ?? null, e.reason ?? null);

  function addTrade(e: TradeEffect): void {
    follows("trade", e.trade);
    tradeRow.run(e.trade, e.previous, e.market, e.t, e.price, e.quantity, Number(e.takerBuys), e.afterRow);
    for (const side of [e.maker, e.taker]) {
      follows("side", side.row);
      const { row, previous, account, order, gave, got, fee, feeBps } = side;
      sideRow.run(row, previous, account, e.trade, Number(side === e.maker), order, gave, got, fee, feeBps);
    }
  }

  function addCancelled(e: OrderCancelledEffect): void {
    follows("cancelled", e.row);
    cancelledRow.run(
      e.row,
      e.previous,
      e.account,
      e.order,
      e.met,
      e.market,
      e.t,
      Number(e.buys),
      e.give,
      e.want,
      e.given,
      e.received,
    );
  }

  function position(): Seq {
    const row = readPosition.get() as { seq: Seq } | undefined;
    if (!row) throw new Damaged("its position is missing");
    return row.seq;
  }

  return {
    position,
    store({ after, upTo, effects, payments, actions, ended, paid }) {
      begin.run();
      // Read under the write lock: whatever else happened to the file, no command is counted twice.
      const stored = position();
      if (stored !== after)
        throw new HistoryError("history_gap", `what follows command ${after} came when ${stored} was stored`);
      const candles = collectCandles(upsertCandle);
      let paidUpTo = 0;
      for (const effect of effects) {
        if (typeof effect === "number") {
          addPayments(payments, paidUpTo, effect);
          paidUpTo += effect;
        } else if (effect.is === "transfer" || effect.is === "settled") addTransfer(effect);
        else if (effect.is === "status") addStatus(effect);
        else if (effect.is === "order-cancelled") addCancelled(effect);
        else {
          addTrade(effect);
          candles.add(effect);
        }
      }
      candles.write();
      for (const { seq, t, fn, token, label, params, action } of actions)
        actionRow.run(seq, t, fn, token, label ?? null, params, action ?? null);
      for (const { action, t, outcome, params } of ended) endedRow.run(action, t, outcome, params);
      for (const { address, t } of paid) paidRow.run(address, t);
      writePosition.run(upTo);
      commit.run();
    },
  };
}

/** As a row of transfers: what came of a withdrawal there is told by its status. */
export const asTransfer = (of: TransferEffect | SettledEffect): TransferEffect =>
  of.is === "transfer" ? of : { ...of, is: "transfer", status: "done" };

const lastNumber = (db: DatabaseSyncInstance, table: string, column: string): number =>
  (db.prepare(`SELECT coalesce(max(${column}), 0) AS last FROM ${table}`).get() as { last: number }).last;
