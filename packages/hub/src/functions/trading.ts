import {
  currencyIndex,
  marketName,
  type OwnOrderRule,
  ownOrderRule,
  tierOf,
  volumeOf,
} from "@coinholder/engine";
import { dec } from "../hub.ts";
import { feeTiers } from "../overview.ts";
import { byOf, carryOut, type Handlers, refused } from "./call.ts";
import { caughtUp } from "./market-data.ts";
import { currencies } from "./orders.ts";

type Names = "my-settings" | "change-settings" | "my-fees" | "my-cancelled-orders";

export const tradingHandlers: Handlers<Names> = {
  "my-settings": ({ hub, by }) => {
    const { accounts } = hub.sequencer.state;
    return { own_order_prevention: ownOrderRule(accounts.byId.get(by!.account)!) };
  },

  "change-settings": (call, params) => {
    const done = carryOut<{ ownOrders: OwnOrderRule }>(call, {
      kind: "change-settings",
      by: byOf(call),
      ownOrders: params.own_order_prevention,
    });
    return "refused" in done ? done : { own_order_prevention: done.answer.ownOrders };
  },

  "my-fees": ({ hub, by }, { market }) => {
    const { accounts, config, markets } = hub.sequencer.state;
    const account = accounts.byId.get(by!.account)!.index;
    const now = hub.sequencer.now();
    const told = config.markets
      .map((one, i) => {
        const volume = volumeOf(markets.books[i]!.volumes, account, now);
        const { makerFeeBps, takerFeeBps } = tierOf(one, volume);
        const next = one.feeTiers?.findIndex((tier) => tier.volume > volume) ?? -1;
        return {
          market: marketName(one),
          volume: dec(hub, currencyIndex(config, one.quote)!, volume),
          maker_fee_bps: makerFeeBps,
          taker_fee_bps: takerFeeBps,
          // The first of those that are told is for everybody.
          ...(next < 0 ? {} : { next_tier: feeTiers(config, one)[next + 1]! }),
        };
      })
      .filter((one) => market === undefined || one.market === market);
    return told.length === 0 && market !== undefined ? refused("market_unknown") : { markets: told };
  },

  "my-cancelled-orders": async ({ hub, by }, { before, limit = 50 }) => {
    const { accounts, config } = hub.sequencer.state;
    const head = accounts.byId.get(by!.account)!.trader?.lastCancelled ?? 0;
    await caughtUp(hub);
    const { rows, more } = await hub.history.cancelled(head, before, limit);
    return {
      orders: rows.map((row) => {
        const [give, want] = currencies(hub, row);
        return {
          oid: `o${row.order}`,
          met: `o${row.met}`,
          t: row.t,
          market: marketName(config.markets[row.market]!),
          side: row.buys ? ("buy" as const) : ("sell" as const),
          trade_amt: dec(hub, give, row.give),
          trade_cur: config.currencies[give]!.code,
          for_amt: dec(hub, want, row.want),
          for_cur: config.currencies[want]!.code,
          filled_trade_amt: dec(hub, give, row.given),
          filled_for_amt: dec(hub, want, row.received),
        };
      }),
      more_exist: more,
      ...(more ? { next_before: rows.at(-1)!.row } : {}),
    };
  },
};
