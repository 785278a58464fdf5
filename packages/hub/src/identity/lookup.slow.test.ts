import { afterEach, beforeEach, expect, test } from "vitest";
import { type OutsideHub, openOutsideHub } from "../testing/outside-hub.ts";
import { makeIdentities } from "./lookup.ts";

const ANYWHERE = { anywhere: true, isTrusted: () => false, isKnown: () => true };

let x: OutsideHub;
beforeEach(async () => {
  x = await openOutsideHub();
});
afterEach(() => x.close());

test("an answer that does not come, or does not end, is not waited for long", async () => {
  const identities = makeIdentities(ANYWHERE);
  x.answer = (_request, response) => {
    const timer = setInterval(() => response.write(" "), 50);
    response.on("close", () => clearInterval(timer));
  };
  const slow = identities.at(x.url);
  x.answer = () => {};
  const silent = identities.at(`${x.url}?silent`);
  expect([await slow, await silent]).toEqual([{ problem: "timeout" }, { problem: "timeout" }]);
}, 30_000);

test("strangers' URLs are not asked without end at once", async () => {
  const identities = makeIdentities(ANYWHERE);
  x.answer = () => {};
  const all = await Promise.all(Array.from({ length: 40 }, (_, i) => identities.at(`${x.url}?${i}`)));
  expect(all.filter((found) => "problem" in found && found.problem === "busy")).toHaveLength(8);
}, 30_000);
