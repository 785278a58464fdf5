import { randomBytes } from "node:crypto";
import { answering } from "../child.ts";
import { randomId } from "../random-id.ts";
import { memoryInUse } from "./memory-in-use.ts";

/** The yardstick: the same data as plain objects, found by identifier and by token. */
answering(async (accounts: number) => {
  const byId = new Map<string, object>();
  const byToken = new Map<string, object>();
  const before = memoryInUse();
  for (let i = 0; i < accounts; i++) {
    const balance = (available: number) => ({ available, held: 0, pending: 0 });
    const account = JSON.parse(
      JSON.stringify({
        id: randomId("ac-"),
        authkey: { token: randomId("ak-"), type: "hmac-sha256", key: randomBytes(32).toString("base64") },
        balances: { usd: balance(1750), eur: balance(1750) },
      }),
    );
    byId.set(account.id, account);
    byToken.set(account.authkey.token, account);
  }
  const after = memoryInUse();
  if (byId.size + byToken.size !== 2 * accounts) throw new Error("not all accounts were made");
  return { used: (after.used - before.used) / accounts, rss: (after.rss - before.rss) / accounts };
});
