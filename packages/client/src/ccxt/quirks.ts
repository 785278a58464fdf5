import { randomToken } from "../random-token.ts";
import { type CcxtExchange, mentions } from "./ccxt-exchange.ts";

// Where exchanges differ and ccxt does not say it in a form that a program can ask for.

const CREATES_ORDER = /^create.*Order(?:Request)?$|orderRequest$/i;

/** By the exchange's own name where ccxt's (`clientOrderId`) does not get through. */
const CLIENT_ID_PARAM: Readonly<Record<string, string>> = {
  // ccxt 4.5 takes clientOrderId out of the request.
  coinbase: "client_order_id",
};

/** The parameter that carries an order's client id; undefined where the exchange takes none. */
export const clientIdParam = (exchange: CcxtExchange): string | undefined =>
  CLIENT_ID_PARAM[exchange.id] ??
  (mentions(exchange, CREATES_ORDER, /clientOrderId/) ? "clientOrderId" : undefined);

/**
 * Exchanges whose documentation takes such an id of ours, so that an order whose answer was lost can be found again though
 * its caller gave it no name.
 */
const OWN_CLIENT_ID: Readonly<Record<string, () => string>> = {
  binance: randomToken,
  bitstamp: () => crypto.randomUUID(),
  bybit: randomToken,
  coinbase: () => crypto.randomUUID(),
  kraken: () => crypto.randomUUID(),
  kucoin: randomToken,
  okx: randomToken,
};
export const ownClientId = (exchange: CcxtExchange): string | undefined => OWN_CLIENT_ID[exchange.id]?.();

/** The parameter that carries a withdrawal's client_id, where the exchange has one. */
const WITHDRAWAL_ID_PARAM: Readonly<Record<string, string>> = {
  binance: "withdrawOrderId",
  coinbase: "idem",
  okx: "clientId",
};
export const withdrawalIdParam = ({ id }: CcxtExchange): string | undefined => WITHDRAWAL_ID_PARAM[id];
/** Where it is documented that a second withdrawal under the same id is not made; others keep it to look withdrawals up by. */
export const paysOnce = ({ id }: CcxtExchange): boolean => id === "coinbase";

/** Says «on the Bitcoin network» where the exchange's function asks for a network and has that one. */
export const bitcoinNetwork = (exchange: CcxtExchange, names: RegExp): Readonly<Record<string, string>> => {
  if (!mentions(exchange, names, /network/)) return {};
  const networks = Object.keys(exchange.currencies.BTC?.networks ?? {});
  return networks.includes("BTC") ? { network: "BTC" } : {};
};

/** Whether a list of its can be asked for up to a time. */
export const takesUntil = (exchange: CcxtExchange, name: string): boolean =>
  exchange.features?.spot?.[name]?.untilDays !== undefined ||
  mentions(exchange, new RegExp(`^${name}$`), /["']until["']/);

/** The parameter that goes on with own trades past so many: Kraken's times are whole seconds, too coarse to go on by. */
export const OFFSET_PARAM: Readonly<Record<string, string>> = { kraken: "ofs" };

interface KrakenWithdrawals {
  readonly privatePostWithdrawAddresses: (params: object) => Promise<{
    readonly result?: readonly {
      readonly address?: string;
      readonly key?: string;
      readonly verified?: boolean;
    }[];
  }>;
  readonly privatePostWithdrawInfo: (
    params: object,
  ) => Promise<{ readonly result?: { readonly fee?: string } }>;
}

export interface Withdrawal {
  readonly params: Readonly<Record<string, unknown>>;
  readonly fee?: string | undefined;
}

/**
 * Kraken pays only to addresses that its owner has entered there, each under a name (`key`) that a withdrawal must give.
 * Undefined: that address is not among them.
 */
const krakenWithdrawal = async (
  exchange: CcxtExchange,
  address: string,
  amount: string,
): Promise<Withdrawal | undefined> => {
  const kraken = exchange as unknown as KrakenWithdrawals;
  const asset = exchange.currencies.BTC!.id;
  const { result = [] } = await kraken.privatePostWithdrawAddresses({ asset });
  const key = result.find((known) => known.address === address && known.verified !== false)?.key;
  if (key === undefined) return undefined;
  const { result: info } = await kraken.privatePostWithdrawInfo({ asset, key, amount });
  return { params: { key }, fee: info?.fee };
};

/** What must be known before a withdrawal, by exchange. */
export const PREPARE_WITHDRAWAL: Readonly<Record<string, typeof krakenWithdrawal>> = {
  kraken: krakenWithdrawal,
};
