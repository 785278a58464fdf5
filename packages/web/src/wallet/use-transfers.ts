import type { HubError } from "@coinholder/client";
import type { ToldTransfer } from "@coinholder/protocol";
import { useEffect, useRef, useState } from "preact/hooks";
import { myHub } from "../hub/current.ts";
import { asHubError } from "../hub/failure.ts";
import { useChannel } from "../hub/stream.ts";
import { ask, type Called, useLive } from "../hub/use-call.ts";
import { isSettled } from "./transfer-words.ts";

/** How deep a deposit or a withdrawal is by now is not told by the stream; it is asked for while there is one. */
const DEPTH_MS = 8_000;

/** The newest transfers, kept current: by the stream, and by asking while one gathers confirmations. */
export const useNewest = (
  limit = 50,
): Called<{
  readonly transfers: readonly ToldTransfer[];
  readonly more_exist: boolean;
  readonly next_before?: number;
}> => {
  const newest = useLive("my-transfers", "transfers", { limit });
  const waiting =
    newest.data?.transfers.some(({ status }) => status === "pending" || status === "confirmed") ?? false;
  const { reload } = newest;
  useEffect(() => {
    if (!waiting) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") reload();
    }, DEPTH_MS);
    return () => clearInterval(timer);
  }, [waiting, reload]);
  return newest;
};

export interface Transfers {
  /** Newest first; those that are pending before all others. Undefined until there is an answer. */
  readonly rows: readonly ToldTransfer[] | undefined;
  readonly error: HubError | undefined;
  readonly reload: () => void;
  /** Whether there are older ones. */
  readonly more: boolean;
  /** Asks for older ones. */
  readonly loadMore: (limit?: number) => Promise<void>;
  readonly loadingMore: boolean;
}

interface Older {
  readonly rows: readonly ToldTransfer[];
  /** Where the next page begins; undefined: there is none. */
  readonly next: number | undefined;
  readonly error?: HubError;
}

/** Changes of one that the stream tells: what is in it takes the place of what was. */
const withChanges = (
  rows: readonly ToldTransfer[],
  changed: readonly (Partial<ToldTransfer> & { readonly transfer_id: string })[],
): ToldTransfer[] =>
  rows.map((row) => {
    const change = changed.find(({ transfer_id }) => transfer_id === row.transfer_id);
    return change ? { ...row, ...change } : row;
  });

/** All transfers, page by page, kept current. */
export const useTransfers = (): Transfers => {
  const newest = useNewest();
  const [older, setOlder] = useState<Older>();
  const [loadingMore, setLoading] = useState(false);
  /** All that stood on the first page since older ones are shown: it moves on when new ones come. */
  const passed = useRef(new Map<string, ToldTransfer>());
  const { data } = newest;
  if (data !== undefined && older !== undefined) {
    const stands = data.transfers.filter(({ status }) => status !== "pending");
    const last = stands.at(-1);
    if (data.more_exist && last && passed.current.size > 0 && !passed.current.has(last.transfer_id)) {
      const known = stands.some(({ transfer_id }) => passed.current.has(transfer_id));
      // More came at once than a page has: what lies between is not known.
      if (!known) {
        passed.current.clear();
        setOlder(undefined);
      }
    }
    for (const row of stands) passed.current.set(row.transfer_id, row);
  }
  useChannel("transfers", (event) => {
    if (event.type !== "update") return;
    const { changed } = event.data as { readonly changed?: readonly ToldTransfer[] };
    if (changed === undefined || changed.length === 0) return;
    passed.current = new Map(
      withChanges([...passed.current.values()], changed).map((row) => [row.transfer_id, row]),
    );
    setOlder((now) => now && { ...now, rows: withChanges(now.rows, changed) });
  });
  const next = older === undefined ? data?.next_before : older.next;
  const loadMore = async (limit = 50): Promise<void> => {
    const hub = myHub.peek();
    if (hub === undefined || next === undefined || loadingMore) return;
    setLoading(true);
    if (older === undefined && data !== undefined)
      for (const row of data.transfers)
        if (row.status !== "pending") passed.current.set(row.transfer_id, row);
    try {
      const page = await ask(hub, () => hub.call("my-transfers", { before: next, limit }));
      setOlder((now) => ({ rows: [...(now?.rows ?? []), ...page.transfers], next: page.next_before }));
    } catch (error) {
      const failure = asHubError(error);
      setOlder((now) => ({ rows: now?.rows ?? [], next, error: failure }));
    }
    setLoading(false);
  };
  const rows = (): ToldTransfer[] | undefined => {
    if (data === undefined) return undefined;
    const shown = new Map(data.transfers.map((row) => [row.transfer_id, row]));
    for (const row of [...passed.current.values(), ...(older?.rows ?? [])])
      if (!shown.has(row.transfer_id)) shown.set(row.transfer_id, row);
    const all = [...shown.values()];
    const number = ({ transfer_id }: ToldTransfer): number => Number(transfer_id.slice(1));
    const waiting = all.filter(({ status }) => status === "pending");
    const others = all.filter(({ status }) => status !== "pending");
    return [...waiting, ...others.sort((a, b) => number(b) - number(a))];
  };
  return {
    rows: rows(),
    error: newest.error ?? older?.error,
    reload: newest.reload,
    more: next !== undefined,
    loadMore,
    loadingMore,
  };
};

export interface OneTransfer {
  readonly transfer: ToldTransfer | undefined;
  /** What left the account for an option that was exercised for it, at the same moment. */
  readonly exchanged: readonly ToldTransfer[];
  /** It was looked for among all, and is not there. */
  readonly missing: boolean;
  readonly error: HubError | undefined;
  readonly reload: () => void;
}

/** How many at a time when one is looked for. */
const SEARCHED = 500;
/** What the stream may have missed is found all the same. */
const ASK_MS = 15_000;

/** One transfer, however long ago it was: looked for page by page, and followed until nothing more will come of it. */
export const useTransfer = (id: string): OneTransfer => {
  const { rows, error, reload, more, loadMore, loadingMore } = useTransfers();
  const transfer = rows?.find(({ transfer_id }) => transfer_id === id);
  const [looked, setLooked] = useState(0);
  const search = rows !== undefined && transfer === undefined && more && !loadingMore && error === undefined;
  useEffect(() => {
    if (search) void loadMore(SEARCHED).then(() => setLooked((n) => n + 1));
  }, [search, looked]);
  const under = transfer !== undefined && !isSettled(transfer.status);
  useEffect(() => {
    if (!under) return undefined;
    const timer = setInterval(reload, ASK_MS);
    return () => clearInterval(timer);
  }, [under, reload]);
  const exchanged =
    rows?.filter(
      ({ direction, kind, t }) => t === transfer?.t && direction === "out" && kind.startsWith("option-"),
    ) ?? [];
  return {
    transfer,
    exchanged,
    missing: rows !== undefined && transfer === undefined && !more,
    error,
    reload: () => {
      reload();
      // An older page that did not come: it is looked for further.
      if (transfer === undefined && error !== undefined && rows !== undefined && more)
        void loadMore(SEARCHED).then(() => setLooked((n) => n + 1));
    },
  };
};
