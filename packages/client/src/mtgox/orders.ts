import { type Answer, type Parameters, refusal } from "@coinholder/protocol";
import { HubError, withOutcome } from "../hub-error.ts";
import { refusedError, type WrappedCall } from "../wrapped.ts";
import { BTC_PLACES, compare, type Exact, exactOf, USD_PLACES } from "./exact-json.ts";
import { cannot, type OrderForm, orderForm } from "./order-form.ts";
import { type ListedOrder, listedOrders, malformed, members, openOrder } from "./read-answers.ts";
import type { Mtgox } from "./speak.ts";

const ORDERS = "/code/getOrders.php";
const NOT_ENOUGH_FUNDS = "2";
const ACTIVE = "1";

/** What Mt Gox took, and what cannot be told of it. */
const unknownOutcome = (
  message: string,
  particulars: Readonly<Record<string, unknown>>,
  cause?: unknown,
): HubError =>
  new HubError("outcome_unknown", `${message} Look at my-open-orders and my-balance.`, {
    unknown: true,
    particulars,
    cause,
  });

/** Not begun, since the caller has stopped waiting. */
const notBegun = (signal: AbortSignal): HubError =>
  new HubError(
    (signal.reason as Error | undefined)?.name === "TimeoutError" ? "timeout" : "aborted",
    "The call was given up before it was sent.",
  );

const told = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    // What came back was the answer to something that changes something.
    throw error instanceof HubError ? withOutcome(error, true) : error;
  }
};

const priceOf = ({ price }: OrderForm): Exact => exactOf(price, USD_PLACES)!;
const amountOf = ({ amount }: OrderForm): Exact => exactOf(amount, BTC_PLACES)!;

/** The order that was not there before, of that kind and price: Mt Gox does not always tell its id. */
const appeared = (
  form: OrderForm,
  before: ReadonlySet<string>,
  after: readonly ListedOrder[],
): ListedOrder[] => {
  const type = form.buys ? "2" : "1";
  return after.filter(
    (order) =>
      !before.has(order.oid) &&
      order.type === type &&
      compare(order.price, priceOf(form)) === 0 &&
      compare(order.amount, amountOf(form)) <= 0,
  );
};

/** Calls that place or cancel, for one account. */
export const makeOrders = (mtgox: Mtgox) => {
  let last: Promise<unknown> = Promise.resolve();
  /** One at a time: which order has appeared could not be told otherwise. */
  const inTurn = <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    const begin = (): Promise<T> => (signal.aborted ? Promise.reject(notBegun(signal)) : work());
    const mine = last.then(begin, begin);
    last = mine.catch(() => {});
    return mine;
  };

  const open = async (signal: AbortSignal): Promise<ListedOrder[]> =>
    listedOrders(await mtgox.read(ORDERS, signal));

  /** Answers whether the order is gone. */
  const cancel = async ({ oid, type }: ListedOrder, signal: AbortSignal): Promise<boolean> => {
    const answer = await mtgox.change("/code/cancelOrder.php", { oid, type }, signal);
    return told(() => !listedOrders(answer).some((order) => order.oid === oid));
  };

  /** Of an order that stands in the list for want of funds, and would trade whenever there are some: nothing shall be left of it. */
  const takeBack = async (order: ListedOrder, signal: AbortSignal): Promise<never> => {
    const { oid } = order;
    const stands = "Mt Gox keeps the order in its list for want of funds, and it could not be cancelled.";
    let gone: boolean;
    try {
      gone = await cancel(order, signal);
    } catch (error) {
      throw unknownOutcome(stands, { oid }, error);
    }
    if (!gone) throw unknownOutcome(stands, { oid });
    throw refusedError(refusal("insufficient_funds"));
  };

  /** The account's orders once it was placed: as the answer tells them, or by asking. */
  const after = async (
    answer: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<ListedOrder[]> => {
    if (answer.orders !== undefined) return listedOrders(answer);
    return open(signal);
  };

  const place = async (form: OrderForm, signal: AbortSignal): Promise<Answer<"place-order">> => {
    const before = new Set((await open(signal)).map(({ oid }) => oid));
    const path = form.buys ? "/code/buyBTC.php" : "/code/sellBTC.php";
    const sent = await mtgox.change(path, { amount: form.amount, price: form.price }, signal);
    const answer = told(() => members(sent, "the order's answer"));
    const { oid } = answer;
    // Without any of these it is not known to be taken.
    if (answer.status === undefined && oid === undefined && answer.orders === undefined)
      throw withOutcome(malformed("the order's answer"), true);
    let orders: ListedOrder[] | undefined;
    let failure: unknown;
    try {
      orders = await after(answer, signal);
    } catch (error) {
      failure = error;
    }
    const isNamed = typeof oid === "string" && oid !== "";
    if (orders === undefined) {
      if (isNamed) return { oid };
      throw unknownOutcome("Mt Gox took the order, and what became of it is not known.", {}, failure);
    }
    const found = isNamed ? orders.filter((order) => order.oid === oid) : appeared(form, before, orders);
    const [order] = found;
    if (order === undefined || found.length > 1) {
      if (isNamed) return { oid };
      throw unknownOutcome(
        order === undefined
          ? "Mt Gox took the order and names no id, and no such order is open: it may have traded already."
          : "Mt Gox took the order and names no id, and several such orders are new.",
        { oids: found.map((one) => one.oid) },
      );
    }
    const isWhole = compare(order.amount, amountOf(form)) === 0;
    if (order.status === NOT_ENOUGH_FUNDS && isWhole) return takeBack(order, signal);
    return { oid: order.oid, ...(order.status === ACTIVE ? { state: "open" as const } : {}) };
  };

  return {
    place: async (
      params: Parameters<"place-order">,
      { signal }: WrappedCall,
    ): Promise<Answer<"place-order">> => {
      const form = orderForm(params);
      return inTurn(signal, () => place(form, signal));
    },

    /** All that stand in the list: also those that wait for funds, since they trade when there are some. */
    list: async (signal: AbortSignal): Promise<Answer<"my-open-orders">> => ({
      orders: (await open(signal)).map(openOrder).sort((a, b) => a.t - b.t),
    }),

    cancel: async (
      { oid, client_id }: Parameters<"cancel-order">,
      { signal }: WrappedCall,
    ): Promise<Answer<"cancel-order">> => {
      if (client_id !== undefined) throw cannot("it knows no client_id: cancel by oid");
      if (oid === undefined) throw refusedError(refusal("param_missing", { param: "oid" }));
      return inTurn(signal, async () => {
        // It wants to be told which kind the order is.
        const order = (await open(signal)).find((one) => one.oid === oid);
        if (order === undefined) throw refusedError(refusal("order_unknown"));
        if (!(await cancel(order, signal)))
          throw unknownOutcome("Mt Gox still lists the order after cancelling it.", { oid });
        return { oid, given_back: {} };
      });
    },
  };
};
