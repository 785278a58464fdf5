import { type AccountIndex, type OrderRow, openQuantity, ordersOf, watchOrder } from "@coinholder/engine";
import type { AccountChannel } from "@coinholder/protocol";
import { balances } from "../functions/accounts.ts";
import { openOrder } from "../functions/orders.ts";
import { pendingDeposits, withoutDepth } from "../functions/transfers.ts";
import type { Sequencer } from "../sequencer.ts";

interface View {
  readonly sequencer: Sequencer;
}

/** Finds out what a command changed for an account, by comparing with what was there before. */
export interface Look {
  /** The whole, as it is now. */
  readonly base: () => unknown;
  /** What has changed since it was asked last; undefined: nothing. */
  readonly changes: () => unknown;
}

/** Keeps the whole as it was told, from what was told. */
export interface Standing {
  readonly take: (told: unknown) => void;
  readonly whole: () => unknown;
}

const balancesLook = (hub: View, account: AccountIndex): Look => {
  let before = "";
  const base = () => {
    const now = balances(hub, account);
    before = JSON.stringify(now);
    return now;
  };
  return {
    base,
    changes: () => {
      const was = before;
      const now = base();
      return before === was ? undefined : now;
    },
  };
};

type Row = ReturnType<typeof openOrder>;
interface OrderChanges {
  /** Placed or changed. */
  readonly orders: readonly Row[];
  readonly closed: readonly (Row & { readonly state: "filled" | "cancelled" })[];
}

const ordersLook = (hub: View, account: AccountIndex): Look => {
  const { accounts, markets } = hub.sequencer.state;
  const owner = accounts.list[account]!;
  const known = new Map<number, { order: OrderRow; done: number; quantity: number; price: number }>();
  const changes = (): OrderChanges | undefined => {
    const orders: Row[] = [];
    const closed: (Row & { state: "filled" | "cancelled" })[] = [];
    const gone = new Set(known.keys());
    for (const order of ordersOf(owner)) {
      const { number, done, quantity, price } = order;
      gone.delete(number);
      const was = known.get(number);
      if (was && was.done === done && was.quantity === quantity && was.price === price) continue;
      known.set(number, { order: watchOrder(markets.orders, order), done, quantity, price });
      orders.push(openOrder(hub, order));
    }
    for (const number of gone) {
      const { order } = known.get(number)!;
      known.delete(number);
      closed.push({
        ...openOrder(hub, order),
        state: openQuantity(order) === 0 ? "filled" : "cancelled",
      });
    }
    return orders.length + closed.length === 0 ? undefined : { orders, closed };
  };
  return { base: () => changes() ?? { orders: [], closed: [] }, changes };
};

const pendingLook = (hub: View, account: AccountIndex): Look => {
  let before = "";
  const base = () => {
    // How deep they are by now is not told: that would be a message for each block.
    const pending = pendingDeposits(hub, account).map(withoutDepth);
    before = JSON.stringify(pending);
    return { transfers: [], changed: [], pending };
  };
  return {
    base,
    changes: () => {
      const was = before;
      const now = base();
      return before === was ? undefined : { pending: now.pending };
    },
  };
};

const nothing = (base: () => unknown): Look => ({ base, changes: () => undefined });

export const lookAt = (hub: View, account: AccountIndex): Record<AccountChannel, () => Look> => ({
  balances: () => balancesLook(hub, account),
  orders: () => ordersLook(hub, account),
  transfers: () => pendingLook(hub, account),
  // What happened before is told by the functions.
  fills: () => nothing(() => ({ trades: [] })),
  invoices: () => nothing(() => ({ invoices: [] })),
});

const latest = (base: unknown): Standing => {
  let whole = base;
  return {
    whole: () => whole,
    take: (told) => {
      whole = told;
    },
  };
};

const openOrders = (base: unknown): Standing => {
  const open = new Map((base as OrderChanges).orders.map((row) => [row.oid, row]));
  return {
    whole: () => ({ orders: [...open.values()], closed: [] }),
    take: (told) => {
      const { orders, closed } = told as OrderChanges;
      for (const row of orders) open.set(row.oid, row);
      for (const { oid } of closed) open.delete(oid);
    },
  };
};

const pendingOnly = (base: unknown): Standing => {
  let whole = base as { pending: unknown };
  return {
    whole: () => whole,
    take: (told) => {
      const { pending } = told as { pending?: unknown };
      if (pending !== undefined) whole = { ...whole, pending };
    },
  };
};

const always = (base: unknown): Standing => ({ whole: () => base, take: () => {} });

export const standings: Record<AccountChannel, (base: unknown) => Standing> = {
  balances: latest,
  orders: openOrders,
  transfers: pendingOnly,
  fills: always,
  invoices: always,
};
