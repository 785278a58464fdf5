import { apply, emptyState, JOURNAL_VERSION } from "@coinholder/engine";
import type { Refusal, TimeMs } from "@coinholder/protocol";
import { expect, test } from "vitest";
import { newAccountId, newHmacKey, newToken } from "../ids.ts";
import { signed } from "../testing/harness.ts";
import { makeAuthenticator } from "./authenticate.ts";

const START = 1_800_000_000_000 as TimeMs;

/** Of a hub whose journal's last command came then. */
const begin = () => {
  const state = emptyState();
  const [account, token, key] = [newAccountId(), newToken(), newHmacKey()];
  const operator = {
    id: account,
    key: { token, type: "hmac-sha256", secret: key },
    permissions: [],
  } as const;
  apply(state, { kind: "begin", version: JOURNAL_VERSION, network: "regtest", operator, t: START });
  return { state, account, token, key };
};

const asking = (
  authenticator: ReturnType<typeof makeAuthenticator>,
  { account, token, key }: { account: string; token: string; key: string },
  nonceMs: number,
  now: TimeMs,
) => {
  const nonce = { nonce_ms: String(nonceMs), nonce_random: "once" };
  const { body, headers } = signed("my-balance", {}, { token, key, account }, nonce);
  const pairs = new Map(new URLSearchParams(body));
  const signature = headers["x-signature"];
  const credentials = { fn: "my-balance", pairs, bytes: Buffer.from(body), token, signature, source: "" };
  return authenticator.bySignature(credentials, now);
};

test("a hub that was restarted while its clock stands still tells a time with which calls are taken", () => {
  // An hour ahead, for instance: until then the hub's time is that one.
  const now = START;
  const { state, account, token, key } = begin();
  const authenticator = makeAuthenticator(state, { hash: async () => undefined }, now);
  const ask = (nonceMs: number) => asking(authenticator, { account, token, key }, nonceMs, now);
  const stale = ask(now);
  expect(stale).toMatchObject({ refused: { code: "nonce_stale" } });
  expect(ask(Number((stale as { refused: Refusal }).refused.now))).toMatchObject({ account });
});

test("a call is not listened to again after the clock was wrong for a moment, an hour ahead, while another one came", () => {
  const { state, ...who } = begin();
  const authenticator = makeAuthenticator(state, { hash: async () => undefined }, 0);
  const ask = (nonceMs: number, now: number) => asking(authenticator, who, nonceMs, now as TimeMs);
  expect(ask(START + 1, START + 1)).toMatchObject({ account: who.account });
  const later = START + 3_600_000;
  expect(ask(later, later)).toMatchObject({ account: who.account });
  expect(ask(START + 1, START + 2)).toMatchObject({ refused: { code: "nonce_used" } });
});

test("nonces do not gather where nothing is journaled", () => {
  const { state, ...who } = begin();
  const authenticator = makeAuthenticator(state, { hash: async () => undefined }, 0);
  // Slices of ten seconds: an hour of them. What the first had is forgotten, and its time is long over.
  for (let t = START + 1; t < START + 3_600_000; t += 10_000)
    expect(asking(authenticator, who, t, t as TimeMs)).toMatchObject({ account: who.account });
  expect(asking(authenticator, who, START + 1, START as TimeMs)).toMatchObject({ account: who.account });
});
