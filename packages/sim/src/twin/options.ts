import type { ExerciseOption, SellOption, Stamped } from "@coinholder/engine";
import {
  balanceOf,
  leftOf,
  numberOf,
  OPERATOR,
  type Twin,
  type TwinCaller,
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

export const twinSell = (twin: Twin, command: Stamped<SellOption>, caller: TwinCaller): Verdict => {
  const { t, give, giveCurrency, want, wantCurrency, premium } = command;
  const caps = twin.config.options;
  const byId = numberOf(twin, command.issuer);
  const issuer = byId >= 0 ? byId : twin.accounts.findIndex((one) => one.name === command.issuer);
  if (!caps || issuer < OPERATOR || issuer === caller.account) return "desk_closed";
  for (const code of [giveCurrency, wantCurrency])
    if (!twin.config.currencies.some((one) => one.code === code)) return "currency_unknown";
  if (command.expires <= t) return "overloaded";
  const open = twin.options.filter(isOpen);
  if (open.filter((one) => one.buyer === caller.account).length >= caps.mostPerBuyer)
    return "option_limit_reached";
  if (open.length >= caps.most) return "option_limit_reached";
  if (premium > 0) {
    if (BigInt(premium) > balanceOf(twin, caller.account, giveCurrency).available)
      return "insufficient_funds";
    const left = leftOf(caller.key, giveCurrency, t);
    if (left !== undefined && premium > left) return "limit_exceeded";
  }
  const side = balanceOf(twin, issuer, wantCurrency);
  if (BigInt(want) > side.available) return "desk_short";
  forget(twin, t);
  if (premium > 0) {
    useUp(caller.key, giveCurrency, premium, t);
    move(twin, giveCurrency, caller.account, issuer, premium);
  }
  side.available -= BigInt(want);
  side.held += BigInt(want);
  twin.addresses.set(command.address, caller.account);
  twin.options.push({
    id: command.id,
    buyer: caller.account,
    issuer,
    address: command.address,
    give,
    giveCurrency,
    want,
    wantCurrency,
    expires: command.expires,
    received: 0,
    state: "open",
    endedAt: 0,
  });
  return "done";
};

const carryOut = (twin: Twin, option: TwinOption, t: number): void => {
  end(option, "exercised", t);
  free(twin, option);
  move(twin, option.giveCurrency, option.buyer, option.issuer, option.give);
  move(twin, option.wantCurrency, option.issuer, option.buyer, option.want);
};

const canGive = (twin: Twin, { buyer, give, giveCurrency }: TwinOption): boolean =>
  balanceOf(twin, buyer, giveCurrency).available >= BigInt(give);

export const twinExercise = (twin: Twin, command: Stamped<ExerciseOption>, caller: TwinCaller): Verdict => {
  const { t } = command;
  const option = twin.options.find((one) => one.id === command.option);
  if (option?.buyer !== caller.account) return "option_unknown";
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
export const twinCredited = (twin: Twin, address: string, change: number, t: number): void => {
  const option = twin.options.find((one) => one.address === address && isOpen(one));
  if (option?.giveCurrency !== "BTC") return;
  option.received += change;
  const enough = change > 0 && option.received >= option.give && canGive(twin, option);
  if (enough && t < option.expires) carryOut(twin, option, t);
};
