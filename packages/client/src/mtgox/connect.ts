import { formatAmount, refusal } from "@coinholder/protocol";
import type { Credentials, ExchangeKeys, PasswordCredentials } from "../credentials.ts";
import { HubError, withOutcome } from "../hub-error.ts";
import { refusedError, type WrappedExchange, type WrappedFunctions } from "../wrapped.ts";
import { BTC_PLACES, USD_PLACES } from "./exact-json.ts";
import { cannot, clientIdRefused, readAmount } from "./order-form.ts";
import { makeOrders } from "./orders.ts";
import { balance, depth, malformed, members, ticker, trades } from "./read-answers.ts";
import { type Mtgox, makeMtgox } from "./speak.ts";

const MARKET = "BTC/USD";
/** As many levels as a hub tells where none are asked for, and as many trades. */
const USUAL = 50;

const ofMarket = (market: string): void => {
  if (market !== MARKET) throw refusedError(refusal("market_unknown"));
};

const marketData = (mtgox: Mtgox): WrappedFunctions => ({
  ticker: async ({ market }, { signal }) => {
    ofMarket(market);
    return ticker(await mtgox.look("/code/data/ticker.php", signal), Date.now());
  },
  depth: async ({ market, limit = USUAL }, { signal }) => {
    ofMarket(market);
    return depth(await mtgox.look("/code/data/getDepth.php", signal), Date.now(), limit);
  },
  // What it tells when asked for none in particular; it has no way of asking for what is older.
  trades: async ({ market, before, limit = USUAL }, { signal }) => {
    ofMarket(market);
    const all = trades(await mtgox.look("/code/data/getTrades.php", signal));
    const asked = before === undefined ? all : all.filter(({ trade_id }) => Number(trade_id) < before);
    const page = asked.slice(0, limit);
    const more = asked.length > page.length;
    return {
      trades: page,
      more_exist: more,
      ...(more ? { next_before: Number(page.at(-1)!.trade_id) } : {}),
    };
  },
});

/** A new address. It was seen in one folder only; a server that has it with all the others is asked there. */
const newAddress = async (mtgox: Mtgox, signal: AbortSignal): Promise<unknown> => {
  try {
    return await mtgox.change("/api/0/btcAddress.php", {}, signal);
  } catch (error) {
    if (!(error instanceof HubError) || error.status !== 404) throw error;
    return mtgox.change("/code/btcAddress.php", {}, signal);
  }
};

const ofAccount = (mtgox: Mtgox): WrappedFunctions => {
  const orders = makeOrders(mtgox);
  return {
    "my-balance": async (_params, { signal }) => balance(await mtgox.read("/code/getFunds.php", signal)),
    "place-order": orders.place,
    "my-open-orders": (_params, { signal }) => orders.list(signal),
    "cancel-order": orders.cancel,
    "new-btc-address": async (_params, { signal }) => {
      const { addr } = members(await newAddress(mtgox, signal), "the address");
      if (typeof addr !== "string" || addr === "") throw withOutcome(malformed("no address"), true);
      return { btc_address: addr };
    },
    "send-btc": async ({ to_btc_address, amount, client_id, quote_id, subtract_fee }, { signal }) => {
      if (client_id !== undefined) throw clientIdRefused();
      if (quote_id !== undefined) throw cannot("it quotes no fees");
      if (subtract_fee) throw cannot("it takes fees as it does (subtract_fee)");
      const btc = formatAmount(readAmount(amount, "BTC", "amount"), BTC_PLACES);
      const form = { group1: "BTC", btca: to_btc_address, amount: btc };
      const answer = await mtgox.change("/code/withdraw.php", form, signal);
      if (typeof answer !== "object" || answer === null || !("status" in answer))
        throw withOutcome(malformed("it does not say that the funds are on their way"), true);
      // The seed's answer: Mt Gox names neither the payment nor its fee.
      return {};
    },
  };
};

const baseOf = (url: string): string => {
  const text = url.slice("mtgox:".length);
  const base = URL.canParse(text) ? new URL(text) : undefined;
  if (base === undefined || !/^https?:$/.test(base.protocol) || base.search !== "" || base.hash !== "")
    throw new TypeError(`after mtgox: comes where it is, such as mtgox:https://mtgox.com, not ${text}`);
  if (base.username !== "" || base.password !== "")
    throw new TypeError("name and password are given beside the URL, not in it");
  return base.href.replace(/\/+$/, "");
};

const passwordOf = (credentials: Credentials | ExchangeKeys | undefined): PasswordCredentials | undefined => {
  if (credentials === undefined) return undefined;
  if (!("pass" in credentials)) throw new TypeError("Mt Gox takes name and pass, not keys");
  return credentials;
};

/**
 * Mt Gox's API of 2011 (`/code/*.php`) as a hub. Without name and password only market data is on offer. It tells an account neither its
 * trades nor its transfers, so these functions are not there.
 * @param url `mtgox:` and where it is: `mtgox:https://mtgox.com`
 */
export const connectMtgox = async (
  url: string,
  credentials: Credentials | ExchangeKeys | undefined,
): Promise<WrappedExchange> => {
  const password = passwordOf(credentials);
  const mtgox = makeMtgox(baseOf(url), password);
  return {
    url,
    about: {
      name: "Mt Gox",
      currencies: [
        { code: "BTC", decimals: BTC_PLACES },
        { code: "USD", decimals: USD_PLACES },
      ],
      markets: [{ name: MARKET, base: "BTC", quote: "USD", tick: "0.00001", lot: "0.00000001" }],
    },
    functions: { ...marketData(mtgox), ...(password === undefined ? {} : ofAccount(mtgox)) },
  };
};
