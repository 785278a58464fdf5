import { type Answer, formatAmount, type Refusal } from "@coinholder/protocol";
import type { Hub } from "../hub.ts";
import type { Ask } from "./ask.ts";
import { btcText, orderFor } from "./limit.ts";
import { MTGOX_MARKET, mtgoxMarket } from "./market.ts";
import { inUnits, type Json, numeral } from "./numerals.ts";
import { refused } from "./refusals.ts";

export interface MtgoxCall {
  readonly hub: Hub;
  readonly ask: Ask;
  /** The form, without name and pass. What a client adds and nobody here knows is left alone, as it was then. */
  readonly form: (name: string) => string | undefined;
}

export type MtgoxOutcome = { readonly answer: Json } | { readonly refused: Refusal };
export type MtgoxFunction = (call: MtgoxCall) => Promise<MtgoxOutcome>;

type OpenOrder = Answer<"my-open-orders">["orders"][number];

const SELL = 1;
const BUY = 2;
const ACTIVE = 1;

/** What is left of an amount of BTC of which so much is filled. Both as the hub writes them. */
const rest = (hub: Hub, whole: string, filled: string): string => {
  const { btcPlaces } = mtgoxMarket(hub.sequencer.state.config);
  const units = (text: string): bigint => BigInt(inUnits(text, btcPlaces));
  return formatAmount(units(whole) - units(filled), btcPlaces);
};

const toldOrder = (hub: Hub, order: OpenOrder): Json => {
  const buys = order.side === "buy";
  const { oid, trade_amt, for_amt, filled_trade_amt = "0", filled_for_amt = "0", price, t } = order;
  return {
    oid,
    currency: "USD",
    item: "BTC",
    type: buys ? BUY : SELL,
    amount: numeral(buys ? rest(hub, for_amt, filled_for_amt) : rest(hub, trade_amt, filled_trade_amt)),
    price: numeral(price),
    status: ACTIVE,
    dark: 0,
    date: Math.floor(t / 1000),
    // Microseconds.
    priority: `${t}000`,
  };
};

const toldFunds = ({ available }: Answer<"my-balance">) => ({
  usds: numeral(available.usd ?? "0"),
  btcs: numeral(available.btc ?? "0"),
});

/** Beside an answer, as far as the key may know: a password that may only place orders is told of no balance. */
const funds = async ({ ask }: MtgoxCall): Promise<{ readonly [name: string]: Json }> => {
  const told = await ask("my-balance");
  return "refused" in told ? {} : toldFunds(told.answer);
};

const toldOrders = (hub: Hub, { orders }: Answer<"my-open-orders">): { readonly [name: string]: Json } => ({
  orders: orders.filter(({ market }) => market === MTGOX_MARKET).map((order) => toldOrder(hub, order)),
});

const orders = async ({ hub, ask }: MtgoxCall): Promise<{ readonly [name: string]: Json }> => {
  const told = await ask("my-open-orders");
  return "refused" in told ? {} : toldOrders(hub, told.answer);
};

const getFunds: MtgoxFunction = async ({ ask }) => {
  const told = await ask("my-balance");
  return "refused" in told ? told : { answer: toldFunds(told.answer) };
};

const getOrders: MtgoxFunction = async (call) => {
  const told = await call.ask("my-open-orders");
  return "refused" in told
    ? told
    : { answer: { ...(await funds(call)), ...toldOrders(call.hub, told.answer) } };
};

const place =
  (buys: boolean): MtgoxFunction =>
  async (call) => {
    const { form, hub, ask } = call;
    // A hidden order is promised to stay hidden: this book has none.
    if (!["", "0", "false", undefined].includes(form("dark"))) return refused("unsupported");
    const [amount, price] = [form("amount"), form("price")];
    if (amount === undefined || price === undefined)
      return refused("amount_invalid", { param: amount === undefined ? "amount" : "price" });
    const give = orderFor({ buys, amount, price }, mtgoxMarket(hub.sequencer.state.config));
    if (give === undefined) return refused("amount_invalid");
    const placed = await ask("place-order", {
      trade_amt: buys ? give.usd : give.btc,
      trade_cur: buys ? "USD" : "BTC",
      for_amt: buys ? give.btc : give.usd,
      for_cur: buys ? "BTC" : "USD",
      price: give.price,
    });
    if ("refused" in placed) return placed;
    const { oid } = placed.answer;
    const status = "Your order has been queued for execution";
    return { answer: { status, oid, ...(await funds(call)), ...(await orders(call)) } };
  };

/** The order's id says all: the type is taken, as clients give it, and not needed. */
const cancelOrder: MtgoxFunction = async (call) => {
  const oid = call.form("oid");
  if (oid === undefined) return refused("param_missing", { param: "oid" }, "oid is missing.");
  const done = await call.ask("cancel-order", { oid });
  return "refused" in done ? done : { answer: { ...(await funds(call)), ...(await orders(call)) } };
};

const withdraw: MtgoxFunction = async (call) => {
  const { form, ask } = call;
  if (form("group1") !== "BTC") return refused("unsupported");
  const [address, amount] = [form("btca"), btcText(form("amount") ?? "")];
  if (amount === undefined) return refused("amount_invalid");
  if (address === undefined) return refused("address_invalid");
  const sent = await ask("send-btc", { to_btc_address: address, amount });
  if ("refused" in sent) return sent;
  return { answer: { ...(await funds(call)), status: "Your funds are on their way..." } };
};

const btcAddress: MtgoxFunction = async ({ ask }) => {
  const made = await ask("new-btc-address");
  return "refused" in made ? made : { answer: { addr: made.answer.btc_address } };
};

/** By the script's name, and which function of ours says who may call it. */
export const privateCalls = {
  getFunds: ["my-balance", getFunds],
  buyBTC: ["place-order", place(true)],
  sellBTC: ["place-order", place(false)],
  getOrders: ["my-open-orders", getOrders],
  cancelOrder: ["cancel-order", cancelOrder],
  withdraw: ["send-btc", withdraw],
  btcAddress: ["new-btc-address", btcAddress],
} as const satisfies Record<string, readonly [string, MtgoxFunction]>;
