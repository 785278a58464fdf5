import { apply, emptyState, JOURNAL_VERSION } from "@coinholder/engine";
import type { Refusal, TimeMs } from "@coinholder/protocol";
import { expect, test } from "vitest";
import { newAccountId, newHmacKey, newToken } from "../ids.ts";
import { signed } from "../testing/harness.ts";
import { makeAuthenticator } from "./authenticate.ts";

test("a hub that was restarted while its clock stands still tells a time with which calls are taken", () => {
  const state = emptyState();
  const [account, token, key] = [newAccountId(), newToken(), newHmacKey()];
  const operator = {
    id: account,
    key: { token, type: "hmac-sha256", secret: key },
    permissions: [],
  } as const;
  // The journal's last command came when the clock was an hour ahead: until then the hub's time is that one.
  const now = 1_800_000_000_000 as TimeMs;
  apply(state, { kind: "begin", version: JOURNAL_VERSION, network: "regtest", operator, t: now });
  const authenticator = makeAuthenticator(state, { hash: async () => undefined }, now);
  const ask = (nonceMs: number) => {
    const nonce = { nonce_ms: String(nonceMs), nonce_random: "once" };
    const { body, headers } = signed("my-balance", {}, { token, key, account }, nonce);
    const pairs = new Map(new URLSearchParams(body));
    const signature = headers["x-signature"];
    const credentials = { fn: "my-balance", pairs, bytes: Buffer.from(body), token, signature, source: "" };
    return authenticator.bySignature(credentials, now);
  };
  const stale = ask(now);
  expect(stale).toMatchObject({ refused: { code: "nonce_stale" } });
  expect(ask(Number((stale as { refused: Refusal }).refused.now))).toMatchObject({ account });
});
