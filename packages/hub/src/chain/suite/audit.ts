import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyState, load, type State } from "@coinholder/engine";
import { openJournal, sqliteStore } from "@coinholder/journal";
import { expect } from "vitest";
import { paths, privateFolder } from "../../data-folder.ts";
import { replay } from "../../recover.ts";
import { verifyData } from "../../verify.ts";
import type { Scene } from "./scene.ts";

/** The journal as it is on disk while the hub goes on, in a data folder of its own. */
const copyJournal = (data: string): string => {
  const copy = mkdtempSync(join(tmpdir(), "coinholder-audit-"));
  const [from, to] = [paths(data).journal, paths(copy).journal];
  privateFolder(to);
  const files = readdirSync(from, { recursive: true, encoding: "utf8" });
  for (const name of files.filter((file) => statSync(join(from, file)).isDirectory()))
    privateFolder(join(to, name));
  // The write-ahead log comes first: what is moved from it into the database meanwhile is then in both, and does no harm.
  const isLog = (name: string): number => (name.endsWith("-wal") ? 0 : 1);
  for (const name of files.sort((a, b) => isLog(a) - isLog(b)))
    if (statSync(join(from, name)).isFile() && !name.endsWith("-shm"))
      copyFileSync(join(from, name), join(to, name));
  return copy;
};

const stateOf = async (data: string, key: Uint8Array): Promise<State> => {
  const journal = await openJournal(sqliteStore(paths(data).journal), { key });
  let state = emptyState();
  try {
    await journal.recover({
      loadSnapshot: async (lines) => {
        state = await load(lines);
      },
      apply: (entry, at) => void replay(state, entry, at),
    });
  } finally {
    await journal.close();
  }
  return state;
};

/**
 * What must be true whatever happened: the journal replays to the same state with every invariant, and the coins in the books are
 * those that the node's own chain has on the hub's addresses, one by one.
 */
export const audit = async ({ node, hub, began, look, journalKey }: Scene): Promise<void> => {
  await look();
  const key = await journalKey();
  const copy = copyJournal(hub().data);
  try {
    await verifyData(copy, key);
    const { chain } = await stateOf(copy, key);
    const inBooks = [...chain.coins.values()]
      .filter(({ height, spentAt }) => height > 0 && spentAt === 0)
      .map(({ outpoint, value }) => [outpoint, value] as const);
    const ours = [...chain.addresses.values()].map(({ address }) => address);
    expect(new Map<string, number>(inBooks)).toEqual(await node.unspentOf(ours, began));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
};
