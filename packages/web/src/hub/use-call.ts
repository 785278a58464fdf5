import { type Hub, HubError } from "@coinholder/client";
import {
  type AccountChannel,
  type Answer,
  type FunctionName,
  functionRow,
  type Parameters,
} from "@coinholder/protocol";
import { type Signal, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { noteFailure } from "../session/current.ts";
import { noteCall } from "./connection.ts";
import { myHub, publicHub } from "./current.ts";
import { asHubError, isNoConnection } from "./failure.ts";
import { useChannel } from "./stream.ts";

/** How a call stands. `data` is the last answer; it stays while a newer one is asked for, and beside an error. */
export interface Called<T> {
  readonly data: T | undefined;
  readonly error: HubError | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
}

interface State {
  readonly data: unknown;
  readonly error: HubError | undefined;
  readonly loading: boolean;
}

interface Entry {
  readonly state: Signal<State>;
  readonly reload: () => void;
  /** Asks unless an answer is under way. */
  readonly begin: () => void;
  users: number;
}

/** Pauses before what is shown is asked for again where the way to the hub failed, in ms; the last one is kept to. */
const PAUSES_MS = [1_000, 3_000, 10_000, 30_000];

/** Answers that nobody shows any more, kept so that a page that is opened again is not empty at first. */
const MOST_KEPT = 60;
const entries = new Map<string, Entry>();

/** A call whose answer is awaited, and noted for what it says about key and connection. */
export const ask = async <T>(hub: Hub, call: () => Promise<T>): Promise<T> => {
  try {
    const answer = await call();
    noteCall(true);
    return answer;
  } catch (error) {
    if (error instanceof HubError) {
      noteCall(!isNoConnection(error));
      const { credentials } = hub;
      if (credentials !== undefined && "token" in credentials) noteFailure(error, credentials.token);
    }
    throw error;
  }
};

const makeEntry = (hub: Hub, name: FunctionName, params: object): Entry => {
  const state = signal<State>({ data: undefined, error: undefined, loading: true });
  let asked = 0;
  let underWay = false;
  let failed = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const reload = async (): Promise<void> => {
    const mine = ++asked;
    underWay = true;
    clearTimeout(retry);
    const before = state.peek();
    if (!before.loading) state.value = { ...before, loading: true };
    try {
      const data = await ask(hub, () => hub.callByName(name, params as Record<string, unknown>));
      // A later reload knows more.
      if (mine !== asked) return;
      underWay = false;
      failed = 0;
      state.value = { data, error: undefined, loading: false };
    } catch (error) {
      const failure = asHubError(error);
      if (mine !== asked) return;
      underWay = false;
      state.value = { data: state.peek().data, error: failure, loading: false };
      if (!isNoConnection(failure)) return;
      const pause = PAUSES_MS[Math.min(failed++, PAUSES_MS.length - 1)];
      retry = setTimeout(() => {
        if (entry.users > 0) void reload();
      }, pause);
    }
  };
  const entry: Entry = {
    state,
    reload: () => void reload(),
    begin: () => {
      if (!underWay) void reload();
    },
    users: 0,
  };
  return entry;
};

const entryOf = (hub: Hub, name: FunctionName, params: object): Entry => {
  const { credentials } = hub;
  const who = credentials !== undefined && "token" in credentials ? credentials.token : "";
  const key = `${who} ${name} ${JSON.stringify(params)}`;
  const known = entries.get(key);
  if (known) return known;
  const made = makeEntry(hub, name, params);
  entries.set(key, made);
  for (const [other, { users }] of entries) {
    if (entries.size <= MOST_KEPT) break;
    if (users === 0 && other !== key) entries.delete(other);
  }
  return made;
};

/** Asks again for all that is shown, and forgets the rest: something was changed. */
export const reloadAll = (): void => {
  for (const [key, entry] of entries)
    if (entry.users === 0) entries.delete(key);
    else entry.reload();
};

addEventListener("online", () => {
  for (const { users, state, reload } of entries.values())
    if (users > 0 && state.peek().error !== undefined) reload();
});

const isOpenToAll = (name: FunctionName): boolean => {
  const { access } = functionRow(name);
  return access === "public" && name !== "invoice-status";
};

const NOTHING: Called<never> = { data: undefined, error: undefined, loading: false, reload: () => {} };

/**
 * The answer of a function that only reads, shared by all components that ask for the same, and asked for again after each `act`.
 * With `when: false` nothing is asked.
 */
export const useCall = <N extends FunctionName>(
  name: N,
  params: Parameters<N> | Record<string, never> = {},
  { when = true }: { readonly when?: boolean } = {},
): Called<Answer<N>> => {
  const hub = isOpenToAll(name) ? publicHub.value : (myHub.value ?? publicHub.value);
  const entry = when && hub !== undefined ? entryOf(hub, name, params) : undefined;
  useEffect(() => {
    if (entry === undefined) return undefined;
    entry.users++;
    entry.begin();
    return () => {
      entry.users--;
    };
  }, [entry]);
  if (entry === undefined) return NOTHING;
  const { data, error, loading } = entry.state.value;
  return { data: data as Answer<N> | undefined, error, loading, reload: entry.reload };
};

/** As `useCall`, for what an account's channel keeps current: asked for again whenever the channel tells something. */
export const useLive = <N extends FunctionName>(
  name: N,
  channel: AccountChannel,
  params: Parameters<N> | Record<string, never> = {},
): Called<Answer<N>> => {
  const called = useCall(name, params);
  // A snapshot, too, the first one not less: what happened between the call's answer and it was told by nobody.
  useChannel(channel, called.reload);
  return called;
};
