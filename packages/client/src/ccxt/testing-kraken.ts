import assert from "node:assert/strict";

// What an account at Kraken does, by Kraken's own documentation and in its own words: pairs and assets by Kraken's ids,
// answers as its REST API gives them. Whole 10^-10 units of every asset, as exact as Kraken keeps bitcoin.

const PLACES = 10;
const ONE = 10n ** BigInt(PLACES);

export const units = (text: string): bigint => {
  assert.match(text, /^[0-9]+(\.[0-9]{1,10})?$/, "an exact decimal");
  const [whole, fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(PLACES, "0"));
};
const write = (value: bigint, places: number): string => {
  const digits = String(value).padStart(PLACES + 1, "0");
  const fraction = digits.slice(-PLACES).slice(0, places);
  return digits.slice(0, -PLACES) + (fraction === "" ? "" : `.${fraction}`);
};

export const ASSETS = {
  XXBT: { aclass: "currency", altname: "XBT", decimals: 10, display_decimals: 5, status: "enabled" },
  XETH: { aclass: "currency", altname: "ETH", decimals: 10, display_decimals: 5, status: "enabled" },
  ZUSD: { aclass: "currency", altname: "USD", decimals: 4, display_decimals: 2, status: "enabled" },
  ZEUR: { aclass: "currency", altname: "EUR", decimals: 4, display_decimals: 2, status: "enabled" },
} as const;
export type Asset = keyof typeof ASSETS;

const pair = (base: Asset, quote: Asset, pairDecimals: number, ordermin: string, costmin: string) => ({
  altname: ASSETS[base].altname + ASSETS[quote].altname,
  wsname: `${ASSETS[base].altname}/${ASSETS[quote].altname}`,
  aclass_base: "currency",
  base,
  aclass_quote: "currency",
  quote,
  lot: "unit",
  cost_decimals: 5,
  pair_decimals: pairDecimals,
  lot_decimals: 8,
  lot_multiplier: 1,
  leverage_buy: [],
  leverage_sell: [],
  fees: [[0, 0.4]],
  fees_maker: [[0, 0.25]],
  fee_volume_currency: "ZUSD",
  margin_call: 80,
  margin_stop: 40,
  ordermin,
  costmin,
  tick_size: `0.${"1".padStart(pairDecimals, "0")}`,
  status: "online",
});
export const PAIRS = {
  XXBTZUSD: pair("XXBT", "ZUSD", 1, "0.00005", "0.5"),
  XXBTZEUR: pair("XXBT", "ZEUR", 1, "0.00005", "0.45"),
  XETHZUSD: pair("XETH", "ZUSD", 2, "0.001", "0.5"),
  XETHXXBT: pair("XETH", "XXBT", 5, "0.001", "0.00002"),
} as const;
export type PairId = keyof typeof PAIRS;
const FEE_BPS = { maker: 25n, taker: 40n };

export type Level = readonly [price: string, volume: string];
/** What others offer; best first. */
export interface Book {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

interface Order {
  readonly txid: string;
  readonly pair: PairId;
  readonly buys: boolean;
  readonly price: bigint;
  readonly volume: bigint;
  readonly clientId: string | undefined;
  readonly post: boolean;
  readonly opened: number;
  status: "open" | "closed" | "canceled";
  filled: bigint;
  cost: bigint;
  fee: bigint;
}
interface Trade {
  readonly id: string;
  readonly order: Order;
  readonly price: bigint;
  readonly volume: bigint;
  readonly cost: bigint;
  readonly fee: bigint;
  readonly maker: boolean;
  readonly time: number;
}
/** Kraken's seconds with a fraction; each later than the one before. */
const clock = (): (() => number) => {
  let last = 0;
  return () => {
    last = Math.max(Date.now(), last + 1);
    return last / 1000;
  };
};
/** A refusal in Kraken's words: `EOrder:Insufficient funds`. */
export class KrakenError extends Error {}
const refuse = (text: string): never => {
  throw new KrakenError(text);
};
const id = (kind: string, number: number): string => {
  const digits = String(number).padStart(6, "0");
  return `${kind}AAAAA-AAAAA-${digits}`;
};
const costOf = (price: bigint, volume: bigint): bigint => (price * volume) / ONE;
const pairOf = (name: string | undefined): PairId =>
  (Object.keys(PAIRS) as PairId[]).find((key) => key === name || PAIRS[key].altname === name) ??
  refuse("EQuery:Unknown asset pair");
const assetOf = (name: string | undefined): Asset =>
  (Object.keys(ASSETS) as Asset[]).find((key) => key === name || ASSETS[key].altname === name) ??
  refuse("EFunding:Unknown asset");

export type Params = Readonly<Record<string, string>>;

/** One account and what others offer on each pair. */
export const krakenAccount = (
  given: Partial<Record<Asset, string>>,
  withdrawAddresses: readonly string[],
) => {
  const now = clock();
  const balances = new Map((Object.keys(ASSETS) as Asset[]).map((key) => [key, units(given[key] ?? "0")]));
  const books = new Map<PairId, Book>();
  const orders: Order[] = [];
  const trades: Trade[] = [];
  const withdrawals: Record<string, unknown>[] = [];
  const deposits: Record<string, unknown>[] = [];

  const giveOf = ({ pair, buys }: Order): Asset => PAIRS[pair][buys ? "quote" : "base"];
  const heldBy = (order: Order): bigint => {
    if (order.status !== "open") return 0n;
    const left = order.volume - order.filled;
    return order.buys ? costOf(order.price, left) : left;
  };
  const held = (asset: Asset): bigint =>
    orders.reduce((sum, order) => (giveOf(order) === asset ? sum + heldBy(order) : sum), 0n);
  const available = (asset: Asset): bigint => balances.get(asset)! - held(asset);
  const change = (asset: Asset, by: bigint): void => void balances.set(asset, balances.get(asset)! + by);

  /** What of the book the order may have: [price, volume], best first. */
  const inReach = (
    order: Pick<Order, "pair" | "buys" | "price" | "volume" | "filled">,
  ): [bigint, bigint][] => {
    const book = books.get(order.pair);
    const found: [bigint, bigint][] = [];
    let left = order.volume - order.filled;
    for (const [at, volume] of book?.[order.buys ? "asks" : "bids"] ?? []) {
      const price = units(at);
      if (left === 0n || (order.buys ? price > order.price : price < order.price)) break;
      const taken = units(volume) < left ? units(volume) : left;
      found.push([price, taken]);
      left -= taken;
    }
    return found;
  };
  const trade = (order: Order, price: bigint, volume: bigint, maker: boolean): void => {
    const cost = costOf(price, volume);
    const fee = (cost * FEE_BPS[maker ? "maker" : "taker"]) / 10_000n;
    const { base, quote } = PAIRS[order.pair];
    change(base, order.buys ? volume : -volume);
    change(quote, order.buys ? -cost - fee : cost - fee);
    order.filled += volume;
    order.cost += cost;
    order.fee += fee;
    if (order.filled === order.volume) order.status = "closed";
    trades.push({ id: id("T", trades.length + 1), order, price, volume, cost, fee, maker, time: now() });
  };
  /** Takes what was traded off the offers of others. */
  const takeOff = (order: Order, taken: bigint): void => {
    const book = books.get(order.pair)!;
    const side = order.buys ? "asks" : "bids";
    let left = taken;
    const rest = book[side].flatMap(([price, volume]): Level[] => {
      const gone = units(volume) < left ? units(volume) : left;
      left -= gone;
      return units(volume) === gone ? [] : [[price, write(units(volume) - gone, 8)]];
    });
    books.set(order.pair, { ...book, [side]: rest });
  };

  const described = (order: Order) => ({
    refid: null,
    userref: null,
    ...(order.clientId === undefined ? {} : { cl_ord_id: order.clientId }),
    status: order.status,
    opentm: order.opened,
    starttm: 0,
    expiretm: 0,
    descr: {
      pair: PAIRS[order.pair].altname,
      type: order.buys ? "buy" : "sell",
      ordertype: "limit",
      price: write(order.price, PAIRS[order.pair].pair_decimals),
      price2: "0",
      leverage: "none",
      order: `${order.buys ? "buy" : "sell"} ${write(order.volume, 8)} ${PAIRS[order.pair].altname} @ limit ${write(order.price, PAIRS[order.pair].pair_decimals)}`,
      close: "",
    },
    vol: write(order.volume, 8),
    vol_exec: write(order.filled, 8),
    cost: write(order.cost, 5),
    fee: write(order.fee, 5),
    price: order.filled === 0n ? "0.00000" : write((order.cost * ONE) / order.filled, 5),
    stopprice: "0.00000",
    limitprice: "0.00000",
    misc: "",
    oflags: order.post ? "post,fciq" : "fciq",
  });
  const byId = (found: readonly Order[]) =>
    Object.fromEntries(found.toReversed().map((order) => [order.txid, described(order)]));

  const addOrder = (params: Params) => {
    const pair = pairOf(params.pair);
    const { base, quote, pair_decimals, ordermin, costmin } = PAIRS[pair];
    if (params.ordertype !== "limit") refuse("EGeneral:Invalid arguments:ordertype");
    const [price, volume] = [units(params.price!), units(params.volume!)];
    if (price % 10n ** BigInt(PLACES - pair_decimals) !== 0n) refuse("EOrder:Invalid price");
    if (volume % 100n !== 0n) refuse("EGeneral:Invalid arguments:volume");
    if (volume < units(ordermin) || costOf(price, volume) < units(costmin))
      refuse("EOrder:Order minimum not met");
    if (
      params.cl_ord_id !== undefined &&
      orders.some((o) => o.status === "open" && o.clientId === params.cl_ord_id)
    )
      refuse("EGeneral:Invalid arguments:cl_ord_id not unique");
    const buys = params.type === "buy";
    const need = buys ? costOf(price, volume) : volume;
    if (available(buys ? quote : base) < need) refuse("EOrder:Insufficient funds");
    const post = params.oflags?.split(",").includes("post") === true;
    const order: Order = {
      txid: id("O", orders.length + 1),
      pair,
      buys,
      price,
      volume,
      clientId: params.cl_ord_id,
      post,
      opened: now(),
      status: "open",
      filled: 0n,
      cost: 0n,
      fee: 0n,
    };
    const meets = inReach(order);
    const reached = meets.reduce((sum, [, taken]) => sum + taken, 0n);
    if (post && reached > 0n) refuse("EOrder:Post only order");
    orders.push(order);
    const timeInForce = (params.timeinforce ?? "GTC").toUpperCase();
    if (timeInForce !== "FOK" || reached === volume) {
      for (const [at, taken] of meets) trade(order, at, taken, false);
      if (reached > 0n) takeOff(order, reached);
    }
    if (order.status === "open" && timeInForce !== "GTC") order.status = "canceled";
    return { descr: { order: described(order).descr.order }, txid: [order.txid] };
  };
  const cancel = (found: readonly Order[]) => {
    for (const order of found) order.status = "canceled";
    return { count: found.length };
  };
  const open = (): Order[] => orders.filter(({ status }) => status === "open");

  const priv: Record<string, (params: Params) => unknown> = {
    BalanceEx: () =>
      Object.fromEntries(
        [...balances]
          .filter(([, balance]) => balance > 0n)
          .map(([key, balance]) => [key, { balance: write(balance, 10), hold_trade: write(held(key), 10) }]),
      ),
    AddOrder: addOrder,
    CancelOrder: ({ txid, cl_ord_id }) => {
      const found = open().filter((o) =>
        cl_ord_id === undefined ? o.txid === txid : o.clientId === cl_ord_id,
      );
      return found.length === 0 ? refuse("EOrder:Unknown order") : cancel(found);
    },
    CancelAll: () => cancel(open()),
    OpenOrders: ({ cl_ord_id }) => ({
      open: byId(open().filter((o) => cl_ord_id === undefined || o.clientId === cl_ord_id)),
    }),
    ClosedOrders: ({ cl_ord_id }) => {
      const closed = orders.filter(
        (o) => o.status !== "open" && (cl_ord_id === undefined || o.clientId === cl_ord_id),
      );
      return { closed: byId(closed), count: closed.length };
    },
    QueryOrders: ({ txid }) => {
      const wanted = (txid ?? "").split(",");
      const found = orders.filter((order) => wanted.includes(order.txid));
      return found.length === 0 ? refuse("EOrder:Invalid order") : byId(found);
    },
    TradesHistory: ({ start, end, ofs = "0" }) => {
      const found = trades.filter(
        ({ time }) => time > Number(start ?? 0) && time <= Number(end ?? Number.POSITIVE_INFINITY),
      );
      const told = found.toReversed().map((t) => [
        t.id,
        {
          ordertxid: t.order.txid,
          postxid: "TKH2SE-M7IF5-CFI7LT",
          pair: t.order.pair,
          time: t.time,
          type: t.order.buys ? "buy" : "sell",
          ordertype: "limit",
          price: write(t.price, 5),
          cost: write(t.cost, 5),
          fee: write(t.fee, 5),
          vol: write(t.volume, 8),
          margin: "0.00000",
          misc: "",
          maker: t.maker,
        },
      ]);
      return { trades: Object.fromEntries(told.slice(Number(ofs), Number(ofs) + 50)), count: found.length };
    },
    DepositMethods: ({ asset }) =>
      assetOf(asset) === "XXBT"
        ? [{ method: "Bitcoin", limit: false, fee: "0.0000000000", "gen-address": true }]
        : [],
    DepositAddresses: ({ asset, method }) =>
      assetOf(asset) === "XXBT" && method === "Bitcoin"
        ? [{ address: "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", expiretm: "0", new: true }]
        : refuse("EFunding:No funding method"),
    WithdrawAddresses: ({ asset }) =>
      withdrawAddresses.map((address, i) => ({
        address,
        asset: ASSETS[assetOf(asset ?? "XBT")].altname,
        method: "Bitcoin",
        key: `wallet-${i + 1}`,
        verified: true,
      })),
    WithdrawInfo: ({ amount }) => ({ method: "Bitcoin", limit: "4.00000000", amount, fee: "0.0000100000" }),
    Withdraw: ({ asset, key, amount, address }) => {
      const index = withdrawAddresses.findIndex((_, i) => key === `wallet-${i + 1}`);
      if (index < 0 || (address !== undefined && withdrawAddresses[index] !== address))
        refuse("EFunding:Unknown withdraw key");
      const [code, sum, fee] = [assetOf(asset), units(amount!), units("0.00001")];
      if (available(code) < sum + fee) refuse("EFunding:Insufficient funds");
      change(code, -sum - fee);
      const refid = `AGBSO6T-UFMTTQ-${String(withdrawals.length + 1).padStart(6, "0")}`;
      withdrawals.unshift({
        method: "Bitcoin",
        aclass: "currency",
        asset: code,
        refid,
        txid: null,
        info: withdrawAddresses[index],
        amount: write(sum, 10),
        fee: write(fee, 10),
        time: Math.floor(now()),
        status: "Pending",
        key,
      });
      return { refid };
    },
    DepositStatus: () => deposits,
    WithdrawStatus: () => withdrawals,
  };

  return {
    /** Answers a private endpoint; throws KrakenError. */
    call: (endpoint: string, params: Params): unknown =>
      priv[endpoint] === undefined ? refuse("EGeneral:Unknown method") : priv[endpoint](params),
    book: (name: string | undefined): [PairId, Book] => {
      const found = pairOf(name);
      return [found, books.get(found) ?? { bids: [], asks: [] }];
    },
    /** Sets what others offer; the account's resting orders in reach trade at their own price. */
    setBook: (name: PairId, book: Book): void => {
      books.set(name, book);
      for (const order of open().filter((o) => o.pair === name)) {
        const reached = inReach(order).reduce((sum, [, taken]) => sum + taken, 0n);
        if (reached === 0n) continue;
        trade(order, order.price, reached, true);
        takeOff(order, reached);
      }
    },
    deposit: (asset: Asset, amount: string, txid: string): void => {
      change(asset, units(amount));
      deposits.unshift({
        method: "Bitcoin",
        aclass: "currency",
        asset,
        refid: `FTQcuak-V6Za8q-${String(deposits.length + 1).padStart(6, "0")}`,
        txid,
        info: "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        amount: write(units(amount), 10),
        fee: "0.0000000000",
        time: Math.floor(now()),
        status: "Success",
      });
    },
    balance: (asset: Asset): string => write(balances.get(asset)!, 10),
  };
};
export type KrakenAccount = ReturnType<typeof krakenAccount>;
