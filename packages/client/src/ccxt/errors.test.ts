import { errors } from "@coinholder/protocol";
import { expect, test } from "vitest";
import { hubError, MEANINGS } from "./errors.ts";

// Its types are not worth compiling for the names of its errors.
const PACKAGE = "ccxt";
const ccxt: Readonly<Record<string, unknown>> = (await import(PACKAGE)).default;
type ErrorClass = new (words: string) => Error;
const { BaseError, InsufficientFunds, ExchangeError, NetworkError } = ccxt as Record<string, ErrorClass>;
const isErrorClass = (value: unknown): value is ErrorClass =>
  value === BaseError || (typeof value === "function" && value.prototype instanceof BaseError!);
const classes = Object.entries(ccxt).filter((entry): entry is [string, ErrorClass] => isErrorClass(entry[1]));
const CLIENT_CODES = ["hub_unreachable", "connection_lost", "timeout", "aborted", "answer_malformed"];
const changing = { changes: true, sent: 1, httpStatus: 200 };

test("every class of ccxt's errors has a code, and every code is one of the protocol's or the client's", () => {
  expect(classes.length).toBeGreaterThan(35);
  expect(classes.map(([name]) => name).filter((name) => !Object.hasOwn(MEANINGS, name))).toEqual([]);
  for (const [code] of Object.values(MEANINGS))
    expect(Object.hasOwn(errors, code) || CLIENT_CODES.includes(code)).toBe(true);
});

test("what changes something is of unknown outcome when the exchange failed, never when it refused or nothing was sent", () => {
  for (const [name, Class] of classes) {
    const error = new Class("exchange words");
    const isUnknown = MEANINGS[name]![1] === "unknown";
    expect([name, hubError(error, changing).unknown]).toEqual([name, isUnknown]);
    expect(hubError(error, { ...changing, sent: 0 }).unknown).toBe(false);
    expect(hubError(error, { ...changing, changes: false }).unknown).toBe(false);
  }
});

test("an error that ccxt adds later has the meaning of the class above it", () => {
  class NotEnoughOfSomething extends (InsufficientFunds!) {
    override name = "NotEnoughOfSomething";
  }
  expect(hubError(new NotEnoughOfSomething("words"), changing)).toMatchObject({
    code: "insufficient_funds",
    status: 409,
    unknown: false,
  });
});

test("a refusal in unknown words is one from a working exchange, and of unknown outcome from one in trouble", () => {
  const error = new ExchangeError!("words");
  expect(hubError(error, changing)).toMatchObject({ code: "exchange_refused", unknown: false });
  expect(hubError(error, { ...changing, httpStatus: 502 })).toMatchObject({
    code: "outcome_unknown",
    unknown: true,
  });
});

test("a signed query does not get into the message", () => {
  const words = "binance GET https://api.binance.com/api/v3/order?symbol=X&signature=5ec7e7 fetch failed";
  expect(hubError(new NetworkError!(words), changing).message).toBe(
    "binance GET https://api.binance.com/api/v3/order fetch failed",
  );
});

test("without a connection nothing was sent", () => {
  const error = new NetworkError!(
    "kraken POST http://127.0.0.1:1 fetch failed: connect ECONNREFUSED 127.0.0.1:1",
  );
  expect(hubError(error, changing)).toMatchObject({ code: "hub_unreachable", unknown: false });
});
