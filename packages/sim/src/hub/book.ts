import type { Stamped } from "@coinholder/engine";

export interface Person {
  readonly account: string;
  readonly token: string;
  /** None where it is a password. */
  readonly key: string | undefined;
  readonly name?: string;
  readonly pass?: string;
  /** Addresses that the hub gave out to them. */
  readonly addresses: string[];
}

export interface Request {
  readonly fn: string;
  readonly method: "POST" | "GET";
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: Record<string, unknown>;
  /** Of an error. */
  readonly code: string | undefined;
}

/** A request of the simulation, and what came back. */
export interface Call {
  readonly number: number;
  readonly by: Person | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly request: Request;
  /** What tells its nonce from others; undefined where nothing is signed. */
  readonly nonce: string | undefined;
  readonly clientId: string | undefined;
  /** The first call with its client_id: itself, if it is no retry. */
  first: Call;
  /** The last entry of the journal when it was sent the last time. */
  sentAfter: number;
  readonly answers: Answer[];
  /** What a right answer to a read could say, and up to which command of the journal it has then read. */
  readonly could: Map<string, number>;
  /** It is told to be what it was when it was answered. */
  readonly told?: (answer: Answer) => void;
}

/** What the calls of a run are and what they came to, by whom they were made. */
export interface Book {
  readonly people: Person[];
  operator: Person | undefined;
  readonly calls: Call[];
  /** Reads of balances that wait for their answer. */
  readonly reading: Set<Call>;
  /** Calls sent and not answered in this life. */
  readonly underWay: Set<Call>;
  readonly invoices: {
    readonly json: string;
    readonly signature: string;
    readonly address: string;
    readonly by: Person;
  }[];
  readonly options: { readonly id: string; readonly by: Person }[];
  /** Satoshi and cents. */
  readonly orders: {
    readonly oid: string;
    readonly by: Person;
    readonly sells: boolean;
    readonly base: number;
    readonly quote: number;
  }[];
  readonly quotes: { readonly by: Person; readonly params: Readonly<Record<string, string>> }[];
  readonly fiat: string[];
  /** Addresses outside, each for one payment only. */
  outside: number;
  /** How far the hub's clock is from that of its callers, as it told them. */
  ahead: number;
}

export const newBook = (): Book => ({
  people: [],
  operator: undefined,
  calls: [],
  reading: new Set(),
  underWay: new Set(),
  invoices: [],
  options: [],
  orders: [],
  quotes: [],
  fiat: [],
  outside: 0,
  ahead: 0,
});

export const nonceOf = (command: Stamped): string | undefined =>
  "by" in command ? command.by?.nonce?.[1] : undefined;
export const clientIdOf = (command: Stamped): string | undefined =>
  "by" in command ? command.by?.once?.[0] : undefined;

export const isDone = (call: Call): boolean => call.answers.some(({ status }) => status === 200);
