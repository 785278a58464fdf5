import { type Answer, bestLevels, type Level } from "@coinholder/protocol";
import { linesOf, table } from "../output.ts";
import { bold, clean, dim, green, red } from "../terminal.ts";
import { localTime } from "../times.ts";

type Sides = { readonly bids: readonly Level[]; readonly asks: readonly Level[] };

const units = (text: string, places: number): bigint => {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(places, "0"));
};

/** "65010.00" less "64990.00", exactly. */
export const spread = (ask: string, bid: string): string => {
  const places = Math.max(...[ask, bid].map((text) => text.split(".")[1]?.length ?? 0));
  const left = units(ask, places) - units(bid, places);
  const digits = String(left < 0n ? -left : left).padStart(places + 1, "0");
  const sign = left < 0n ? "-" : "";
  if (places === 0) return sign + digits;
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
};

/** Both sides of a book beside each other, best first. */
export const sidesTable = ({ asks, bids }: Sides): string[] => {
  const rows = Array.from({ length: Math.max(bids.length, asks.length) }, (_, i) => {
    const [bid = "", wanted = ""] = bids[i] ?? [];
    const [ask = "", offered = ""] = asks[i] ?? [];
    return [clean(wanted), green(clean(bid)), red(clean(ask)), clean(offered)];
  });
  return table(["wanted", "bid", "ask", "offered"], rows);
};

export const bookLines = ({ asks, bids, market, t }: Answer<"depth">): string[] => {
  const [bid] = bids;
  const [ask] = asks;
  return [
    `${bold(clean(market))}  ${dim(localTime(t) ?? "")}`,
    ...(bid === undefined && ask === undefined ? ["no orders"] : sidesTable({ bids, asks })),
    ...(bid && ask ? [dim(`spread ${spread(ask[0], bid[0])}`)] : []),
  ];
};

/** The best levels of a book that is drawn from the stream. */
export const bestOf = (
  book: { readonly bids: ReadonlyMap<string, string>; readonly asks: ReadonlyMap<string, string> },
  limit: number,
): Sides => bestLevels({ seq: 0, ...book }, limit);

export const tickerLines = (ticker: Answer<"ticker">): string[] => {
  const { ask, bid, fee_tiers = [], high, last, low, market, t, volume } = ticker;
  const [base = ""] = market.split("/");
  const prices = [
    ["last", last],
    ["bid", bid],
    ["ask", ask],
    ["high", high],
    ["low", low],
  ].filter((row): row is [string, string] => row[1] !== undefined);
  return [
    `${bold(clean(market))}  ${dim(localTime(t) ?? "")}`,
    ...table(
      ["", ""],
      prices.map(([name, price]) => [name, clean(price)]),
    ),
    ...(volume === undefined ? [] : [`${clean(volume)} ${clean(base)} in 24 hours`]),
    ...(fee_tiers.length === 0 ? [] : ["", bold("fees"), ...linesOf(fee_tiers)]),
  ];
};
