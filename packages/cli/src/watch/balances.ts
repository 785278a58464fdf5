import type { Answer } from "@coinholder/protocol";
import { clean } from "../terminal.ts";
import { clockTime } from "../times.ts";
import { balanceLines } from "../views/accounts.ts";
import type { Watched } from "./watched.ts";

type Balance = Answer<"my-balance">;
type Flat = ReadonlyMap<string, string>;

/** "BTC available" -> "1.50": nothing is nothing, whether a currency is named or not. */
const flat = (balance: Balance | undefined): Flat =>
  new Map(
    Object.entries(balance ?? {}).flatMap(([kind, of]) =>
      Object.entries(of).map(([currency, amount]) => [`${currency.toUpperCase()} ${kind}`, amount] as const),
    ),
  );

export const watchBalances = (whose: string): Watched<Balance> => ({
  title: `Balances of ${whose}`,
  channel: "balances",
  ask: (hub) => hub.call("my-balance"),
  draw: (_before, { data }) => data as Balance,
  screen: (balance) => balanceLines(balance),
  news: (balance, before, { t }) => {
    const now = flat(balance);
    const was = flat(before);
    const names = [...new Set([...now.keys(), ...was.keys()])];
    return names
      .filter((name) => (now.get(name) ?? "0") !== (was.get(name) ?? "0"))
      .map(
        (name) =>
          `${clockTime(t)}  ${clean(name)}  ${clean(was.get(name) ?? "0")} -> ${clean(now.get(name) ?? "0")}`,
      );
  },
});
