import {
  type Answer,
  decodeAddress,
  isPayToAnchor,
  type Parameters,
  parseAmount,
  type Refusal,
  refusal,
} from "@coinholder/protocol";
import { HubError, withOutcome } from "../hub-error.ts";
import { refusedError, type WrappedCall } from "../wrapped.ts";
import type { Account } from "./account.ts";
import { type CcxtExchange, can, type Told } from "./ccxt-exchange.ts";
import { compare, type Decimal, decimal, text, write, writeShort } from "./decimal.ts";
import { bitcoinNetwork, PREPARE_WITHDRAWAL, paysOnce, withdrawalIdParam } from "./quirks.ts";
import { withdrawalStatus } from "./transfers.ts";

const refuse = (code: Refusal["code"], particulars: Record<string, unknown>, message?: string): never => {
  throw refusedError(refusal(code, particulars, message));
};

/** Why a text is no address that can be paid on the exchange's Bitcoin network. */
const problemOf = (exchange: CcxtExchange, address: string): string | undefined => {
  const decoded = decodeAddress(address);
  if ("error" in decoded) return decoded.error;
  if (isPayToAnchor(decoded.script)) return "anyone_can_spend";
  const isTest = exchange.isSandboxModeEnabled === true;
  return decoded.networks.includes("mainnet") !== isTest ? undefined : "other_network";
};

/** A fresh one where the exchange makes them, else the one that it has. */
const askAddress = async (account: Account, about: WrappedCall): Promise<string | undefined> => {
  const { exchange } = account;
  const fetchIt = (): Promise<{ readonly address?: string }> =>
    account.ask(about, () =>
      exchange.fetchDepositAddress("BTC", bitcoinNetwork(exchange, /^fetchDepositAddress$/)),
    );
  if (!can(exchange, "createDepositAddress")) return (await fetchIt()).address;
  try {
    const params = bitcoinNetwork(exchange, /^createDepositAddress$/);
    return (await account.change(about, () => exchange.createDepositAddress("BTC", params))).address;
  } catch (error) {
    // Exchanges keep only a few addresses without a deposit.
    const isFull = error instanceof HubError && error.code === "exchange_refused";
    if (!isFull || !can(exchange, "fetchDepositAddress")) throw error;
    return (await fetchIt()).address;
  }
};

export const newBtcAddress =
  (account: Account) =>
  async (_: unknown, about: WrappedCall): Promise<Answer<"new-btc-address">> => {
    const btc_address = await askAddress(account, about);
    // Some exchanges take «BTC» on other chains too: what is sent to such an address as bitcoin would be lost.
    if (btc_address === undefined || problemOf(account.exchange, btc_address) !== undefined)
      throw new HubError("answer_malformed", "What the exchange told is no address on the Bitcoin network.");
    return { btc_address };
  };

type Params = Parameters<"send-btc">;
type Sent = Answer<"send-btc">;

const bitcoinOf = ({ currencies }: CcxtExchange): { readonly fee?: Told; readonly least?: Told } => {
  const currency = currencies.BTC;
  const network = currency?.networks?.BTC;
  return {
    fee: network?.fee ?? currency?.fee,
    least: network?.limits?.withdraw?.min ?? currency?.limits?.withdraw?.min,
  };
};

const readPayment = ({ exchange }: Account, params: Params): Decimal => {
  if (params.quote_id !== undefined) refuse("quote_unknown", {});
  if (params.subtract_fee === true)
    refuse("unsupported", { param: "subtract_fee" }, "Exchanges decide themselves how their fee is taken.");
  const reason = problemOf(exchange, params.to_btc_address);
  if (reason !== undefined) refuse("address_invalid", { reason });
  const read = parseAmount(params.amount, 8);
  if ("problem" in read) return refuse("amount_invalid", { param: "amount", reason: read.problem });
  const amount: Decimal = { units: BigInt(read.amount), places: 8 };
  const least = decimal(bitcoinOf(exchange).least);
  if (least !== undefined && compare(amount, least) < 0)
    refuse("amount_invalid", { param: "amount", reason: "dust", least: write(least) });
  return amount;
};

const send = async (account: Account, params: Params, about: WrappedCall): Promise<Sent> => {
  const { exchange } = account;
  const { to_btc_address: address, client_id } = params;
  const amount = writeShort(readPayment(account, params));
  const prepare = PREPARE_WITHDRAWAL[exchange.id];
  const prepared =
    prepare === undefined
      ? { params: {} }
      : await account.ask(about, () => prepare(exchange, address, amount));
  if (prepared === undefined)
    return refuse(
      "address_not_allowed",
      {},
      `${exchange.name} pays only to addresses that were entered there.`,
    );
  const named = withdrawalIdParam(exchange);
  const extra = {
    ...bitcoinNetwork(exchange, /^withdraw$/),
    ...(named === undefined || client_id === undefined ? {} : { [named]: client_id }),
    ...prepared.params,
  };
  const done = await account.change(about, () => {
    exchange.checkAddress(address);
    return exchange.withdraw("BTC", amount, address, undefined, extra);
  });
  const told = withdrawalStatus(done);
  // «ok» right after asking says that it was taken, not that it has arrived.
  const status = told === "done" ? withdrawalStatus({ ...done, status: "pending" }) : told;
  if (status === "refused") refuse("exchange_refused", {}, `${exchange.name} refused the withdrawal.`);
  const fee = text(done.fee?.cost) ?? text(prepared.fee) ?? text(bitcoinOf(exchange).fee);
  return {
    ...(done.id === undefined ? {} : { transfer_id: String(done.id) }),
    status,
    ...(fee === undefined ? {} : { fee }),
  };
};

/** First answers by client_id, for as long as the connection stands. */
const KEPT = 10_000;

interface First {
  readonly asked: string;
  readonly answer: Promise<Sent>;
}

export const sendBtc = (account: Account) => {
  const firsts = new Map<string, First>();
  const isRepeatable = paysOnce(account.exchange);
  return async (params: Params, about: WrappedCall): Promise<Sent> => {
    const { client_id } = params;
    if (client_id === undefined) return send(account, params, about);
    const asked = JSON.stringify(Object.entries(params).sort());
    const first = firsts.get(client_id);
    if (first !== undefined) return first.asked === asked ? first.answer : refuse("client_id_conflict", {});
    const answer = send(account, params, about).catch((error: unknown) => {
      const isUnknown = error instanceof HubError && error.unknown;
      // Where the exchange itself would pay a second time, one whose outcome is unknown is never sent again.
      if (!isUnknown || isRepeatable) firsts.delete(client_id);
      throw isUnknown ? withOutcome(error, true, { client_id }) : error;
    });
    firsts.set(client_id, { asked, answer });
    if (firsts.size > KEPT) firsts.delete(firsts.keys().next().value!);
    return answer;
  };
};
