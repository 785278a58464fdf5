import { expect, test } from "vitest";
import { HubError } from "./hub-error.ts";
import { seedAnswer } from "./seed-answer.ts";

test.each([
  ["a bare list", [{ oid: 7, price: "1" }], [{ oid: "7", price: "1" }]],
  ["a list of ids", ["a", 8], [{ oid: "a" }, { oid: "8" }]],
  ["another word for the id", [{ id: "x" }], [{ id: "x", oid: "x" }]],
  ["a list under a name", { more: false, open: [{ oid: "a" }] }, [{ oid: "a" }]],
  ["by oid", { orders: { a: { amount: "1" } } }, [{ oid: "a", amount: "1" }]],
  ["by oid, and nothing else", { a: { amount: "1" } }, [{ oid: "a", amount: "1" }]],
  ["an empty body", undefined, []],
  ["an empty list for an empty map", { orders: [] }, []],
  ["an empty map", {}, []],
])("open orders in a shape of the hub's own become a list: %s", (_, body, orders) => {
  expect(seedAnswer("my-open-orders", body)).toEqual({ orders });
});

test.each([
  ["my-balance", { error: "not really" }],
  ["my-balance", undefined],
  ["my-balance", { available: "17.50" }],
  ["place-order", {}],
  ["place-order", { oid: "" }],
  ["place-order", undefined],
  ["new-btc-address", { address: "1BoatSLRHtKNngkdXEeobR76b53LETtpyT" }],
  ["new-btc-address", null],
])("%s: what the seed says must be there; without it the outcome is not known: %j", (name, body) => {
  expect(() => seedAnswer(name, body)).toThrow(HubError);
  expect(() => seedAnswer(name, body)).toThrow(
    expect.objectContaining({ code: "answer_malformed", unknown: true }),
  );
});

test.each([undefined, null, true, "ok", [], {}])(
  "cancel-order answers nothing, however it is written: %j",
  (body) => {
    expect(seedAnswer("cancel-order", body)).toEqual({});
  },
);
