import type { Effect, TradeEffect, TransferEffect, TransferStatus } from "@coinholder/engine";
import type { Amount, TimeMs } from "@coinholder/protocol";

/** What one command does, numbered by the teller as the engine numbers it. */
export type Step =
  | { is: "pay"; from: number; to: number; amount: number; reference?: string }
  | { is: "deposit"; account: number; amount: number }
  /** Undoes the newest deposit that stands, if one does. */
  | { is: "reverse" }
  | { is: "withdraw"; account: number; amount: number }
  /** What a withdrawal told before, counted from the newest, had bound leaves, or comes back. */
  | { is: "settle"; back: number; incoming: boolean }
  /** It goes on. */
  | { is: "progress"; back: number; status: TransferStatus; txid?: string; reason?: string }
  | {
      is: "trade";
      market: number;
      maker: number;
      taker: number;
      price: number;
      quantity: number;
      takerBuys: boolean;
    }
  /** An order ends because it would have met another of its account. */
  | { is: "own-order"; account: number; market: number; give: number; buys: boolean }
  | { is: "wait"; ms: number }
  | { is: "invoice" };

export type Teller = {
  tell(step: Step): Effect[];
  /** Newest row of each account and market, as the engine keeps them. */
  lastTransfer(account: number): number;
  lastTrade(account: number): number;
  lastMarketTrade(market: number): number;
  lastCancelled(account: number): number;
  now(): TimeMs;
};

export const txidOf = (number: number): string => number.toString(16).padStart(64, "0");

export function makeTeller(start: number): Teller {
  const transferHeads = new Map<number, number>();
  const tradeHeads = new Map<number, number>();
  const marketHeads = new Map<number, number>();
  const cancelledHeads = new Map<number, number>();
  const deposits: TransferEffect[] = [];
  const withdrawals: TransferEffect[] = [];
  let [t, row, transfer, side, trade, cancelled] = [start, 0, 0, 0, 0, 0];

  function link(heads: Map<number, number>, owner: number, number: number): number {
    const previous = heads.get(owner) ?? 0;
    heads.set(owner, number);
    return previous;
  }

  const transferRow = (
    of: Omit<TransferEffect, "is" | "row" | "previous" | "t" | "currency" | "fee" | "amount"> &
      Partial<Pick<TransferEffect, "currency" | "fee">> & { amount: number },
  ): TransferEffect => ({
    is: "transfer",
    row: ++row,
    previous: link(transferHeads, of.account, row),
    t: t as TimeMs,
    currency: row % 2,
    fee: (row % 3) as Amount,
    ...of,
    amount: of.amount as Amount,
  });

  const tradeSide = (account: number, gave: number, got: number): TradeEffect["maker"] => ({
    row: ++side,
    previous: link(tradeHeads, account, side),
    account,
    order: side + 1000,
    gave: gave as Amount,
    got: got as Amount,
    fee: 1 as Amount,
    feeBps: 10,
  });

  function tell(step: Step): Effect[] {
    switch (step.is) {
      case "pay": {
        const { from, to, amount, reference } = step;
        const same = {
          transfer: ++transfer,
          kind: "internal",
          amount,
          status: "done",
          currency: transfer % 2,
          fee: 0 as Amount,
          address: `bcrt1q${to}`,
        } as const;
        const more = reference === undefined ? {} : { reference, invoice: true as const };
        return [
          transferRow({ ...same, account: from, incoming: false, ...more }),
          transferRow({ ...same, account: to, incoming: true, ...more }),
        ];
      }
      case "deposit": {
        const { account, amount } = step;
        const details = { address: `bcrt1q${account}`, txid: txidOf(row), vout: row % 3 };
        const kind = "deposit";
        const told = transferRow({
          account,
          transfer: ++transfer,
          kind,
          incoming: true,
          amount,
          status: "done",
          ...details,
        });
        deposits.push(told);
        return [told];
      }
      case "reverse": {
        const undone = deposits.pop();
        if (!undone) return [];
        const { is, row, previous, t, currency, fee, ...same } = undone;
        return [transferRow({ ...same, incoming: false, status: "reversed" })];
      }
      case "withdraw": {
        const { account, amount } = step;
        const kind = "withdrawal";
        const address = "bcrt1qoutside";
        const of = { account, transfer: ++transfer, kind, incoming: false, amount, address } as const;
        const told = transferRow({ ...of, status: "reserved" });
        withdrawals.push(told);
        return [told];
      }
      case "settle": {
        const which = withdrawals.at(-1 - step.back);
        if (which === undefined) return [];
        const { status, ...same } = which;
        const previous = link(transferHeads, which.account, ++row);
        const { incoming } = step;
        return [
          {
            ...same,
            is: "settled",
            row,
            previous,
            t: t as TimeMs,
            kind: "withdrawal",
            incoming,
            txid: txidOf(row),
          },
        ];
      }
      case "progress": {
        const { back, status, txid, reason } = step;
        const which = withdrawals.at(-1 - back);
        if (which === undefined) return [];
        return [
          {
            is: "status",
            transfer: which.transfer,
            account: 0,
            status,
            ...(txid === undefined ? {} : { txid }),
            ...(reason === undefined ? {} : { reason }),
          },
        ];
      }
      case "trade": {
        const { market, price, quantity, takerBuys } = step;
        const number = ++trade;
        const previous = link(marketHeads, market, number);
        return [
          {
            is: "trade",
            trade: number,
            previous,
            market,
            t: t as TimeMs,
            price,
            quantity: quantity as Amount,
            takerBuys,
            afterRow: row,
            maker: tradeSide(step.maker, quantity, price),
            taker: tradeSide(step.taker, price, quantity),
          },
        ];
      }
      case "own-order": {
        const { account, market, give, buys } = step;
        cancelled++;
        return [
          {
            is: "order-cancelled",
            row: cancelled,
            previous: link(cancelledHeads, account, cancelled),
            account,
            order: cancelled + 1000,
            met: cancelled + 2000,
            market,
            t: t as TimeMs,
            buys,
            give: give as Amount,
            want: 7 as Amount,
            given: (give - 1) as Amount,
            received: 6 as Amount,
          },
        ];
      }
      case "wait":
        t += step.ms;
        return [];
      case "invoice":
        return [{ is: "invoice", address: "bcrt1qinvoice" }];
    }
  }

  return {
    tell,
    lastTransfer: (account) => transferHeads.get(account) ?? 0,
    lastTrade: (account) => tradeHeads.get(account) ?? 0,
    lastMarketTrade: (market) => marketHeads.get(market) ?? 0,
    lastCancelled: (account) => cancelledHeads.get(account) ?? 0,
    now: () => t as TimeMs,
  };
}
