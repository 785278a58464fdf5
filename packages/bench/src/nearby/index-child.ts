import { apply, type Command, emptyState, isRefused, searchInvoices } from "@coinholder/engine";
import type { Amount, TimeMs } from "@coinholder/protocol";
import { answering } from "../child.ts";
import type { Point } from "./points.ts";

export type IndexAsk =
  | { readonly load: readonly Point[] }
  /** Each: one invoice comes, the oldest goes, one search. */
  | { readonly search: readonly Point[]; readonly come: readonly Point[] };

const RADIUS_M = 400;
const LIMIT = 20;
const AT = 1_795_348_800_000 as TimeMs;
const DAY_MS = 86_400_000;

let state = emptyState();
let posted = 0;
let gone = 0;

const carryOut = (command: Command): void => {
  const outcome = apply(state, { ...command, t: AT });
  if (isRefused(outcome)) throw new Error(`refused: ${outcome.refused.code}`);
};
const post = ({ lat, lng }: Point): void => {
  const address = `a${++posted}`;
  carryOut({
    kind: "post-invoice",
    address,
    json: address,
    signature: "smp",
    currency: "BTC",
    amount: 1000 as Amount,
    posted: AT,
    expires: (AT + DAY_MS) as TimeMs,
    lat,
    lng,
    random: String(posted % 1000),
  });
};

/** The engine with invoices; answers how long each search took, in microseconds, and how many were found in all. */
answering(async (ask: IndexAsk) => {
  if ("load" in ask) {
    state = emptyState();
    posted = 0;
    gone = 0;
    for (const point of ask.load) post(point);
    return { times: [], found: 0 };
  }
  const times: number[] = [];
  let found = 0;
  ask.search.forEach(({ lat, lng }, i) => {
    post(ask.come[i]!);
    carryOut({ kind: "withdraw-invoice", address: `a${++gone}`, until: (AT + 1) as TimeMs });
    const start = performance.now();
    const page = searchInvoices(state, { place: { lat, lng, radiusM: RADIUS_M }, limit: LIMIT }, AT);
    times.push((performance.now() - start) * 1000);
    found += page.found.length;
  });
  return { times, found };
});
