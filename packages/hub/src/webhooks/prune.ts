import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { Batch, NewEvent } from "./messages.ts";

/** How long an event is kept, in ms. */
export const KEPT_MS = 7 * 24 * 60 * 60 * 1000;
/** Events that are kept of one account. */
const MOST_OF_ACCOUNT = 100_000;
/** An account's events are counted after so many new ones. */
const COUNTED_EVERY = 1000;
/** Events looked at for their age in one go: at most so many new ones come in one. */
const LOOKED_AT = 1000;

/** Within a transaction: takes away what is too old or too much, and what was to be posted of it. */
export const preparePruning = (
  db: DatabaseSyncInstance,
): ((added: readonly Pick<NewEvent, "account">[], tooOld: Batch["tooOld"], now: number) => void) => {
  const oldest = db.prepare("SELECT row, account, number, t FROM event ORDER BY row LIMIT ?");
  const overTop = db.prepare(
    `SELECT number FROM event WHERE account = ? ORDER BY number DESC LIMIT 1 OFFSET ${MOST_OF_ACCOUNT}`,
  );
  const upTo = db.prepare("DELETE FROM event WHERE account = ? AND number <= ?");
  const deliveries = db.prepare("DELETE FROM delivery WHERE account = ? AND number <= ?");
  const remember = db.prepare(
    "INSERT INTO pruned VALUES (?, ?) ON CONFLICT DO UPDATE SET number = max(number, excluded.number)",
  );
  const since = new Map<string, number>();

  const drop = (account: string, number: number): void => {
    upTo.run(account, number);
    deliveries.run(account, number);
    remember.run(account, number);
  };

  return (added, tooOld, now) => {
    const newestOld = new Map<string, number>(tooOld);
    // Nearly always the first is young.
    for (const limit of [1, LOOKED_AT + added.length]) {
      const old = oldest.all(limit) as unknown as { account: string; number: number; t: number }[];
      for (const { account, number, t } of old) if (t + KEPT_MS < now) newestOld.set(account, number);
      if (newestOld.size === 0) break;
    }
    for (const [account, number] of newestOld) drop(account, number);
    for (const { account } of added) {
      const count = (since.get(account) ?? 0) + 1;
      since.set(account, count % COUNTED_EVERY);
      if (count < COUNTED_EVERY) continue;
      const over = overTop.get(account) as { number: number } | undefined;
      if (over) drop(account, over.number);
    }
  };
};
