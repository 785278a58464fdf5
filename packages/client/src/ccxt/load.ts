import type { ConnectOptions } from "../connect.ts";
import type { ExchangeKeys } from "../credentials.ts";
import { HubError } from "../hub-error.ts";
import type { CcxtExchange } from "./ccxt-exchange.ts";

interface Ccxt {
  readonly exchanges: readonly string[];
  readonly [id: string]: unknown;
}

/** A name that the compiler and bundlers do not follow: ccxt weighs 66 MB and may not be there. */
const PACKAGE = "ccxt";

const loadCcxt = async (): Promise<Ccxt> => {
  try {
    const loaded = await import(/* @vite-ignore */ PACKAGE);
    return loaded.default as Ccxt;
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new HubError("unsupported", "ccxt is not installed: npm install ccxt", { cause: error });
  }
};

/** Letters to put in, take out or change (Levenshtein). */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++)
      row.push(Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
  }
  return row[b.length]!;
};

export const nearNames = (name: string, names: readonly string[]): string[] =>
  names
    .map((known) => ({
      known,
      far: known.startsWith(name) || name.startsWith(known) ? 1 : distance(name, known),
    }))
    .filter(({ far }) => far <= 2)
    .sort((a, b) => a.far - b.far || (a.known < b.known ? -1 : 1))
    .slice(0, 5)
    .map(({ known }) => known);

/** An exchange of ccxt, not asked yet. Throws HubError. */
export const loadExchange = async (
  id: string,
  keys: ExchangeKeys | undefined,
  given: NonNullable<ConnectOptions["ccxt"]>,
): Promise<CcxtExchange> => {
  const ccxt = await loadCcxt();
  if (!ccxt.exchanges.includes(id)) {
    const near = nearNames(id, ccxt.exchanges);
    throw new HubError(
      "unsupported",
      `ccxt knows no exchange ${JSON.stringify(id)}.${near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`}`,
      { particulars: { near } },
    );
  }
  const Exchange = ccxt[id] as new (
    options: object,
  ) => CcxtExchange & {
    readonly options: { readonly fetchMarkets?: { types?: unknown } };
  };
  try {
    const exchange = new Exchange({
      ...given,
      ...keys,
      options: {
        defaultType: "spot",
        // Else Binance refuses the question that `my-open-orders` asks, for its price in calls.
        warnOnFetchOpenOrdersWithoutSymbol: false,
        fetchMargins: false,
        ...(given.options as object | undefined),
        // ccxt would send withdrawals and orders again, too.
        maxRetriesOnFailure: 0,
      },
      // Otherwise every amount would come as a float.
      number: String,
    });
    const markets = exchange.options.fetchMarkets;
    if (Array.isArray(markets?.types) && given.options === undefined) markets.types = ["spot"];
    return exchange;
  } catch (error) {
    throw new HubError("unsupported", `ccxt cannot open ${id}: ${(error as Error).message}`, {
      cause: error,
    });
  }
};
