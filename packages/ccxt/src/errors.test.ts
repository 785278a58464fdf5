import { type ErrorCode, errors } from "@coinholder/protocol";
import { ExchangeError, InvalidNonce, OperationFailed, RateLimitExceeded } from "ccxt";
import { describe, expect, test } from "vitest";
import { coinholder } from "./coinholder.ts";
import { errorClasses } from "./errors.ts";

const codes = Object.keys(errors) as ErrorCode[];
const exchange = new coinholder({});
const thrown = (status: number, body: unknown): unknown => {
  const text = JSON.stringify(body);
  try {
    exchange.handleErrors(status, "", "", "POST", {}, text, body);
    return undefined;
  } catch (error) {
    return error;
  }
};

describe("every error of the protocol", () => {
  test.each(codes)("%s is told by its class of ccxt", (code) => {
    const error = thrown(errors[code][0], { error: { code, message: "As the test wants it." } });
    expect(error).toBeInstanceOf(errorClasses[code]);
    expect(String(error)).toContain(code);
  });

  const refusals: readonly ErrorCode[] = ["unsupported"];
  test.each(codes.filter((code) => errors[code][0] >= 500 && !refusals.includes(code)))(
    "%s (5xx) is no refusal to a bot: it looks before it places again",
    (code) => {
      expect(thrown(errors[code][0], { error: { code } })).toBeInstanceOf(OperationFailed);
    },
  );

  const later: readonly ErrorCode[] = ["rate_limited", "nonce_stale", "nonce_used"];
  test.each(codes.filter((code) => errors[code][0] < 500 && !later.includes(code)))(
    "%s (4xx) is a refusal: ccxt does not send it again",
    (code) => {
      expect(thrown(errors[code][0], { error: { code } })).toBeInstanceOf(ExchangeError);
    },
  );

  test("what may be sent again at once or later", () => {
    expect(thrown(429, { error: { code: "rate_limited" } })).toBeInstanceOf(RateLimitExceeded);
    expect(thrown(401, { error: { code: "nonce_stale", now: 1 } })).toBeInstanceOf(InvalidNonce);
  });
});

test("a code of a hub's own is told by its status", () => {
  expect(thrown(409, { error: { code: "closed_on_sundays" } })).toBeInstanceOf(ExchangeError);
  expect(thrown(503, { error: { code: "closed_on_sundays" } })).toBeInstanceOf(OperationFailed);
});

test("an answer is no error", () => {
  expect(thrown(200, { orders: [] })).toBeUndefined();
});
