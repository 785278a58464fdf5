import { onTestFinished } from "vitest";
import { type Journal, openJournal } from "../journal.ts";
import { type PostgresStoreOptions, postgresStore } from "../postgres/store.ts";
import type { Store } from "../store.ts";
import { recoverEntries } from "./place.ts";
import type { PostgresServer } from "./postgres-server.ts";
import { PATIENT } from "./timing.ts";

/** A database that lasts as long as the server. Stores opened in it are closed at the end of the test. */
export type PostgresPlace = {
  readonly url: string;
  store(options?: PostgresStoreOptions & { url?: string }): Store;
  /** A journal on a new store here, recovered, and what that brought. */
  journal(
    options?: PostgresStoreOptions & { url?: string },
  ): Promise<{ journal: Journal; entries: string[] }>;
};

export async function postgresPlace(server: PostgresServer): Promise<PostgresPlace> {
  const url = await server.database();
  const stores: Store[] = [];
  onTestFinished(async () => {
    for (const store of stores) await store.close();
  });
  const store: PostgresPlace["store"] = ({ url: through = url, ...options } = {}) => {
    const made = postgresStore(through, { timing: PATIENT, ...options });
    stores.push(made);
    return made;
  };
  return {
    url,
    store,
    async journal(options) {
      const journal = await openJournal(store(options));
      return { journal, entries: await recoverEntries(journal) };
    },
  };
}
