import {
  encodeForm,
  functionRow,
  isFunctionName,
  JSON_BODY,
  SIGNATURE_HEADER,
  signCall,
  TOKEN_HEADER,
} from "@coinholder/protocol";
import { type Prng, prng } from "../prng.ts";
import type { Book, Call, Person, Request } from "./book.ts";
import { type Made, money, reading, trading } from "./making.ts";
import { accounts, invoices } from "./making-more.ts";

const FORM = "application/x-www-form-urlencoded";

/** The exact bytes of a call, signed where somebody makes it with a key. */
const requestOf = (
  fn: string,
  params: Readonly<Record<string, string>>,
  by: Person | undefined,
  nonce: readonly [ms: number, random: string],
  form: "form" | "json" | "query",
): Request => {
  const signed = by?.key !== undefined && {
    f: fn,
    account: by.account,
    nonce_ms: String(nonce[0]),
    nonce_random: nonce[1],
  };
  const named = by?.pass !== undefined && { name: by.name, pass: by.pass };
  const values: Record<string, unknown> = { ...params, ...signed, ...named };
  // Lists and objects are text in a form, and themselves in JSON.
  if (form === "json")
    for (const [name, value] of Object.entries(params))
      if (/^[[{]/.test(value) && name !== "invoice_json") values[name] = JSON.parse(value);
  const bytes = form === "json" ? JSON.stringify(values) : encodeForm(values);
  const key = by?.key;
  return {
    fn,
    method: form === "query" ? "GET" : "POST",
    bytes,
    headers: {
      ...(form === "query" ? {} : { "content-type": form === "json" ? JSON_BODY : FORM }),
      ...(key !== undefined && {
        [TOKEN_HEADER]: by!.token,
        [SIGNATURE_HEADER]: signCall(key, new TextEncoder().encode(bytes)),
      }),
    },
  };
};

/** Reads may stand in the address; flags are text in a form and no text in JSON: such calls are sent as forms. */
const formOf = (
  fn: string,
  params: Readonly<Record<string, string>>,
  by: Person | undefined,
  isOther: boolean,
) => {
  if (!isOther || by?.pass !== undefined) return "form";
  if (isFunctionName(fn) && !functionRow(fn).changes) return "query";
  return Object.values(params).some((value) => value === "true" || value === "false") ? "form" : "json";
};

/** Some clocks are ahead, some behind: what was signed for later must not be forgotten by a restart. */
export const signedAbout = (random: Prng, now: number): number =>
  now + (random.chance(0.2) ? random.below(25_000) : random.chance(0.2) ? -random.below(25_000) : 0);

/** A new call; not sent yet. `isOther`: in another form than most are. */
export const newCall = (
  book: Book,
  { fn, by, params, told }: Omit<Made, "once">,
  signedFor: number,
  isOther: boolean,
  first?: Call,
): Call => {
  const number = book.calls.length + 1;
  const nonce = by?.key === undefined ? undefined : `n${number}`;
  const call: Call = {
    number,
    by,
    params,
    request: requestOf(fn, params, by, [signedFor, nonce ?? ""], formOf(fn, params, by, isOther)),
    nonce,
    clientId: params.client_id,
    first: undefined as unknown as Call,
    sentAfter: 0,
    answers: [],
    could: new Map(),
    ...(told ? { told } : {}),
  };
  call.first = first ?? call;
  book.calls.push(call);
  return call;
};

const MAKERS = { ...money, ...trading, ...reading, ...accounts, ...invoices };

/** What accounts do. */
export type CallKind = keyof typeof MAKERS;

/** What somebody does next; undefined where there is nobody or nothing to do it with. */
export const nextCall = (
  kind: CallKind,
  roll: number,
  book: Book,
  outside: (number: number) => string,
  now: number,
): Call | undefined => {
  const random = prng(roll);
  if (book.people.length === 0 && kind !== "create account") return undefined;
  // Who makes the first account is nobody yet, and nobody is asked who it was.
  const by = random.pick(book.people);
  const made: Made | undefined = MAKERS[kind]({ random, book, by, outside: () => outside(book.outside++) });
  if (!made) return undefined;
  const once = made.once ? { client_id: `c${book.calls.length + 1}` } : {};
  return newCall(
    book,
    { ...made, params: { ...made.params, ...once } },
    signedAbout(random, now),
    random.chance(0.3),
  );
};
