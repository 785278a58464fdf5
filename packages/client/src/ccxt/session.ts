import type { AsyncLocalStorage } from "node:async_hooks";
import { HubError } from "../hub-error.ts";
import type { WrappedCall } from "../wrapped.ts";
import type { CcxtExchange } from "./ccxt-exchange.ts";
import { hubError } from "./errors.ts";

/** One call of ours, which may send several requests. */
interface UnderWay {
  readonly signal: AbortSignal;
  sent: number;
  httpStatus: number | undefined;
}

export interface Session {
  readonly exchange: CcxtExchange;
  /** Asks what anybody may. All throw HubError. */
  readonly look: <T>(about: WrappedCall, work: (exchange: CcxtExchange) => Promise<T>) => Promise<T>;
  /** Asks about the account. Signed calls go one after another: their nonces must arrive in order. */
  readonly ask: Session["look"];
  /** Changes something: a failure says whether it may have been done (`unknown`). */
  readonly change: Session["look"];
}

const ended = (signal: AbortSignal, unknown: boolean): HubError => {
  const isTime = (signal.reason as Error | undefined)?.name === "TimeoutError";
  return new HubError(
    isTime ? "timeout" : "aborted",
    isTime ? "The exchange did not answer in time." : "The call was ended by its caller.",
    { unknown },
  );
};

const untilEnd = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const end = (): void => reject(signal.reason);
    signal.addEventListener("abort", end, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", end));
    if (signal.aborted) end();
  });

/**
 * Calls of one exchange. ccxt holds requests back for the exchange's pace and knows no signal: what its caller has given
 * up must not be sent afterwards, so each request looks whose it is before it leaves.
 */
export const openSession = async (exchange: CcxtExchange): Promise<Session> => {
  const { AsyncLocalStorage: Storage } = await import("node:async_hooks");
  const current: AsyncLocalStorage<UnderWay> = new Storage();
  const [send, hear] = [exchange.fetch.bind(exchange), exchange.onRestResponse.bind(exchange)];
  exchange.fetch = async (...request) => {
    const call = current.getStore();
    call?.signal.throwIfAborted();
    if (call !== undefined) call.sent++;
    return send(...request);
  };
  exchange.onRestResponse = (status, ...about) => {
    const call = current.getStore();
    if (call !== undefined) call.httpStatus = status;
    return hear(status, ...about);
  };

  let last: Promise<unknown> = Promise.resolve();
  const inLine = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work, work);
    last = done.catch(() => {});
    return done;
  };
  const run = async <T>(
    { signal }: WrappedCall,
    how: { readonly signed: boolean; readonly changes: boolean },
    work: (exchange: CcxtExchange) => Promise<T>,
  ): Promise<T> => {
    const call: UnderWay = { signal, sent: 0, httpStatus: undefined };
    const start = (): Promise<T> =>
      current.run(call, async () => {
        signal.throwIfAborted();
        return work(exchange);
      });
    try {
      return await untilEnd(how.signed ? inLine(start) : start(), signal);
    } catch (error) {
      if (signal.aborted) throw ended(signal, how.changes && call.sent > 0);
      throw hubError(error, { changes: how.changes, sent: call.sent, httpStatus: call.httpStatus });
    }
  };
  return {
    exchange,
    look: (about, work) => run(about, { signed: false, changes: false }, work),
    ask: (about, work) => run(about, { signed: true, changes: false }, work),
    change: (about, work) => run(about, { signed: true, changes: true }, work),
  };
};
