import type { Price, PriceSource } from "./price.ts";

/** Why no price came: a stable snake_case word. */
export class NoPrice extends Error {
  readonly why: string;
  constructor(why: string) {
    super(why);
    this.name = "NoPrice";
    this.why = why;
  }
}

/** A source that is asked again and again. */
export interface Polled extends PriceSource {
  readonly latest: () => Price | undefined;
  /** Why the last try brought none; undefined when it did, or is the first. */
  readonly trouble: () => string | undefined;
}

const whyOf = (error: unknown): string => {
  if (error instanceof NoPrice) return error.why;
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  if (name === "TimeoutError") return "timeout";
  return typeof code === "string" && /^[a-z_]{1,40}$/.test(code) ? code : "unreachable";
};

/**
 * Asks every `everyMs`, one try at a time. What cannot be had leaves the last price standing, which grows stale.
 * @param ask ends by itself, whatever the other side does; throws where it has no price
 */
export const polled = (ask: (signal: AbortSignal) => Promise<Price>, everyMs: number): Polled => {
  let last: Price | undefined;
  let trouble: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const stop = new AbortController();
  const again = async (): Promise<void> => {
    try {
      last = await ask(stop.signal);
      trouble = undefined;
    } catch (error) {
      trouble = whyOf(error);
    }
    if (stop.signal.aborted) return;
    timer = setTimeout(again, everyMs);
    timer.unref();
  };
  void again();
  return {
    latest: () => last,
    trouble: () => trouble,
    close: () => {
      stop.abort();
      clearTimeout(timer);
    },
  };
};
