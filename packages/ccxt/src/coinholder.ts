import type { Answer } from "@coinholder/protocol";
import {
  type Balances,
  type Currency,
  type DepositAddress,
  type Dict,
  type Int,
  NotSupported,
  Precise,
  type Str,
  type TradingFeeInterface,
  type TradingFees,
  type Transaction,
} from "ccxt";
import { randomToken } from "./hub-exchange.ts";
import { Orders } from "./orders.ts";
import { pagesBack } from "./pages.ts";
import { isDepositOrWithdrawal, shareOf, type Transfer, transferStatus } from "./structures.ts";

const PAGES_WITHOUT_SINCE = 10;
const DEFAULT_TRANSFERS = 50;

/**
 * A hub as an exchange of ccxt. `apiKey` is the authkey's token, `secret` its key, `uid` the account; the hub is named by
 * `hostname` ("hub.example", or a whole URL) or by `urls: { api: "https://hub.example" }`.
 */
export class coinholder extends Orders {
  private lastAddress: string | undefined;

  override async fetchBalance(params: Dict = {}): Promise<Balances> {
    await this.loadMarkets();
    return this.parseBalance(await this.call("my-balance", params));
  }

  /** Currencies of which the account has nothing are told as zero. */
  override parseBalance(response: Answer<"my-balance">): Balances {
    const { available, held = {} } = response;
    const told = [...Object.keys(available), ...Object.keys(held)].map((code) => code.toUpperCase());
    const result: Dict = { info: response };
    for (const code of new Set([...Object.keys(this.currencies), ...told])) {
      const free = available[code.toLowerCase()] ?? "0";
      const isDebt = Precise.stringLt(free, "0");
      result[code] = {
        free: isDebt ? "0" : free,
        used: held[code.toLowerCase()] ?? "0",
        ...(isDebt ? { debt: Precise.stringNeg(free) } : {}),
      };
    }
    return this.safeBalance(result);
  }

  override async fetchTradingFee(symbol: string, params: Dict = {}): Promise<TradingFeeInterface> {
    await this.loadMarkets();
    const { id } = this.market(symbol);
    const { markets } = await this.call("my-fees", { market: id, ...params });
    return this.parseTradingFee(markets.find(({ market }) => market === id)!);
  }

  override async fetchTradingFees(params: Dict = {}): Promise<TradingFees> {
    await this.loadMarkets();
    const { markets } = await this.call("my-fees", params);
    const fees = markets.map((market) => this.parseTradingFee(market));
    return Object.fromEntries(fees.map((fee) => [fee.symbol, fee])) as TradingFees;
  }

  private parseTradingFee(fees: Answer<"my-fees">["markets"][number]): TradingFeeInterface {
    return {
      info: fees,
      symbol: this.safeMarket(fees.market).symbol,
      maker: this.parseNumber(shareOf(fees.maker_fee_bps)),
      taker: this.parseNumber(shareOf(fees.taker_fee_bps)),
      percentage: true,
      tierBased: true,
    };
  }

  override async createDepositAddress(code: string, params: Dict = {}): Promise<DepositAddress> {
    await this.loadMarkets();
    if (this.currency(code).code !== "BTC")
      throw new NotSupported(`${this.id}: only BTC comes in by an address`);
    const answer = await this.call("new-btc-address", this.omit(params, ["network"]));
    this.lastAddress = answer.btc_address;
    return { info: answer, currency: "BTC", network: "BTC", address: answer.btc_address, tag: undefined };
  }

  /** The address that this object asked for last, else a new one: a hub makes as many as it is asked for, and all stay good. */
  override async fetchDepositAddress(code: string, params: Dict = {}): Promise<DepositAddress> {
    if (this.lastAddress === undefined || code !== "BTC") return this.createDepositAddress(code, params);
    return { info: {}, currency: "BTC", network: "BTC", address: this.lastAddress, tag: undefined };
  }

  /**
   * BTC to an address, at once where it is one of the same hub; another currency to a destination in the operator's words.
   * The amount is what arrives (`params.subtract_fee`: what is taken).
   */
  override async withdraw(
    code: string,
    amount: number,
    address: string,
    _tag: Str = undefined,
    params: Dict = {},
  ): Promise<Transaction> {
    await this.loadMarkets();
    const currency = this.currency(code);
    const {
      clientOrderId,
      client_id = clientOrderId ?? randomToken(),
      ...others
    } = this.omit(params, ["network"]);
    const text = new Precise(this.numberToString(amount)!).toString();
    const common = { amount: text, client_id, ...others };
    const answer: Answer<"send-btc"> =
      currency.code === "BTC"
        ? await this.call("send-btc", { to_btc_address: address, ...common })
        : await this.call("withdraw-fiat", {
            currency: currency.code,
            destination: address,
            ...common,
          });
    return this.parseTransaction(
      {
        ...answer,
        kind: currency.code === "BTC" ? "withdrawal" : "fiat-withdrawal",
        direction: "out",
        currency: currency.code,
        amount: text,
        [currency.code === "BTC" ? "btc_address" : "reference"]: address,
      },
      currency,
    );
  }

  private async transfers(
    direction: "in" | "out" | undefined,
    code: Str,
    since: Int,
    limit: Int,
    params: Dict,
  ): Promise<Transaction[]> {
    await this.loadMarkets();
    const currency = code === undefined ? undefined : this.currency(code);
    const { rows } = await pagesBack<Transfer>(
      async (page) => {
        const answer = await this.call("my-transfers", { ...page, ...params });
        return { rows: answer.transfers, more_exist: answer.more_exist, next_before: answer.next_before };
      },
      (row) =>
        isDepositOrWithdrawal(row) &&
        (direction === undefined || row.direction === direction) &&
        (currency === undefined || row.currency === currency.code),
      since === undefined ? { count: limit ?? DEFAULT_TRANSFERS, pages: PAGES_WITHOUT_SINCE } : { since },
    );
    const newest = since === undefined ? rows.slice(0, limit ?? DEFAULT_TRANSFERS) : rows;
    return this.parseTransactions(newest, currency, since, limit);
  }

  override fetchDeposits(code?: Str, since?: Int, limit?: Int, params: Dict = {}): Promise<Transaction[]> {
    return this.transfers("in", code, since, limit, params);
  }
  override fetchWithdrawals(code?: Str, since?: Int, limit?: Int, params: Dict = {}): Promise<Transaction[]> {
    return this.transfers("out", code, since, limit, params);
  }
  override fetchDepositsWithdrawals(
    code?: Str,
    since?: Int,
    limit?: Int,
    params: Dict = {},
  ): Promise<Transaction[]> {
    return this.transfers(undefined, code, since, limit, params);
  }

  override parseTransaction(transaction: Dict, _currency?: Currency): Transaction {
    const told = transaction as Transfer;
    const isIn = told.direction === "in";
    const address = told.btc_address ?? (told.kind === "fiat-withdrawal" ? told.reference : undefined);
    return {
      info: transaction,
      id: told.transfer_id,
      txid: told.txid,
      timestamp: told.t,
      datetime: told.t === undefined ? undefined : this.iso8601(told.t),
      network: told.currency === "BTC" ? "BTC" : undefined,
      address,
      addressTo: address,
      addressFrom: undefined,
      tag: undefined,
      tagTo: undefined,
      tagFrom: undefined,
      type: isIn ? "deposit" : "withdrawal",
      amount: this.parseNumber(told.amount),
      currency: this.safeCurrencyCode(told.currency),
      status: transferStatus(told.status),
      updated: undefined,
      internal: told.kind === "internal",
      comment: told.reference,
      fee: { currency: told.currency, cost: this.parseNumber(told.fee ?? "0"), rate: undefined },
    } as unknown as Transaction;
  }
}
