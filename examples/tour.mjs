// One script for every hub, and for the exchanges that are wrapped as one: tells balances, asks for an address, places an order that
// nobody will take, lists it and cancels it.
//
//   node tour.mjs http://127.0.0.1:8420        a hub, of whatever make
//   node tour.mjs mtgox:https://mtgox.com      Mt Gox's API of 2011
//   node tour.mjs ccxt:kraken                  any exchange that ccxt knows
//
// Whose account: TOKEN and KEY (with ACCOUNT where it is not the key's own), or NAME and PASS, or an exchange's API_KEY and SECRET (with
// PASSWORD and API_UID where it gave them). Or CREDENTIALS names a file that only you can read: {"credentials": {...}, "options": {...}}, as
// connect() takes them.
import { readFileSync, statSync } from "node:fs";
import { connect, HubError } from "@coinholder/client";

const account = () => {
  const { CREDENTIALS, TOKEN, KEY, ACCOUNT, NAME, PASS, API_KEY, SECRET, PASSWORD, API_UID } = process.env;
  if (CREDENTIALS !== undefined) {
    if ((statSync(CREDENTIALS).mode & 0o077) !== 0)
      throw new Error(`others can read ${CREDENTIALS}: chmod 600 it`);
    return JSON.parse(readFileSync(CREDENTIALS, "utf8"));
  }
  if (TOKEN && KEY) return { credentials: { token: TOKEN, key: KEY, account: ACCOUNT ?? TOKEN } };
  if (NAME && PASS) return { credentials: { name: NAME, pass: PASS } };
  if (API_KEY && SECRET)
    return {
      credentials: {
        apiKey: API_KEY,
        secret: SECRET,
        ...(PASSWORD && { password: PASSWORD }),
        ...(API_UID && { uid: API_UID }),
      },
    };
  throw new Error(
    "whose account? TOKEN and KEY, NAME and PASS, API_KEY and SECRET, or CREDENTIALS must be set",
  );
};

const decimal = (number) => number.toFixed(8).replace(/\.?0+$/, "");

/** What BTC costs now in that currency, where the hub tells. */
const priceOf = async (hub, market) => {
  if (!hub.overview.supported_functions.includes("ticker")) return undefined;
  const { bid, last } = await hub.call("ticker", { market });
  return Number(bid ?? last ?? 0) || undefined;
};

/** A tenth of what BTC costs, for about six of whatever it is: nobody sells so cheap. Else what the seed's own example says. */
const order = async (hub, available) => {
  const quotes = hub.overview.markets?.filter(({ base }) => base === "BTC").map(({ quote }) => quote);
  const quote = (quotes ?? Object.keys(available).map((code) => code.toUpperCase())).find(
    (code) => code !== "BTC" && Number(available[code.toLowerCase()] ?? 0) >= (quotes ? 60 : 1),
  );
  if (quote === undefined) throw new Error("this order needs some money other than BTC in the account");
  const price = await priceOf(hub, `BTC/${quote}`);
  if (price === undefined) return { trade_amt: "0.39", trade_cur: quote, for_amt: "1.05", for_cur: "BTC" };
  const low = Number((price / 10).toPrecision(2));
  const size = 10 ** Math.ceil(Math.log10(6 / low));
  return { trade_amt: decimal(low * size), trade_cur: quote, for_amt: decimal(size), for_cur: "BTC" };
};

const tour = async (url) => {
  const { credentials, options } = account();
  const hub = await connect(url, credentials, options);
  console.log(`hub: ${hub.overview.name ?? url}, with ${hub.overview.supported_functions.length} functions`);
  const { available } = await hub.call("my-balance");
  for (const [currency, amount] of Object.entries(available))
    console.log(`available: ${amount} ${currency.toUpperCase()}`);
  const { btc_address } = await hub.call("new-btc-address");
  console.log(`address: ${btc_address}`);

  const wanted = await order(hub, available);
  const { oid } = await hub.call("place-order", wanted);
  console.log(
    `placed: ${wanted.trade_amt} ${wanted.trade_cur} for ${wanted.for_amt} ${wanted.for_cur}, order ${oid}`,
  );
  const isOpen = async () => (await hub.call("my-open-orders")).orders.some((one) => one.oid === oid);
  try {
    console.log(`open: ${await isOpen()}`);
  } finally {
    await hub.call("cancel-order", { oid });
  }
  console.log(`cancelled: ${!(await isOpen())}`);
};

if (process.argv.length !== 3) {
  console.error("usage: node tour.mjs URL");
  process.exit(2);
}
try {
  await tour(process.argv[2]);
} catch (error) {
  console.error(error instanceof HubError ? `${error.code}: ${error.message}` : error.message);
  if (error.unknown) console.error("Whether that took effect is not known: look before you try again.");
  process.exitCode = error.unknown ? 3 : 1;
}
