import type { Head } from "./group.ts";
import { type Recovered, type Recovering, recover } from "./recover.ts";
import { makeSeal } from "./seal.ts";
import type { ReadStore } from "./store.ts";

/**
 * Brings back the state of a journal that somebody else writes meanwhile, as it was at `head`. Errors: `journal_damaged`.
 * @param head of the journal, now or before: nothing after it is looked at
 */
export async function recoverAt(
  store: ReadStore,
  { head, key }: { head: Head; key?: Uint8Array | undefined },
  into: Recovering,
): Promise<Recovered> {
  return recover(store, makeSeal(key), head, into);
}
