import type { Answer, StreamSnapshot, StreamUpdate } from "@coinholder/protocol";
import { useState } from "preact/hooks";
import { useFold } from "./use-fold.ts";

export type Trade = Answer<"trades">["trades"][number];

interface DrawnTrades {
  readonly seq: number;
  /** Newest first. */
  readonly trades: readonly Trade[];
}

const MOST_TRADES = 60;

const drawTrades = (
  drawn: DrawnTrades | undefined,
  message: StreamSnapshot | StreamUpdate,
): DrawnTrades | undefined => {
  const told = [...(message.data as { readonly trades: readonly Trade[] }).trades].reverse();
  if (message.type === "snapshot") return { seq: message.seq, trades: told.slice(0, MOST_TRADES) };
  if (drawn === undefined || message.first !== drawn.seq + 1) return undefined;
  return { seq: message.last, trades: [...told, ...drawn.trades].slice(0, MOST_TRADES) };
};

/** Recent trades, newest first, live; undefined until they are there. */
export const useTrades = (market: string): readonly Trade[] | undefined => {
  const [drawn, setDrawn] = useState<{ readonly of: string; readonly trades: readonly Trade[] }>();
  useFold<DrawnTrades>(`trades:${market}`, drawTrades, ({ trades }) => setDrawn({ of: market, trades }));
  return drawn?.of === market ? drawn.trades : undefined;
};
