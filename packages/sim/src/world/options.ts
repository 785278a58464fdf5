import { someAreDue } from "@coinholder/engine";
import { balanceOf } from "../twin/twin.ts";
import { affordable } from "./money.ts";
import {
  a,
  anyCaller,
  anySize,
  callerNumber,
  fresh,
  ms,
  type Unstamped,
  type World,
  withOnce,
} from "./world.ts";

/** Accounts that sell: two of the first few, so that what they have is bound by orders and withdrawals as well. */
export const anyIssuer = (world: World): string => {
  const { random, twin } = world;
  const desks = twin.accounts.slice(6, 8);
  if (desks.length === 0 || random.chance(0.03)) return random.pick(["ac-nobody", "sys-hub", "operator"]);
  return random.pick(desks).id;
};

export const sellOption = (world: World): Unstamped => {
  const { random, twin, state, t } = world;
  const by = anyCaller(world, "buy-option");
  const issuer = anyIssuer(world);
  const giveCurrency = random.chance(0.7)
    ? "BTC"
    : random.pick(["USD", "EUR", "JPY", random.chance(0.1) ? "XXX" : "XAU"]);
  const wantCurrency = random.pick(["USD", "BTC", "EUR"].filter((code) => code !== giveCurrency));
  const desk = twin.accounts.findIndex((one) => one.id === issuer);
  const there = desk < 0 ? 0 : Number(balanceOf(twin, desk, wantCurrency).available);
  return withOnce(world, {
    kind: "sell-option",
    by,
    id: fresh(world, "op"),
    issuer,
    address: fresh(world, "bc"),
    index: state.chain.nextReceive,
    give: a(affordable(world, callerNumber(world, by), giveCurrency)),
    giveCurrency,
    want: a(random.chance(0.9) ? anySize(random, Math.max(1, there)) : anySize(random, 1e9)),
    wantCurrency,
    premium: a(random.chance(0.3) ? 0 : random.below(2000)),
    expires: ms(t + (random.chance(0.03) ? 0 : random.below(60_000))),
    json: "{}",
    signature: "signature",
  });
};

const anyOption = ({ random, twin }: World) => {
  const open = twin.options.filter((one) => one.state === "open");
  if (open.length > 0 && random.chance(0.85)) return random.pick(open);
  return twin.options.length > 0 ? random.pick(twin.options) : undefined;
};

export const exerciseOption = (world: World): Unstamped => {
  const { random, twin } = world;
  const option = anyOption(world);
  const by = anyCaller(world, "exercise-option");
  const id = option && twin.accounts[option.buyer]!.id;
  const key = twin.keys.find((one) => one.pairs.some((pair) => pair[0] === id));
  const owner = id !== undefined && key && random.chance(0.9) ? { ...by, token: key.token, account: id } : by;
  return withOnce(world, { kind: "exercise-option", by: owner, option: option?.id ?? "op-none" });
};

export const expireOptions = ({ state, t }: World): Unstamped | undefined =>
  someAreDue(state.options, ms(t)) ? { kind: "expire-options" } : undefined;

/** What it gives, or a part of it, to its address from somebody else's account. */
export const payOption = (world: World): Unstamped | undefined => {
  const { random } = world;
  const option = anyOption(world);
  if (!option) return undefined;
  const amount = a(Math.ceil(option.give / random.pick([1, 1, 2, 3])));
  return withOnce(world, { kind: "send", by: anyCaller(world, "send-btc"), address: option.address, amount });
};
