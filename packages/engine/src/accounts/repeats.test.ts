import { NONCE_WINDOW_MS } from "@coinholder/protocol";
import { describe, expect, test } from "vitest";
import type { By } from "../command.ts";
import { at, has, sat, testHub } from "../testing.ts";
import { emptyNonces, hasNonce, rememberNonce, SLICE_MS } from "./nonces.ts";
import { ONCE_KEPT_MS, type Once, PRUNED_EVERY, rememberAnswer } from "./once.ts";

const scene = () => {
  const hub = testHub();
  const [anna, bert] = [hub.account(), hub.account()];
  hub.deposit(anna, 1000);
  const address = hub.address(bert);
  const send = (amount: number, by: Partial<By>) =>
    ({ kind: "send", by: anna.calls("send-btc", by), address, amount: sat(amount) }) as const;
  return { hub, anna, bert, send };
};

describe("nonces", () => {
  test("a signed call is carried out once: its copy is refused while its time is in the window", () => {
    const { hub, bert, send } = scene();
    // Signed with a clock that goes ahead by the whole window: good until two windows later.
    const nonce = [hub.t + NONCE_WINDOW_MS, "r"] as const;
    hub.done(send(10, { nonce }));
    for (const later of [0, NONCE_WINDOW_MS, NONCE_WINDOW_MS]) {
      hub.t += later;
      expect(hub.refused(send(10, { nonce }))).toBe("nonce_used");
    }
    expect(has(hub, bert, "BTC")[0]).toBe(10);
  });

  test("the same numbers by another key, another time or another token are another nonce", () => {
    const { hub, send } = scene();
    hub.done(send(1, { nonce: [hub.t, "r"] }));
    hub.done(send(1, { nonce: [hub.t, "s"] }));
    hub.done(send(1, { nonce: [hub.t + 1, "r"] }));
  });

  test("a refused call leaves its nonce unused", () => {
    const { hub, send } = scene();
    const nonce = [hub.t, "r"] as const;
    expect(hub.refused(send(5000, { nonce }))).toBe("insufficient_funds");
    hub.done(send(5, { nonce }));
  });

  test("old nonces are forgotten: memory holds about what a window brought", () => {
    const nonces = emptyNonces();
    const nonceMs = (i: number): number => at(i * 100);
    for (let i = 0; i < 20_000; i++) rememberNonce(nonces, nonceMs(i), `n${i}`, at(i * 100));
    const live = NONCE_WINDOW_MS / 100;
    const remembered = [...nonces.values()].reduce((sum, slice) => sum + slice.size, 0);
    expect(remembered).toBeGreaterThanOrEqual(live);
    expect(remembered).toBeLessThanOrEqual(live + (2 * SLICE_MS) / 100);
    for (let i = 20_000 - live; i < 20_000; i++) expect(hasNonce(nonces, nonceMs(i), `n${i}`)).toBe(true);
  });
});

describe("client_id", () => {
  test("a retry with the same parameters returns the first answer and pays once", () => {
    const { hub, bert, send } = scene();
    const first = hub.done(send(10, { once: ["c", "f"], nonce: [hub.t, "1"] }));
    const again = hub.done(send(10, { once: ["c", "f"], nonce: [hub.t, "2"] }));
    expect(again.answer).toEqual(first.answer);
    expect(again.effects).toEqual([]);
    expect(has(hub, bert, "BTC")[0]).toBe(10);
  });

  test("with other parameters it is refused; for another function or account it is another id", () => {
    const { hub, anna, bert, send } = scene();
    hub.done(send(10, { once: ["c", "f"] }));
    expect(hub.refused(send(11, { once: ["c", "g"] }))).toBe("client_id_conflict");
    hub.credit(anna, "USD", 100);
    const by = anna.calls("withdraw-fiat", { once: ["c", "h"] });
    hub.done({ kind: "withdraw-fiat", by, currency: "USD", amount: sat(1), destination: "" });
    const back = hub.address(anna);
    hub.done({
      kind: "send",
      by: bert.calls("send-btc", { once: ["c", "i"] }),
      address: back,
      amount: sat(1),
    });
  });

  test("a refusal is not kept: the same call can work later", () => {
    const { hub, anna, send } = scene();
    expect(hub.refused(send(1001, { once: ["c", "f"] }))).toBe("insufficient_funds");
    hub.deposit(anna, 1);
    hub.done(send(1001, { once: ["c", "f"] }));
  });

  test("first answers are kept for thirty days and then forgotten", () => {
    const once: Once = new Map();
    const keep = (i: number, t: number) =>
      rememberAnswer(once, `c${i}`, { fingerprint: "", answer: {}, t: at(t) });
    for (let i = 0; i < PRUNED_EVERY; i++) keep(i, 0);
    keep(PRUNED_EVERY, ONCE_KEPT_MS);
    expect(once.has("c0")).toBe(true);
    for (let i = once.size; i <= 2 * PRUNED_EVERY; i++) keep(i, ONCE_KEPT_MS + 1);
    expect(once.has("c0")).toBe(false);
    expect(once.size).toBe(PRUNED_EVERY + 1);
  });
});
