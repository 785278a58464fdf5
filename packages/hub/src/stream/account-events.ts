import type { AccountIndex, Effect, Stamped, TradeEffect, TradeSide } from "@coinholder/engine";
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

const toOwner = (hub: { sequencer: Sequencer }, address: string, t: TimeMs): AccountEvent[] => {
  const invoice = hub.sequencer.state.invoices.byAddress.get(address);
  if (invoice?.owner === undefined) return [];
  const item = () => ownInvoice(hub, invoice, t);
  return [{ account: invoice.owner, channel: "invoices", list: "invoices", item }];
};

const ofEffect = (hub: { sequencer: Sequencer }, effect: Effect, t: TimeMs): AccountEvent[] => {
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
    const { account, reason, transfer, status, txid } = effect;
    const item = () => ({
      transfer_id: `t${transfer}`,
      status,
      ...(txid === undefined ? {} : { txid }),
      ...(reason === undefined ? {} : { reason }),
    });
    return [{ account, channel: "transfers", list: "changed", item }];
  }
  if (effect.is === "crossing") {
    const { account, told, transfer } = effect;
    const item = () => ({ transfer_id: `t${transfer}`, crossing: crossingText(told) });
    return told ? [{ account, channel: "transfers", list: "changed", item }] : [];
  }
  return effect.is === "invoice" ? toOwner(hub, effect.address, t) : [];
};

/** What a command that was carried out tells accounts beside their balances and open orders. */
export const eventsOf = (
  hub: { sequencer: Sequencer },
  command: Stamped,
  effects: readonly Effect[],
): AccountEvent[] => {
  const { t } = command;
  const events = effects.flatMap((effect) => ofEffect(hub, effect, t));
  // Invoices of others have no owner here.
  if (command.kind === "post-invoice" && command.by !== undefined)
    events.push(...toOwner(hub, command.address, t));
  return events;
};
