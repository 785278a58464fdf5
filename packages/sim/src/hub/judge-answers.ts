import { assert, type Effect } from "@coinholder/engine";
import {
  type ErrorCode,
  errors,
  functionRow,
  isFunctionName,
  mismatches,
  statusOf,
} from "@coinholder/protocol";
import { type Answer, type Book, type Call, clientIdOf, nonceOf } from "./book.ts";
import type { Entry, Shadow } from "./shadow.ts";

/** Functions whose every good answer stands for a command in the journal. */
const ALWAYS_JOURNALED = new Set([
  "create-authkey",
  "new-btc-address",
  "send-btc",
  "pay-invoice",
  "withdraw-fiat",
  "place-order",
  "cancel-order",
  "amend-order",
  "buy-option",
  "exercise-option",
  "new-invoice",
  "operator-credit",
  "operator-settle-fiat-withdrawal",
]);

/** What stands in the journal, found by what the caller knows of it. */
export interface Index {
  readonly byNonce: Map<string, Entry[]>;
  /** By account, function and client_id. */
  readonly byClientId: Map<string, Entry>;
}

export const newIndex = (): Index => ({ byNonce: new Map(), byClientId: new Map() });

export const addToIndex = (index: Index, entry: Entry): void => {
  const nonce = nonceOf(entry.command);
  if (nonce !== undefined) {
    const had = index.byNonce.get(nonce) ?? [];
    index.byNonce.set(nonce, [...had, entry]);
    assert(had.length === 0, `entry ${entry.seq}: the nonce ${nonce} has served for entry ${had[0]?.seq}`);
  }
  const id = clientIdOf(entry.command);
  if (id === undefined || !("by" in entry.command)) return;
  const key = `${entry.command.by!.account} ${entry.command.by!.fn} ${id}`;
  assert(!index.byClientId.has(key), `entry ${entry.seq}: ${key} is done twice`);
  index.byClientId.set(key, entry);
};

export interface Judging {
  readonly book: Book;
  /** Both anew with every life, from what is on the disk. */
  shadow: Shadow;
  index: Index;
  /** The last entry that is safe on the disk. */
  readonly safe: () => number;
  /** The furthest that anybody was answered about. */
  answered: number;
  /** The hub may be at its end. */
  readonly mayFail: () => boolean;
  /** Nonces of calls that this life of the hub has listened to. */
  readonly heard: Set<string>;
}

/** The entry that a good answer to this call is about. */
const entryOf = ({ index }: Judging, call: Call): Entry | undefined => {
  const own = call.nonce === undefined ? undefined : index.byNonce.get(call.nonce)?.[0];
  if (own) return own;
  if (call.clientId === undefined || !call.by) return undefined;
  return index.byClientId.get(`${call.by.account} ${call.request.fn} ${call.clientId}`);
};

const isEffect =
  <K extends Effect["is"]>(is: K) =>
  (effect: Effect): effect is Extract<Effect, { is: K }> =>
    effect.is === is;

/** Refusals before anybody looks whether the call was made before, and what is said when nobody knows. */
const SAYS_NOTHING = new Set([
  "nonce_used",
  "nonce_stale",
  "authentication_failed",
  "rate_limited",
  "overloaded",
  "outcome_unknown",
  "internal",
]);

/** Says of an answer, the moment that it comes, whether it may be. */
export const judgeAnswer = (judging: Judging, call: Call, answer: Answer, isGarbled: boolean): void => {
  const { fn } = call.request;
  const what = `call ${call.number} (${fn} ${JSON.stringify(call.params)}) answered ${answer.status} ${answer.text}`;
  assert(isFunctionName(fn), `${fn} is a function`);
  if (!isGarbled) judgeCopies(judging, call, answer, what);
  if (answer.status !== 200) {
    const { code } = answer;
    assert(code !== undefined && Object.hasOwn(errors, code), `${what}: an error has a code that is known`);
    assert(statusOf(code as ErrorCode) === answer.status, `${what}: the status is that of the code`);
    assert(code !== "internal" || judging.mayFail(), `${what}: the hub has failed`);
    if (!isGarbled && !SAYS_NOTHING.has(code)) judgeRefusal(judging, call, what);
    return;
  }
  assert(!isGarbled || !call.by, `${what}: its bytes are not those that were signed`);
  const wrong = mismatches(functionRow(fn).result.schema, answer.body);
  assert(wrong.length === 0, `${what}: ${wrong.join("; ")}`);
  judgeRetry(call, answer, what);
  const entry = entryOf(judging, call);
  assert(entry !== undefined || !ALWAYS_JOURNALED.has(fn), `${what}: the journal has nothing of it`);
  if (entry) {
    assert(
      entry.seq <= judging.safe(),
      `${what}: entry ${entry.seq} is not on the disk, only ${judging.safe()} are`,
    );
    judging.answered = Math.max(judging.answered, entry.seq);
    judgeTransfer(entry, answer, what);
  }
  if (fn === "create-account") judgeAccount(judging, answer, what);
  judgeRead(judging, call, answer, what);
};

/** What is refused has not been done: neither by this call, nor, where it is a retry, by one before it. */
const judgeRefusal = (judging: Judging, call: Call, what: string): void => {
  const done = entryOf(judging, call);
  const before = done !== undefined && (done.seq <= call.sentAfter || nonceOf(done.command) === call.nonce);
  assert(!before, `${what}: entry ${done?.seq} has done it`);
};

const judgeAccount = (judging: Judging, { body }: Answer, what: string): void => {
  const made = judging.shadow.entries.find(
    ({ command }) => command.kind === "create-account" && command.id === body.account,
  );
  assert(made !== undefined && made.seq <= judging.safe(), `${what}: the account is not on the disk`);
  judging.answered = Math.max(judging.answered, made.seq);
};

/**
 * Of equal bytes one is listened to. After a restart only those that the journal has are known, and those signed before it are
 * refused: a call signed for later that came to nothing may come to something then.
 */
const judgeCopies = ({ heard }: Judging, call: Call, { code }: Answer, what: string): void => {
  if (call.nonce === undefined || (code !== undefined && SAYS_NOTHING.has(code))) return;
  assert(!heard.has(call.nonce), `${what}: the same bytes were listened to before`);
  heard.add(call.nonce);
};

/** Whoever asks again with the same client_id is told the same. */
const judgeRetry = (call: Call, answer: Answer, what: string): void => {
  const before = call.first.answers.find(({ status }) => status === 200);
  if (before && call.clientId !== undefined)
    assert(before.text === answer.text, `${what}: the first answer was ${before.text}`);
};

const judgeTransfer = (entry: Entry, answer: Answer, what: string): void => {
  const { transfer_id, oid } = answer.body;
  if (typeof transfer_id === "string") {
    const made = entry.effects.find(isEffect("transfer"));
    assert(
      made !== undefined && transfer_id === `t${made.transfer}`,
      `${what}: the transfer is ${made?.transfer}`,
    );
  }
  if (typeof oid === "string" && entry.command.kind === "place-order")
    for (const trade of entry.effects.filter(isEffect("trade")))
      assert(`o${trade.taker.order}` === oid, `${what}: the trades are of order ${trade.taker.order}`);
};

/** A balance that was told is one that was, at some moment between question and answer, and is on the disk. */
const judgeRead = (judging: Judging, call: Call, answer: Answer, what: string): void => {
  if (call.request.fn !== "my-balance") return;
  const seq = call.could.get(balanceText(answer.body));
  assert(seq !== undefined, `${what}: it could have been ${[...call.could.keys()].join(" or ")}`);
  assert(
    seq <= judging.safe(),
    `${what}: that is of entry ${seq}, and only ${judging.safe()} are on the disk`,
  );
  judging.answered = Math.max(judging.answered, seq);
};

/** What an account has, in one writing: by currency, what is available, held and on its way. */
export const balanceText = ({ available, held, pending }: Record<string, unknown>): string =>
  [available, held, pending]
    .map((of) =>
      Object.entries((of ?? {}) as Record<string, string>)
        .map(([code, amount]) => `${code} ${plainly(amount)}`)
        .filter((one) => !one.endsWith(" 0"))
        .sort()
        .join(","),
    )
    .join(" | ");

const plainly = (amount: string): string => amount.replace(/(\.[0-9]*?)0+$/, "$1").replace(/\.$/, "");

const decimals = (amount: bigint, places: number): string => {
  const digits = String(amount < 0n ? -amount : amount).padStart(places + 1, "0");
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return `${amount < 0n ? "-" : ""}${text}`;
};

/** The same from the plain twin. */
export const twinBalanceText = ({ twin }: Shadow, accountId: string): string => {
  const account = twin.accounts.findIndex(({ id }) => id === accountId);
  const of = (which: "available" | "held" | "pending") =>
    Object.fromEntries(
      twin.config.currencies.map(({ code, decimals: places }) => [
        code.toLowerCase(),
        decimals(twin.balances.get(`${account} ${code}`)?.[which] ?? 0n, places),
      ]),
    );
  return balanceText({ available: of("available"), held: of("held"), pending: of("pending") });
};

/** A command was carried out: whoever is just reading may be told of it. */
export const noteForReaders = ({ book, shadow }: Pick<Judging, "book" | "shadow">): void => {
  for (const call of book.reading) {
    const text = twinBalanceText(shadow, call.by!.account);
    if (!call.could.has(text)) call.could.set(text, shadow.entries.length);
  }
};
