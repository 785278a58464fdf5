// A program for ccxt, on a hub: HUB=http://localhost:8420 ACCOUNT=ac-... TOKEN=ak-... KEY=... node examples/ccxt-bot.mjs
// Bids for a little BTC one percent below the market, shows the order, and takes it back. All but the first lines
// would be the same on any exchange of ccxt.
import { coinholder } from "@coinholder/ccxt";
import { InsufficientFunds, InvalidOrder } from "ccxt";

const { HUB, ACCOUNT, TOKEN, KEY } = process.env;
const exchange = new coinholder({ hostname: HUB, uid: ACCOUNT, apiKey: TOKEN, secret: KEY });

const symbol = "BTC/USD";
const { bid, ask } = await exchange.fetchTicker(symbol);
console.log(`${symbol} is ${bid ?? "-"} to ${ask ?? "-"}`);
const { USD } = await exchange.fetchBalance();
console.log(`${USD.free} USD are free`);

try {
  const order = await exchange.createOrder(symbol, "limit", "buy", 0.01, (bid ?? 1) * 0.99);
  const open = await exchange.fetchOrder(order.id, symbol);
  console.log(`${open.id} ${open.side} ${open.amount} at ${open.price}: ${open.status}`);
  const { status } = await exchange.cancelOrder(order.id, symbol);
  console.log(status);
} catch (error) {
  // A refusal: nothing was placed. Anything else may have been, and is looked at first.
  if (!(error instanceof InsufficientFunds || error instanceof InvalidOrder)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
