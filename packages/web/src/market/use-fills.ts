import type { HubError } from "@coinholder/client";
import type { Answer } from "@coinholder/protocol";
import { useEffect, useRef, useState } from "preact/hooks";
import { myHub } from "../hub/current.ts";
import { asHubError } from "../hub/failure.ts";
import { useChannel } from "../hub/stream.ts";
import { ask } from "../hub/use-call.ts";

export type Fill = Answer<"my-trades">["trades"][number];

const A_PAGE = 25;

interface Fills {
  /** Newest first; undefined until the first page is there. */
  readonly fills: readonly Fill[] | undefined;
  readonly more: boolean;
  readonly loading: boolean;
  readonly error: HubError | undefined;
  /** The next page; the first one, where it has failed. */
  readonly older: () => void;
}

/** The account's trades, page by page, with those that come while they are looked at. */
export const useFills = (): Fills => {
  const [fills, setFills] = useState<readonly Fill[]>();
  const [before, setBefore] = useState<number>();
  const [state, setState] = useState<{ readonly loading: boolean; readonly error?: HubError }>({
    loading: true,
  });
  // An answer of a round before is of no use any more.
  const round = useRef(0);
  const load = async (from: number | undefined): Promise<void> => {
    const hub = myHub.peek();
    if (hub === undefined) return;
    const mine = ++round.current;
    setState({ loading: true });
    try {
      const page = await ask(hub, () =>
        hub.call("my-trades", { limit: A_PAGE, ...(from === undefined ? {} : { before: from }) }),
      );
      if (mine !== round.current) return;
      setFills((known = []) => {
        const kept = from === undefined ? [] : known;
        const ids = new Set(kept.map(({ trade_id }) => trade_id));
        return [...kept, ...page.trades.filter(({ trade_id }) => !ids.has(trade_id))];
      });
      setBefore(page.more_exist ? page.next_before : undefined);
      setState({ loading: false });
    } catch (error) {
      if (mine === round.current) setState({ loading: false, error: asHubError(error) });
    }
  };
  const reads = useRef(false);
  // A snapshot tells nothing itself: what was before, the function says. A later one means that some were missed.
  useChannel("fills", (event) => {
    if (event.type === "snapshot") {
      reads.current = true;
      void load(undefined);
    }
    if (event.type !== "update") return;
    const { trades } = event.data as { readonly trades: readonly Fill[] };
    setFills((known) => {
      if (known === undefined) return known;
      const ids = new Set(known.map(({ trade_id }) => trade_id));
      return [...[...trades].reverse().filter(({ trade_id }) => !ids.has(trade_id)), ...known];
    });
  });
  // Without a stream the function alone tells.
  useEffect(() => {
    if (!reads.current) void load(undefined);
    return () => {
      round.current++;
    };
  }, []);
  return {
    fills,
    more: before !== undefined,
    loading: state.loading,
    error: state.error,
    older: () => void load(before),
  };
};
