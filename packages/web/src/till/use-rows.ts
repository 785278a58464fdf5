import type { Hub, HubError } from "@coinholder/client";
import { useEffect, useRef, useState } from "preact/hooks";
import { myHub } from "../hub/current.ts";
import { asHubError } from "../hub/failure.ts";
import { useChannel } from "../hub/stream.ts";
import { ask } from "../hub/use-call.ts";
import { type Row, startOfDay } from "./day.ts";

export interface Rows {
  /** Newest first, at least since the day before; undefined until the hub has answered. */
  readonly rows: readonly Row[] | undefined;
  readonly error: HubError | undefined;
  readonly reload: () => void;
  /** Takes up one that was just posted here: the stream may tell of it later. */
  readonly add: (row: Row) => void;
}

const PAGE = 200;
/** An invoice lives at most so long: what was posted before cannot have been paid today. */
const LONGEST_LIFE_MS = 24 * 3_600_000;

const load = async (hub: Hub, signal: AbortSignal): Promise<Row[]> => {
  const since = startOfDay(Date.now()) - LONGEST_LIFE_MS;
  const rows: Row[] = [];
  let before: number | undefined;
  do {
    const page = await ask(hub, () =>
      hub.call("my-invoices", { limit: PAGE, ...(before === undefined ? {} : { before }) }, { signal }),
    );
    rows.push(...page.invoices);
    before = page.next_before;
  } while (before !== undefined && (rows.at(-1)?.invoice.info.t ?? 0) >= since);
  return rows;
};

const keyOf = ({ invoice }: Row): string => invoice.btc_address;

/** The account's invoices: asked for once, and kept current by the stream. */
export const useRows = (): Rows => {
  const hub = myHub.value;
  const [rows, setRows] = useState<readonly Row[]>();
  const [error, setError] = useState<HubError>();
  const [turn, setTurn] = useState(0);
  const loading = useRef(false);
  const missed = useRef(false);
  const reload = (): void => setTurn((before) => before + 1);
  useEffect(() => {
    if (hub === undefined) return undefined;
    const ending = new AbortController();
    loading.current = true;
    missed.current = false;
    load(hub, ending.signal).then(
      (loaded) => {
        if (ending.signal.aborted) return;
        loading.current = false;
        setRows(loaded);
        setError(undefined);
        // What was told meanwhile may be newer than what was answered.
        if (missed.current) reload();
      },
      (failure) => {
        if (ending.signal.aborted) return;
        loading.current = false;
        setError(asHubError(failure));
      },
    );
    return () => ending.abort();
  }, [hub, turn]);
  useChannel("invoices", (event) => {
    // The first one not less than a later one: what happened between the hub's answer and it was told by nobody.
    if (event.type === "snapshot") reload();
    if (event.type !== "update") return;
    if (loading.current) missed.current = true;
    const told = (event.data as { readonly invoices?: readonly Row[] }).invoices ?? [];
    setRows((before) => {
      if (before === undefined) return before;
      const known = new Map(before.map((row) => [keyOf(row), row]));
      const fresh = told.map((row): Row => {
        const old = known.get(keyOf(row));
        const paid = row.state === "paid" || row.state === "overpaid";
        return { ...row, ...(paid ? { paid_t: old?.paid_t ?? event.t } : {}) };
      });
      const changed = new Map(fresh.map((row) => [keyOf(row), row]));
      return [
        ...fresh.filter((row) => !known.has(keyOf(row))).reverse(),
        ...before.map((row) => changed.get(keyOf(row)) ?? row),
      ];
    });
  });
  useEffect(() => {
    addEventListener("online", reload);
    return () => removeEventListener("online", reload);
  }, []);
  const add = (row: Row): void => {
    noteClock(row.invoice.info.t);
    // An answer that is under way may not have it yet.
    if (loading.current) missed.current = true;
    setRows((before) => {
      const known = before?.some((one) => keyOf(one) === keyOf(row)) === true;
      return known ? before : [row, ...(before ?? [])];
    });
  };
  return { rows, error, reload, add };
};

const CLOCK = "coinholder.till.clock";
/**
 * The hub's clock less the device's, ms, by the last invoice that was posted from here: a till whose clock is wrong would see all
 * expired. (What the stream tells may have happened long before.)
 */
let hubAhead = Number(sessionStorage.getItem(CLOCK) ?? "0");
const noteClock = (t: number | undefined): void => {
  if (t === undefined) return;
  hubAhead = t - Date.now();
  sessionStorage.setItem(CLOCK, String(hubAhead));
};
/** Less than this is the way of the message. */
const SAME_CLOCK_MS = 5_000;

/** The hub's time, ms since 1970, told anew every so many ms. */
export const useNow = (every: number): number => {
  const [, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurn((turn) => turn + 1), every);
    return () => clearInterval(timer);
  }, [every]);
  return Date.now() + (Math.abs(hubAhead) > SAME_CLOCK_MS ? hubAhead : 0);
};
