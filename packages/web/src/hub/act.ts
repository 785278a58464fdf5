import { type Hub, HubError } from "@coinholder/client";
import { type Answer, type FunctionName, functionRow, type Parameters } from "@coinholder/protocol";
import { signal } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import { readUnfinished, UNFINISHED } from "../session/notes.ts";
import { myHub } from "./current.ts";
import { ask, reloadAll } from "./use-call.ts";

/** A call that changes something and has not been answered: the page was closed, or the connection lost. */
export interface Unfinished<N extends FunctionName = FunctionName> {
  readonly name: N;
  readonly params: Parameters<N>;
  /** Under which the hub knows it, if it came there at all: the same call again gives the first one's answer. */
  readonly client_id: string;
  /** When it was begun. */
  readonly t: number;
}

/**
 * Refusals that come before the hub looks whether it has carried the call out already: of a call whose first try was never answered
 * they say nothing, and it stays stored.
 */
const SAYS_NOTHING: ReadonlySet<string> = new Set([
  "authentication_failed",
  "authkey_expired",
  "disk_full",
  "hub_unreachable",
  "nonce_stale",
  "nonce_used",
  "overloaded",
  "permission_denied",
  "rate_limited",
]);

/** Counts changes of what is stored, for components that show it. */
const changes = signal(0);

const placeOf = (hub: Hub, step: string): string => {
  const { credentials } = hub;
  if (credentials === undefined || "pass" in credentials) throw new Error("acts are signed by a key");
  return `${UNFINISHED}:${credentials.account}:${step}`;
};

const stored = (hub: Hub, step: string): Unfinished[] => readUnfinished(placeOf(hub, step)) as Unfinished[];

const store = (hub: Hub, step: string, list: readonly Unfinished[]): void => {
  if (list.length === 0) localStorage.removeItem(placeOf(hub, step));
  else localStorage.setItem(placeOf(hub, step), JSON.stringify(list));
  changes.value++;
};

const takesClientId = (name: FunctionName): boolean =>
  functionRow(name).errors.includes("client_id_conflict");

const newClientId = (): string => `page-${crypto.randomUUID()}`;

const same = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * Calls a function that changes something. Its `client_id` is on disk before the call leaves and goes when an answer has come, so
 * that the same call after a lost connection or a reload has the same one and takes effect once. `step`: what the page calls it,
 * such as "send". All that `useCall` shows is asked for again. Throws HubError; where `unknown` is set, the call is still stored.
 */
export const act = async <N extends FunctionName>(
  name: N,
  params: Parameters<N>,
  step: string = name,
): Promise<Answer<N>> => {
  const hub = myHub.peek();
  if (hub === undefined) throw new Error("nobody is signed in");
  const call = (given: object): Promise<unknown> =>
    ask(hub, () => hub.callByName(name, given as Record<string, unknown>));
  if (!takesClientId(name)) {
    try {
      return (await call(params)) as Answer<N>;
    } finally {
      reloadAll();
    }
  }
  const begun = stored(hub, step).find((one) => one.name === name && same(one.params, params));
  const client_id = begun?.client_id ?? newClientId();
  if (!begun)
    store(hub, step, [...stored(hub, step), { name, params, client_id, t: Date.now() } as Unfinished]);
  const over = (): void =>
    store(
      hub,
      step,
      stored(hub, step).filter((one) => one.client_id !== client_id),
    );
  try {
    const answer = await call({ ...params, client_id });
    over();
    return answer as Answer<N>;
  } catch (error) {
    if (error instanceof HubError && !error.unknown && !(begun && SAYS_NOTHING.has(error.code))) over();
    throw error;
  } finally {
    reloadAll();
  }
};

export interface Act<N extends FunctionName> {
  /** Calls the function; undefined where it failed (`error` says why) or is still under way from before. */
  readonly run: (params: Parameters<N>) => Promise<Answer<N> | undefined>;
  readonly busy: boolean;
  readonly error: HubError | undefined;
  readonly answer: Answer<N> | undefined;
  /** Calls of this step that were never answered, oldest first: `run` them again by their `params`, or `forget` them. */
  readonly unfinished: readonly Unfinished<N>[];
  readonly forget: (one: Unfinished) => void;
  /** Takes error and answer away. */
  readonly clear: () => void;
}

/** `act` for a component. */
export const useAct = <N extends FunctionName>(name: N, step: string = name): Act<N> => {
  const [state, setState] = useState<{ busy: boolean; error?: HubError; answer?: Answer<N> }>({
    busy: false,
  });
  const busy = useRef(false);
  void changes.value;
  const hub = myHub.value;
  const run = async (params: Parameters<N>): Promise<Answer<N> | undefined> => {
    if (busy.current) return undefined;
    busy.current = true;
    setState({ busy: true });
    try {
      const answer = await act(name, params, step);
      setState({ busy: false, answer });
      return answer;
    } catch (error) {
      setState({ busy: false, ...(error instanceof HubError ? { error } : {}) });
      if (!(error instanceof HubError)) throw error;
      return undefined;
    } finally {
      busy.current = false;
    }
  };
  const unfinished =
    hub && !state.busy ? (stored(hub, step).filter((one) => one.name === name) as Unfinished<N>[]) : [];
  return {
    run,
    busy: state.busy,
    error: state.error,
    answer: state.answer,
    unfinished,
    forget: ({ client_id }) =>
      hub &&
      store(
        hub,
        step,
        stored(hub, step).filter((one) => one.client_id !== client_id),
      ),
    clear: () => setState({ busy: false }),
  };
};
