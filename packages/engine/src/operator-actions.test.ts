import { expect, test } from "vitest";
import { BrokenInvariant } from "./assert.ts";
import { load } from "./load.ts";
import { sat, stateText, testHub } from "./testing.ts";

const scene = () => {
  const hub = testHub();
  const by = hub.operator.calls("operator-halt");
  const goesOn = { kind: "operator-action", by, params: { to: "cold" }, goesOn: true } as const;
  const ended = (action: number) =>
    ({ kind: "operator-action-ended", action, outcome: "done", params: {} }) as const;
  return { hub, by, goesOn, ended };
};

test("what goes on is numbered, kept until it has ended, also in a dump, and ends once", async () => {
  const { hub, by, goesOn, ended } = scene();
  const { by: _, goesOn: __, ...atOnce } = goesOn;
  expect(hub.done({ ...atOnce, by }).answer).toEqual({});
  expect(stateText(hub.state)).not.toContain("operator-actions");
  expect(hub.done(goesOn).answer).toEqual({ action: 1 });
  expect(hub.done(goesOn).answer).toEqual({ action: 2 });
  hub.done(ended(1));
  const lines = stateText(hub.state).split("\n");
  const loaded = await load(lines);
  expect(stateText(loaded).split("\n")).toEqual(lines);
  expect(loaded.actions).toEqual({ begun: 2, open: new Set([2]) });
  expect(() => hub.done(ended(1))).toThrow(BrokenInvariant);
  expect(() => hub.done(ended(3))).toThrow(BrokenInvariant);
});

test("it moves nothing, and is a call like others: of a key that may, once for each nonce", () => {
  const { hub, goesOn } = scene();
  hub.credit(hub.account("anna"), "USD", 5);
  const money = () =>
    stateText(hub.state)
      .split("\n")
      .filter((line) => line.startsWith('["balance"'));
  const before = money();
  const by = hub.operator.calls("operator-halt", { nonce: [hub.t, "n"] });
  expect(hub.done({ ...goesOn, by }).effects).toEqual([]);
  expect(money()).toEqual(before);
  expect(hub.refused({ ...goesOn, by })).toBe("nonce_used");
  expect(hub.refused({ ...goesOn, by: hub.operator.calls("operator-sweep") })).toBe("permission_denied");
});

test("why withdrawals were halted is kept with the halt; a journal without it gives what it gave", () => {
  const { hub, by } = scene();
  const stop = { kind: "halt-withdrawals", by, reason: "operator" } as const;
  const go = { kind: "resume-withdrawals", by, why: "it was ours" } as const;
  hub.done(stop);
  expect(hub.state.chain.halt).toEqual({ reason: "operator", t: hub.t, detail: "" });
  hub.done({ ...stop, why: "too late" });
  expect(hub.state.chain.halt!.detail, "what stopped them stays told").toBe("");
  hub.done(go);
  expect(hub.done({ ...stop, why: "p12 looks strange" }).answer).toEqual({});
  expect(hub.state.chain.halt).toEqual({ reason: "operator", t: hub.t, detail: "p12 looks strange" });
});

test("why a pay-out was refused is told with its new status; a bank's record is not, nor what was noted before owners were told", () => {
  const { hub } = scene();
  const anna = hub.account("anna");
  hub.credit(anna, "USD", 30);
  const asked = () =>
    hub.done({
      kind: "withdraw-fiat",
      by: anna.calls("withdraw-fiat"),
      currency: "USD",
      amount: sat(10),
      destination: "IBAN",
    }).answer.transfer;
  const settle = (outcome: "done" | "refused", reference: string, more: { forOwner?: true }) => {
    const by = hub.operator.calls("operator-settle");
    return hub
      .done({ kind: "settle-fiat", by, transfer: asked(), outcome, reference, ...more })
      .effects.find(({ is }) => is === "status");
  };
  const told = { forOwner: true } as const;
  expect(settle("refused", "no such IBAN", told)).toMatchObject({
    status: "refused",
    reason: "no such IBAN",
  });
  expect(settle("refused", "", told)).not.toHaveProperty("reason");
  expect(settle("done", "wire 7", told)).not.toHaveProperty("reason");
  // Of a journal from before owners were told: the operator wrote it for himself.
  expect(settle("refused", "looks like a fraud", {})).toEqual({
    is: "status",
    transfer: expect.any(Number),
    account: expect.any(Number),
    status: "refused",
  });
});
