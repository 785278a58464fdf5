import type { TimeMs } from "@coinholder/protocol";
import type { Logger } from "pino";
import { type Combining, combine, type Standing } from "./combine.ts";
import { outsidePrice } from "./outside-price.ts";
import type { Polled } from "./polled.ts";
import type { PriceSource } from "./price.ts";
import { wrappedPrice } from "./wrapped-price.ts";

export interface MedianRules extends Combining {
  readonly urls: readonly string[];
  /** Of the quote currency. */
  readonly decimals: number;
  /** How often each source is asked. */
  readonly everyMs: number;
}

interface Part {
  readonly url: string;
  readonly source: Polled;
  standing: Standing;
  outSince: TimeMs | undefined;
  /** What was told last: each change is told once. */
  told: string;
}

const open = (url: string, market: string, decimals: number, everyMs: number): Polled =>
  /^https?:/.test(url) ? outsidePrice(url, decimals, everyMs) : wrappedPrice(url, market, decimals, everyMs);

/**
 * One price of several sources, each asked on its own.
 * @param market base/quote
 */
export const medianPrice = (
  market: string,
  { urls, decimals, everyMs, ...rules }: MedianRules,
  log: Pick<Logger, "info" | "warn">,
): PriceSource => {
  const parts: readonly Part[] = urls.map((url) => ({
    url,
    source: open(url, market, decimals, everyMs),
    standing: "missing",
    outSince: undefined,
    told: "missing",
  }));

  const note = (part: Part, standing: Standing, now: TimeMs): void => {
    part.standing = standing;
    const isUsed = standing === "used";
    part.outSince = isUsed ? undefined : (part.outSince ?? now);
    // Why the last try failed is worth a word only when it makes a difference.
    const trouble = isUsed ? undefined : part.source.trouble();
    const telling = trouble === undefined ? standing : `${standing} ${trouble}`;
    if (telling === part.told) return;
    part.told = telling;
    const about = { market, source: part.url, standing, ...(trouble === undefined ? {} : { trouble }) };
    if (isUsed) log.info(about, "a price source counts");
    else log.warn(about, "a price source does not count");
  };

  return {
    latest: (now) => {
      const { standings, price } = combine(
        parts.map(({ source }) => source.latest()),
        now,
        rules,
      );
      for (const [i, part] of parts.entries()) note(part, standings[i]!, now);
      return price;
    },
    parts: () =>
      parts.map(({ url, source, standing, outSince }) => ({
        url,
        standing,
        outSince,
        price: source.latest(),
        trouble: source.trouble(),
      })),
    close: () => {
      for (const { source } of parts) source.close();
    },
  };
};
