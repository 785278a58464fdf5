import type { Answer } from "@coinholder/protocol";
import { useEffect, useState } from "preact/hooks";
import { overview } from "./current.ts";
import type { Price } from "./money.ts";
import { readChannel } from "./stream.ts";

/** What all markets of the hub traded at last, kept current. */
export const usePrices = (): readonly Price[] => {
  const [prices, setPrices] = useState<readonly Price[]>([]);
  const markets = overview.value?.markets;
  const streams = overview.value?.stream_url !== undefined;
  useEffect(() => {
    if (markets === undefined || !streams) return undefined;
    const ends = markets.map(({ name, base, quote }) =>
      readChannel(`ticker:${name}`, (event) => {
        if (event.type !== "snapshot" && event.type !== "update") return;
        const { last } = event.data as Partial<Answer<"ticker">>;
        if (last === undefined) return;
        setPrices((known) => [
          ...known.filter((one) => one.base !== base || one.quote !== quote),
          { base, quote, price: last },
        ]);
      }),
    );
    return () => {
      for (const end of ends) end();
    };
  }, [markets, streams]);
  return prices;
};
