import { randomUUID } from "node:crypto";
import { JournalError } from "../error.ts";
import type { Seq } from "../group.ts";
import type { SnapshotMeta, Store } from "../store.ts";
import type { Link } from "./link.ts";

/** Chunks are read in portions of so many. */
const PORTION = 4;

/**
 * Snapshots are kept beside the groups, so that another machine has them, too: a row that describes each, and its chunks
 * under an id of its own. The chunks come first, each committed by itself; what has no description is no snapshot.
 */
export function snapshotTables(
  link: () => Link,
  term: () => number,
): Pick<Store, "writeSnapshot" | "snapshots" | "readSnapshot"> {
  async function describe(id: string, seq: Seq, meta: SnapshotMeta): Promise<void> {
    await link().run((session) =>
      session.transaction(async () => {
        const [writer] = await session.query<{ term: number }>(
          "SELECT term FROM journal_writer WHERE id = 1",
        );
        if (writer?.term !== term())
          throw new JournalError("journal_taken", "another hub has taken over the journal");
        await session.query("DELETE FROM journal_snapshot WHERE seq = $1", seq);
        await session.query(
          `INSERT INTO journal_snapshot (seq, id, group_number, group_hash, hash, seal) VALUES ($1, $2, $3, $4, $5, $6)`,
          seq,
          id,
          meta.group,
          meta.groupHash,
          meta.hash,
          meta.seal ?? null,
        );
        await session.query(
          "DELETE FROM journal_snapshot WHERE seq NOT IN (SELECT seq FROM journal_snapshot ORDER BY seq DESC LIMIT 2)",
        );
        // Those of older ones, and what an attempt that failed left behind.
        await session.query(
          "DELETE FROM journal_snapshot_chunk WHERE snapshot NOT IN (SELECT id FROM journal_snapshot)",
        );
      }),
    );
  }

  return {
    async writeSnapshot(seq, chunks, seal) {
      const id = randomUUID();
      let place = 0;
      for await (const chunk of chunks) {
        if (chunk === "") continue;
        const at = place++;
        await link().run((session) =>
          session.query(
            `INSERT INTO journal_snapshot_chunk (snapshot, place, data) VALUES ($1, $2, $3)
             ON CONFLICT (snapshot, place) DO NOTHING`,
            id,
            at,
            chunk,
          ),
        );
      }
      await describe(id, seq, seal());
    },
    async snapshots() {
      type Row = Omit<SnapshotMeta, "seal"> & { seal: string | null };
      const rows = await link().run((session) =>
        session.query<Row>(
          `SELECT seq, group_number AS "group", group_hash AS "groupHash", hash, seal
           FROM journal_snapshot ORDER BY seq DESC`,
        ),
      );
      return rows.map(({ seal, ...meta }) => (seal === null ? meta : { ...meta, seal }));
    },
    readSnapshot: (meta) => readChunks(link(), meta.seq),
  };
}

async function* readChunks(link: Link, seq: Seq): AsyncGenerator<Uint8Array> {
  const from = (place: number): Promise<readonly { data: string }[]> => {
    const portion = link.run((session) =>
      session.query<{ data: string }>(
        `SELECT c.data FROM journal_snapshot s JOIN journal_snapshot_chunk c ON c.snapshot = s.id
         WHERE s.seq = $1 AND c.place >= $2 AND c.place < $3 ORDER BY c.place`,
        seq,
        place,
        place + PORTION,
      ),
    );
    portion.catch(() => {}); // Told below, unless the reader stops before.
    return portion;
  };
  let place = 0;
  for (let portion = await from(0); portion.length > 0; ) {
    place += PORTION;
    const next = from(place);
    for (const { data } of portion) yield Buffer.from(data, "utf8");
    portion = await next;
  }
}
