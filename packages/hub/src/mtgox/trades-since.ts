import type { Answer, Refusal } from "@coinholder/protocol";
import type { Ask } from "./ask.ts";
import { MTGOX_MARKET } from "./market.ts";
import { refused } from "./refusals.ts";

type Trade = Answer<"trades">["trades"][number];

/** As many as Mt Gox told in one call. */
const AT_ONCE = 100;
/** What `trades` gives in one call, and how many such portions are read back from the newest trade. */
const PORTION = 500;
const PORTIONS = 4;
/** Numbers looked at for one that is a trade of this market: the hub counts those of all markets together. */
const TRIED = 64;

export const tidOf = ({ trade_id }: Trade): number => Number(trade_id.slice(1));

const portion = (ask: Ask, before: number | undefined) =>
  ask("trades", {
    market: MTGOX_MARKET,
    limit: String(PORTION),
    ...(before === undefined ? {} : { before: String(before) }),
  });

/** The first after `since`, oldest first. `trades` only goes back, and only from a trade that there is. */
export const tradesSince = async (
  ask: Ask,
  since: number,
): Promise<{ trades: Trade[] } | { refused: Refusal }> => {
  const newer: Trade[] = [];
  let before: number | undefined;
  for (let read = 0; read < PORTIONS; read++) {
    const page = await portion(ask, before);
    if ("refused" in page) return page;
    const { trades, next_before } = page.answer;
    newer.push(...trades.filter((trade) => tidOf(trade) > since));
    if (next_before === undefined || next_before <= since)
      return { trades: newer.reverse().slice(0, AT_ONCE) };
    before = next_before;
  }
  for (let end = since + AT_ONCE + 1; end <= since + AT_ONCE + TRIED; end++) {
    const page = await portion(ask, end);
    if ("refused" in page) return page;
    // A trade of this market with others before it, or none at all: then the next number.
    const found = page.answer.trades.filter((trade) => tidOf(trade) > since);
    if (found.length > 0) return { trades: found.reverse().slice(0, AT_ONCE) };
  }
  return refused("unsupported");
};

/** The last ones, oldest first. */
export const lastTrades = async (ask: Ask): Promise<{ trades: Trade[] } | { refused: Refusal }> => {
  const page = await ask("trades", { market: MTGOX_MARKET, limit: String(AT_ONCE) });
  return "refused" in page ? page : { trades: page.answer.trades.reverse() };
};
