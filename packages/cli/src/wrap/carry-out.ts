import { createHash } from "node:crypto";
import type { Hub } from "@coinholder/client";
import { type FunctionName, functionRow, type Refusal, refusal, statusOf } from "@coinholder/protocol";
import type { CallNotes } from "./call-notes.ts";
import { isUnknown, toldError } from "./told-error.ts";

export type Outcome = { readonly answer: unknown } | { readonly refused: Refusal };

type Values = Readonly<Record<string, unknown>>;

export interface Carrying {
  /** The exchange, with its keys. */
  readonly hub: Hub;
  /** What was connected to, for people. */
  readonly exchange: string;
  readonly notes: CallNotes;
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/** The call's own name, where it has one: that of `cancel-order` names an order. */
const clientIdOf = (fn: FunctionName, { client_id }: Values): string | undefined =>
  functionRow(fn).errors.includes("client_id_conflict") && typeof client_id === "string"
    ? client_id
    : undefined;

/** The same parameters, the same text: they come in the table's order. */
const hashOf = (values: Values): string => createHash("sha256").update(JSON.stringify(values)).digest("hex");

/** An order that is still open answers for the call that placed it. */
const findOrder = async (
  { hub }: Carrying,
  { trade_cur, for_cur }: Values,
  clientId: string,
): Promise<object | undefined> => {
  if (!hub.overview.supported_functions.includes("my-open-orders")) return undefined;
  const { orders } = await hub.call("my-open-orders");
  const found = orders.find(
    (one) => one.client_id === clientId && one.trade_cur === trade_cur && one.for_cur === for_cur,
  );
  if (found === undefined) return undefined;
  const { oid, filled_trade_amt, filled_for_amt } = found;
  return { oid, filled_trade_amt, filled_for_amt, state: "open" };
};

/** Whether a refusal holds for an earlier try too: it is the function's own, and not for now only. */
const settles = (fn: FunctionName, { code }: Refusal): boolean =>
  functionRow(fn).errors.includes(code) && statusOf(code) < 500 && statusOf(code) !== 429;

/** Carries calls out at the exchange: one with a client_id at most once, whatever happens to this process meanwhile. */
export const makeCarrying = (
  of: Carrying,
): ((fn: FunctionName, values: Values, hub?: Hub) => Promise<Outcome>) => {
  const { exchange, notes, now, log } = of;
  const underWay = new Map<string, { readonly params: string; readonly outcome: Promise<Outcome> }>();
  // A hub that knows client_ids itself says best what became of one.
  const knowsClientIds = of.hub.overview.openapi_url !== undefined;
  // Others would refuse the parameter, or not know it: here it is known to the notes alone.
  const takesClientIds = knowsClientIds || exchange.startsWith("ccxt:");

  const carry = async (
    fn: FunctionName,
    values: Values,
    hub = of.hub,
  ): Promise<Outcome & { readonly unknown?: true }> => {
    const { changes } = functionRow(fn);
    try {
      return { answer: await hub.callByName(fn, values) };
    } catch (error) {
      const refused = toldError(error, changes, exchange);
      if (!isUnknown(error, changes)) return { refused };
      log(`${fn}: outcome unknown: ${error instanceof Error ? error.message : String(error)}`);
      return { refused, unknown: true };
    }
  };

  const cannotNote = (error: unknown): Outcome => {
    log(`calls cannot be noted: ${error instanceof Error ? error.message : String(error)}`);
    return {
      refused: refusal("overloaded", { reason: "not_noted" }, "The wrapper cannot write to its data folder."),
    };
  };

  const stillUnknown = (clientId: string): Outcome => ({
    refused: refusal(
      "outcome_unknown",
      { client_id: clientId },
      `Whether ${exchange} carried this client_id's call out is not known: look (my-open-orders, my-trades, my-transfers), then call with another client_id if it did not.`,
    ),
  });

  /** `again`: an earlier try may have done it. */
  const carryNamed = async (
    fn: FunctionName,
    clientId: string,
    values: Values,
    again = false,
  ): Promise<Outcome> => {
    const { client_id: _, ...others } = values;
    const outcome = await carry(fn, takesClientIds ? values : others);
    if (again && "refused" in outcome && !outcome.unknown && !settles(fn, outcome.refused))
      return stillUnknown(clientId);
    try {
      if ("answer" in outcome) notes.answered(fn, clientId, JSON.stringify(outcome.answer));
      else if (outcome.unknown !== true) notes.forget(fn, clientId);
    } catch (error) {
      // It is done all the same, and told. Without the note a retry is answered with "unknown", and does nothing.
      cannotNote(error);
    }
    if ("answer" in outcome) return outcome;
    return outcome.unknown ? { refused: { ...outcome.refused, client_id: clientId } } : outcome;
  };

  const resume = async (fn: FunctionName, clientId: string, values: Values): Promise<Outcome> => {
    if (knowsClientIds) return carryNamed(fn, clientId, values, true);
    const found =
      fn === "place-order" ? await findOrder(of, values, clientId).catch(() => undefined) : undefined;
    if (found !== undefined) {
      notes.answered(fn, clientId, JSON.stringify(found));
      return { answer: found };
    }
    return stillUnknown(clientId);
  };

  const conflict = (clientId: string): Outcome => ({
    refused: refusal("client_id_conflict", { client_id: clientId }),
  });

  return async (fn, values, hub) => {
    const clientId = clientIdOf(fn, values);
    if (clientId === undefined) return carry(fn, values, hub);
    const params = hashOf(values);
    const key = `${fn} ${clientId}`;
    const running = underWay.get(key);
    if (running !== undefined) return running.params === params ? running.outcome : conflict(clientId);
    let before: ReturnType<CallNotes["find"]>;
    try {
      before = notes.find(fn, clientId);
      if (before === undefined) notes.begin({ fn, clientId, params }, now());
    } catch (error) {
      return cannotNote(error);
    }
    if (before !== undefined && before.params !== params) return conflict(clientId);
    if (before?.answer !== undefined) return { answer: JSON.parse(before.answer) as unknown };
    const outcome = before === undefined ? carryNamed(fn, clientId, values) : resume(fn, clientId, values);
    underWay.set(key, { params, outcome });
    try {
      return await outcome;
    } finally {
      underWay.delete(key);
    }
  };
};
