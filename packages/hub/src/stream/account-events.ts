import type { AccountIndex, Effect, TradeEffect, TradeSide } from "@coinholder/engine";
import type { AccountChannel, TimeMs } from "@coinholder/protocol";
import { ownInvoice } from "../functions/invoice-told.ts";
import { ownTrade } from "../functions/market-data.ts";
import { crossingText, toldTransfer } from "../functions/transfers.ts";
import type { Sequencer } from "../sequencer.ts";

/** One thing that an effect tells an account: a member of a list in the channel's `data`. */
export interface AccountEvent {
  readonly account: AccountIndex;
  readonly channel: AccountChannel;
  readonly list: "trades" | "transfers" | "changed" | "invoices";
  readonly item: () => unknown;
}

const fill = (hub: { sequencer: Sequencer }, effect: TradeEffect, side: TradeSide): AccountEvent => {
  const maker = side === effect.maker;
  const buys = effect.takerBuys !== maker;
  const { trade, market, t, price, quantity } = effect;
  return {
    account: side.account,
    channel: "fills",
    list: "trades",
    item: () => ownTrade(hub, { ...side, trade, market, t, price, quantity, buys, maker }),
  };
};

/** What an effect tells accounts beside their balances and open orders. */
export const eventsOf = (hub: { sequencer: Sequencer }, effect: Effect, t: TimeMs): AccountEvent[] => {
  if (effect.is === "trade") return [fill(hub, effect, effect.maker), fill(hub, effect, effect.taker)];
  if (effect.is === "transfer")
    return [
      {
        account: effect.account,
        channel: "transfers",
        list: "transfers",
        item: () => toldTransfer(hub, effect),
      },
    ];
  if (effect.is === "status") {
    const { account, transfer, status, txid } = effect;
    const item = () => ({
      transfer_id: `t${transfer}`,
      status,
      ...(txid === undefined ? {} : { txid }),
    });
    return [{ account, channel: "transfers", list: "changed", item }];
  }
  if (effect.is === "crossing") {
    const { account, told, transfer } = effect;
    const item = () => ({ transfer_id: `t${transfer}`, crossing: crossingText(told) });
    return told ? [{ account, channel: "transfers", list: "changed", item }] : [];
  }
  if (effect.is !== "invoice") return [];
  const invoice = hub.sequencer.state.invoices.byAddress.get(effect.address);
  if (invoice?.owner === undefined) return [];
  const item = () => ownInvoice(hub, invoice, t);
  return [{ account: invoice.owner, channel: "invoices", list: "invoices", item }];
};
