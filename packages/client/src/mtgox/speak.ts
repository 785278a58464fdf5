import { encodeForm } from "@coinholder/protocol";
import type { PasswordCredentials } from "../credentials.ts";
import { noAnswer } from "../exchange.ts";
import { HubError, withOutcome } from "../hub-error.ts";
import { pause } from "../pause.ts";
import { parseExact } from "./exact-json.ts";
import { refusalOf } from "./refusal.ts";

export type Answered = Readonly<Record<string, unknown>>;

/** Calls of Mt Gox's API. Answers are JSON with numbers as strings. All throw HubError. */
export interface Mtgox {
  /** Market data, by GET, asked again where no answer came. */
  readonly look: (path: string, signal: AbortSignal) => Promise<unknown>;
  /** What only reads, by POST with name and password, asked again where no answer came. */
  readonly read: (path: string, signal: AbortSignal) => Promise<unknown>;
  /** What changes something: once. Where nobody knows whether it did, the error says so. */
  readonly change: (
    path: string,
    pairs: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ) => Promise<unknown>;
}

/** Pauses before the second, third and fourth try, in ms. */
const PAUSES_MS = [200, 600, 1_800];

const isObject = (value: unknown): value is Answered =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A few words of what is no JSON, to be told. */
const excerpt = (text: string): string => JSON.stringify(text.slice(0, 120).trim());

const once = async (
  url: string,
  request: RequestInit & { readonly signal: AbortSignal },
  changes: boolean,
): Promise<unknown> => {
  const { origin } = new URL(url);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { credentials: "omit", redirect: "manual", ...request });
    text = await response.text();
  } catch (error) {
    const none = noAnswer(error, request.signal, origin);
    throw changes ? none : withOutcome(none, false);
  }
  const { status } = response;
  let body: unknown;
  try {
    body = parseExact(text);
  } catch {
    body = undefined;
  }
  // Refusals come with HTTP 200.
  if (isObject(body) && typeof body.error === "string")
    throw refusalOf(body.error, body.code, { status, changes });
  if (status === 200 && body !== undefined) return body;
  throw new HubError(
    "answer_malformed",
    `${origin} answered with HTTP ${status} and ${excerpt(text)}, which is not what Mt Gox answers.`,
    // What is not there at all did nothing.
    { status, unknown: changes && status !== 404 },
  );
};

/** Whether asking again may help: no answer came, or one that is none (`MySQL error, please retry later`). */
const isTransient = ({ code, status }: HubError): boolean =>
  code === "hub_unreachable" ||
  code === "connection_lost" ||
  (code === "answer_malformed" && (status === 200 || status >= 500)) ||
  code === "overloaded";

const patiently = async (ask: () => Promise<unknown>, signal: AbortSignal): Promise<unknown> => {
  for (let tries = 0; ; tries++)
    try {
      return await ask();
    } catch (error) {
      const ms = PAUSES_MS[tries];
      if (!(error instanceof HubError) || !isTransient(error) || ms === undefined) throw error;
      await pause(ms, signal);
    }
};

/** @param base of the paths, without a slash at the end */
export const makeMtgox = (base: string, credentials: PasswordCredentials | undefined): Mtgox => {
  const post = (
    path: string,
    pairs: Readonly<Record<string, string>>,
    signal: AbortSignal,
    changes: boolean,
  ) =>
    once(
      `${base}${path}`,
      {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: encodeForm({ name: credentials?.name, pass: credentials?.pass, ...pairs }),
        signal,
      },
      changes,
    );
  return {
    look: (path, signal) => patiently(() => once(`${base}${path}`, { signal }, false), signal),
    read: (path, signal) => patiently(() => post(path, {}, signal, false), signal),
    change: (path, pairs, signal) => post(path, pairs, signal, true),
  };
};
