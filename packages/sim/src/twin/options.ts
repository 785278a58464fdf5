import type { AttachOption, ExerciseOption, PayFiat, SellOption, Stamped } from "@coinholder/engine";
import { twinAllows } from "./allowlist.ts";
import { twinUnpayable } from "./invoices.ts";
import { twinGiveMarks } from "./lines.ts";
import {
  balanceOf,
  leftOf,
  numberOf,
  OPERATOR,
  type Twin,
  type TwinCaller,
  type TwinLineCoin,
  type TwinOption,
  useUp,
  type Verdict,
} from "./twin.ts";

const HOUR_MS = 3_600_000;

const isOpen = (option: TwinOption): boolean => option.state === "open";

/** As the commands on options do, and only they. */
const forget = (twin: Twin, t: number): void => {
  twin.options = twin.options.filter((one) => isOpen(one) || one.endedAt + HOUR_MS > t);
};

const end = (option: TwinOption, state: "exercised" | "expired", t: number): void => {
  option.state = state;
  option.endedAt = t;
};

const move = (twin: Twin, currency: string, from: number, to: number, amount: number): void => {
  balanceOf(twin, from, currency).available -= BigInt(amount);
  balanceOf(twin, to, currency).available += BigInt(amount);
  twin.lastTransfer++;
};

const free = (twin: Twin, option: TwinOption): void => {
  const balance = balanceOf(twin, option.issuer, option.wantCurrency);
  balance.held -= BigInt(option.want);
  balance.available += BigInt(option.want);
};

/** The desk's account, or -1. */
const deskOf = (twin: Twin, issuer: string): number => {
  const byId = numberOf(twin, issuer);
  const desk = byId >= 0 ? byId : twin.accounts.findIndex((one) => one.name === issuer);
  return !twin.config.options || desk < OPERATOR || desk === twin.linesAccount ? -1 : desk;
};

const isStranger = (twin: Twin, identity: string): boolean => !twin.identities.get(identity)?.ceiling;

export const twinSell = (
  twin: Twin,
  command: Stamped<SellOption>,
  caller: TwinCaller | undefined,
): Verdict => {
  const { t, give, giveCurrency, want, wantCurrency, premium } = command;
  const to = command.to?.identity;
  let buyer = caller?.account;
  if (buyer === undefined) {
    const invoice = twin.invoices.find((one) => one.address === command.address);
    if (invoice?.owner === undefined) return "invoice_unknown";
    const unpayable = twinUnpayable(invoice, t);
    if (unpayable) return unpayable;
    if (invoice.fiat?.currency !== wantCurrency) return "param_invalid";
    buyer = invoice.owner;
  }
  const caps = twin.config.options;
  const issuer = deskOf(twin, command.issuer);
  if (!caps || issuer < 0 || issuer === buyer) return "desk_closed";
  for (const code of [giveCurrency, wantCurrency])
    if (!twin.config.currencies.some((one) => one.code === code)) return "currency_unknown";
  if (command.expires <= t) return "overloaded";
  const open = twin.options.filter(isOpen);
  const own = open.filter((one) => (to === undefined ? one.buyer === buyer && !one.to : one.to === to));
  if (own.length >= caps.mostPerBuyer) return "option_limit_reached";
  if (open.length >= caps.most) return "option_limit_reached";
  const strangers = open.filter((one) => one.to !== undefined && isStranger(twin, one.to)).length;
  if (to !== undefined && isStranger(twin, to) && 2 * strangers >= caps.most) return "option_limit_reached";
  if (premium > 0 && caller) {
    if (BigInt(premium) > balanceOf(twin, caller.account, giveCurrency).available)
      return "insufficient_funds";
    const left = leftOf(caller.key, giveCurrency, t);
    if (left !== undefined && premium > left) return "limit_exceeded";
  }
  const side = balanceOf(twin, issuer, wantCurrency);
  if (BigInt(want) > side.available) return "desk_short";
  if (to !== undefined && isStranger(twin, to)) {
    let bound = 0n;
    for (const one of open)
      if (
        one.to !== undefined &&
        isStranger(twin, one.to) &&
        one.issuer === issuer &&
        one.wantCurrency === wantCurrency
      )
        bound += BigInt(one.want);
    if (2n * (bound + BigInt(want)) > bound + side.available) return "desk_short";
  }
  forget(twin, t);
  if (premium > 0 && caller) {
    useUp(caller.key, giveCurrency, premium, t);
    if (giveCurrency === "BTC") twinGiveMarks(twin, [caller.account, issuer], premium);
    move(twin, giveCurrency, caller.account, issuer, premium);
  }
  side.available -= BigInt(want);
  side.held += BigInt(want);
  if (caller) twin.addresses.set(command.address, buyer);
  twin.options.push({
    id: command.id,
    buyer,
    issuer,
    address: command.address,
    give,
    giveCurrency,
    want,
    wantCurrency,
    expires: command.expires,
    to,
    txid: undefined,
    received: 0,
    state: "open",
    endedAt: 0,
  });
  return "done";
};

const carryOut = (
  twin: Twin,
  option: TwinOption,
  t: number,
  which?: (coin: TwinLineCoin) => boolean,
): void => {
  end(option, "exercised", t);
  free(twin, option);
  if (option.giveCurrency === "BTC") twinGiveMarks(twin, [option.buyer, option.issuer], option.give, which);
  move(twin, option.giveCurrency, option.buyer, option.issuer, option.give);
  move(twin, option.wantCurrency, option.issuer, option.buyer, option.want);
};

const canGive = (twin: Twin, { buyer, give, giveCurrency }: TwinOption): boolean =>
  balanceOf(twin, buyer, giveCurrency).available >= BigInt(give);

export const twinExercise = (twin: Twin, command: Stamped<ExerciseOption>, caller: TwinCaller): Verdict => {
  const { t } = command;
  const option = twin.options.find((one) => one.id === command.option);
  if (option?.buyer !== caller.account || option.to !== undefined) return "option_unknown";
  if (!isOpen(option) || t >= option.expires) return "option_not_open";
  if (!canGive(twin, option)) return "insufficient_funds";
  forget(twin, t);
  carryOut(twin, option, t);
  return "done";
};

export const twinExpire = (twin: Twin, t: number): void => {
  forget(twin, t);
  for (const option of twin.options.filter((one) => isOpen(one) && one.expires <= t)) {
    end(option, "expired", t);
    free(twin, option);
  }
};

/** BTC began to count at an address, or (negative) do so no more. */
export const twinCredited = (twin: Twin, address: string, change: number, t: number, txid?: string): void => {
  for (const one of twin.options)
    if (change > 0 && one.address === address && one.txid !== undefined && one.txid === txid)
      carryOutAttached(twin, one, t);
  const option = twin.options.find((one) => one.address === address && isOpen(one) && one.to === undefined);
  if (option?.giveCurrency !== "BTC") return;
  option.received += change;
  const enough = change > 0 && option.received >= option.give && canGive(twin, option);
  if (enough && t < option.expires) carryOut(twin, option, t, (coin) => coin.address === address);
};

/** For an invoice: with the coins of its own transfer, and none that another option took. */
const carryOutAttached = (twin: Twin, option: TwinOption, t: number): void => {
  const { address, give, txid, want } = option;
  const invoice = twin.invoices.find((one) => one.address === address);
  if (!isOpen(option) || t >= option.expires || !invoice?.fiat || txid === undefined) return;
  const left = invoice.fiat.left.get(txid) ?? 0;
  if (left < give || !canGive(twin, option)) return;
  invoice.fiat.left.set(txid, left - give);
  invoice.fiat.given += give;
  invoice.fiat.received += want;
  carryOut(twin, option, t, (coin) => coin.address === address && coin.outpoint.startsWith(`${txid}:`));
};

export const twinAttachOption = (twin: Twin, { option: id, t, txid }: Stamped<AttachOption>): Verdict => {
  const option = twin.options.find((one) => one.id === id);
  if (option?.to === undefined) return "option_unknown";
  if (option.txid === txid) return "done";
  if (option.txid !== undefined || !isOpen(option) || t >= option.expires) return "option_not_open";
  option.txid = txid;
  carryOutAttached(twin, option, t);
  return "done";
};

export const twinPayFiat = (twin: Twin, command: Stamped<PayFiat>, { account, key }: TwinCaller): Verdict => {
  const { address, t, via } = command;
  const invoice = twin.invoices.find((one) => one.address === address);
  if (invoice?.owner === undefined || !invoice.fiat) return "invoice_unknown";
  if (invoice.owner === account) return "own_address";
  if (!twinAllows(twin, account, address, t)) return "address_not_allowed";
  const unpayable = twinUnpayable(invoice, t);
  if (unpayable) return unpayable;
  const { currency } = invoice.fiat;
  const due = invoice.amount - invoice.fiat.received;
  const charged = via === "balance" ? currency : "BTC";
  const cost = via === "balance" ? due : via.give + via.premium;
  const issuer = via === "balance" ? -1 : deskOf(twin, via.issuer);
  if (via !== "balance") {
    if (issuer < 0 || issuer === account) return "desk_closed";
    if (via.expires <= t) return "overloaded";
  }
  if (BigInt(cost) > balanceOf(twin, account, charged).available) return "insufficient_funds";
  const left = leftOf(key, charged, t);
  if (left !== undefined && cost > left) return "limit_exceeded";
  if (via !== "balance" && BigInt(due) > balanceOf(twin, issuer, currency).available) return "desk_short";
  useUp(key, charged, cost, t);
  if (via !== "balance") {
    twinGiveMarks(twin, [account, issuer], cost);
    if (via.premium > 0) move(twin, "BTC", account, issuer, via.premium);
    move(twin, "BTC", account, issuer, via.give);
    move(twin, currency, issuer, account, due);
  }
  move(twin, currency, account, invoice.owner, due);
  invoice.fiat.received += due;
  return "done";
};
