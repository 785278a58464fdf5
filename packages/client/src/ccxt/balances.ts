import type { WrappedFunctions } from "../wrapped.ts";
import type { Account } from "./account.ts";
import type { Told } from "./ccxt-exchange.ts";
import { compare, decimal, write, ZERO } from "./decimal.ts";

/** Currencies of which there is something, in the protocol's form of keys. */
const something = (told: Readonly<Record<string, Told>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(told).flatMap(([code, amount]) => {
      const read = decimal(amount);
      return read === undefined || compare(read, ZERO) === 0 ? [] : [[code.toLowerCase(), write(read)]];
    }),
  );

/** What is incoming exchanges do not tell, nor what may leave of what there is. */
export const myBalance =
  (account: Account): NonNullable<WrappedFunctions["my-balance"]> =>
  async (_, about) => {
    const { free, used } = await account.ask(about, (exchange) => exchange.fetchBalance());
    return { available: something(free), pending: {}, held: something(used) };
  };
