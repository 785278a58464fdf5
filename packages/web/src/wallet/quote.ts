import type { HubError } from "@coinholder/client";
import { useEffect, useRef, useState } from "preact/hooks";
import { myHub } from "../hub/current.ts";
import { asHubError } from "../hub/failure.ts";
import { ask } from "../hub/use-call.ts";

export interface Payment {
  readonly to_btc_address: string;
  readonly amount: string;
  readonly subtract_fee: boolean;
}

export interface Quote {
  readonly fee: string;
  readonly quote_id: string;
  /** When it ends, by the clock of this device. */
  readonly until: number;
}

/** Hubs hold a fee for 30 s; where the clocks differ, that is what counts (a quote that is over is refused, and asked for anew). */
const LONGEST_MS = 30_000;
const SHORTEST_MS = 5_000;
/** Before its end, so that a payment that is confirmed at the last moment still arrives in time. */
const EARLY_MS = 2_000;

export interface Quoted {
  readonly quote: Quote | undefined;
  readonly error: HubError | undefined;
  readonly busy: boolean;
  /** Seconds that the fee still holds. */
  readonly seconds: number;
  /** Whether the fee is another than the one before. */
  readonly changed: boolean;
  /** Asks for the fee; the quote, or undefined where there is none (`error` says why). */
  readonly fetch: (payment: Payment) => Promise<Quote | undefined>;
  readonly forget: () => void;
}

/** The fee of a payment, renewed before it ends while `renewed` has the payment. */
export const useQuote = (renewed: Payment | undefined): Quoted => {
  const [state, setState] = useState<{ quote?: Quote; error?: HubError; changed?: boolean }>({});
  const [busy, setBusy] = useState(false);
  const [now, setNow] = useState(Date.now);
  const asked = useRef(0);
  const fetch = async (payment: Payment): Promise<Quote | undefined> => {
    const hub = myHub.peek();
    if (hub === undefined) return undefined;
    const mine = ++asked.current;
    setBusy(true);
    try {
      const { fee, quote_id, expires_t } = await ask(hub, () => hub.call("quote-send", { ...payment }));
      if (mine !== asked.current) return undefined;
      const left = expires_t - Date.now();
      const holds = left > SHORTEST_MS && left <= LONGEST_MS ? left : LONGEST_MS - SHORTEST_MS;
      const quote = { fee, quote_id, until: Date.now() + holds - EARLY_MS };
      setNow(Date.now());
      setState((before) => ({
        quote,
        changed: before.quote !== undefined && before.quote.fee !== fee,
      }));
      return quote;
    } catch (failure) {
      const error = asHubError(failure);
      if (mine === asked.current) setState({ error });
      return undefined;
    } finally {
      if (mine === asked.current) setBusy(false);
    }
  };
  const forget = (): void => {
    asked.current++;
    setBusy(false);
    setState({});
  };
  const { quote, error, changed = false } = state;
  const counting = renewed !== undefined && quote !== undefined;
  useEffect(() => {
    if (!counting) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [counting]);
  const due =
    renewed !== undefined && !busy && error === undefined && (quote === undefined || now >= quote.until);
  useEffect(() => {
    if (due && renewed) void fetch(renewed);
  }, [due]);
  const seconds = quote === undefined ? 0 : Math.max(0, Math.ceil((quote.until - now) / 1_000));
  return { quote, error, busy, seconds, changed, fetch, forget };
};
