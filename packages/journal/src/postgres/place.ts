import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { JournalError } from "../error.ts";
import type { Address } from "./address.ts";
import { type Link, type LinkOptions, openLink } from "./link.ts";

/**
 * Who may write. The truth is in journal_group, whose primary key only one writer can take; this is the politeness before
 * it, so that a second hub is refused while the first is well, and takes over when that is gone.
 *
 * The one row of journal_writer says who holds the place, in which term, and has a beat that the holder moves on. A
 * newcomer that sees the beat move is refused. One that sees it stand still for `takeover` begins a new term. The holder
 * that could not move it for `lease` gives up, which is sooner: so the old one answers nothing any more, not even from
 * memory, when the new one begins. No machine's clock is compared with another's.
 */
export type Timing = {
  /** Milliseconds from one beat to the next. */
  readonly beat: number;
  /** Without a beat for so long the holder gives up; also how long it waits for a server that is away. */
  readonly lease: number;
  /** A beat that stands still for so long is nobody's any more. */
  readonly takeover: number;
};

export const TIMING: Timing = { beat: 500, lease: 8000, takeover: 10_000 };

export type Place = {
  readonly term: number;
  /** Lets others in. Does nothing when it is lost. */
  leave(): Promise<void>;
};

type WriterRow = { term: number; beat: number; holder: string; shown: string };

/** Waits until the place is free. Rejects with `journal_in_use` as soon as its holder shows a sign of life. */
export async function takePlace(
  link: Link,
  { takeover, beat }: Timing,
): Promise<{ term: number; holder: string }> {
  const holder = randomUUID();
  const shown = `${hostname()}, process ${process.pid}`;
  let first: (WriterRow & { at: number }) | undefined;
  for (;;) {
    const row = await link.run(async (session) => {
      const [found] = await session.query<WriterRow>(
        "SELECT term, beat, holder, shown FROM journal_writer WHERE id = 1",
      );
      if (!found) throw new JournalError("journal_damaged", "the row of journal_writer is missing");
      return found;
    });
    if (row.holder === holder) return { term: row.term, holder };
    if (row.term !== first?.term) first = { ...row, at: performance.now() };
    if (row.holder !== "" && row.beat !== first.beat)
      throw new JournalError("journal_in_use", `another hub writes the journal: ${row.shown}`);
    if (row.holder === "" || performance.now() - first.at > takeover) {
      const { count } = await link.run((session) =>
        session.query(
          `UPDATE journal_writer SET term = term + 1, beat = 0, holder = $3, shown = $4
           WHERE id = 1 AND term = $1 AND beat = $2`,
          row.term,
          row.beat,
          holder,
          shown,
        ),
      );
      if (count === 1) return { term: row.term + 1, holder };
    } else await sleep(beat / 2);
  }
}

/** A gap in our own timers this long means that this process itself stood still, in milliseconds. */
const STILL_MS = 1000;
/** What is left to it then to show that it is still the one. */
const GRACE_MS = 2000;

/** Keeps the place until `leave`. `onLost` is called once, when somebody else has it or may have it. */
export function keepPlace(
  address: Address,
  options: LinkOptions,
  { term, holder }: { term: number; holder: string },
  timing: Timing,
  onLost: (error: JournalError) => void,
): Place {
  // A connection of its own: a beat never waits behind a large group.
  const link = openLink(address, options);
  let ended = false;
  let beatAt = performance.now();
  let lookedAt = beatAt;
  let isBeating = false;

  function lose(error: JournalError): void {
    if (ended) return;
    end();
    link.destroy(error);
    onLost(error);
  }

  async function beat(): Promise<void> {
    const begun = performance.now();
    const { count } = await link.run((session) =>
      session.query(
        "UPDATE journal_writer SET beat = beat + 1 WHERE id = 1 AND term = $1 AND holder = $2",
        term,
        holder,
      ),
    );
    if (count === 0) throw taken;
    beatAt = Math.max(beatAt, begun);
  }

  const beats = setInterval(() => {
    if (isBeating) return;
    isBeating = true;
    void beat()
      .catch((error: Error) => lose(error instanceof JournalError ? error : unreachable(error.message)))
      .finally(() => {
        isBeating = false;
      });
  }, timing.beat);
  const looks = setInterval(() => {
    const now = performance.now();
    // While this process stood still it answered nothing, and the next beat tells whether it is still the one.
    if (now - lookedAt > STILL_MS) beatAt = Math.max(beatAt, now - timing.lease + GRACE_MS);
    lookedAt = now;
    if (now - beatAt > timing.lease) lose(unreachable(`no answer for ${timing.lease} ms`));
  }, timing.beat / 4);

  function end(): void {
    ended = true;
    clearInterval(beats);
    clearInterval(looks);
  }

  return {
    term,
    async leave() {
      if (ended) return;
      end();
      const free = link.run((session) =>
        session.query(
          "UPDATE journal_writer SET holder = '' WHERE id = 1 AND term = $1 AND holder = $2",
          term,
          holder,
        ),
      );
      // Where the server is away the place is free a little later by itself.
      const late = setTimeout(() => link.destroy(new Error("no answer")), timing.beat * 4);
      await free.catch(() => {});
      clearTimeout(late);
      await link.close();
    },
  };
}

const taken = new JournalError(
  "journal_taken",
  "another hub has taken over the journal: this one must not write or answer any more",
);

const unreachable = (why: string): JournalError =>
  new JournalError(
    "journal_unavailable",
    `the journal's PostgreSQL server could not be reached in time, another hub may take over: ${why}`,
  );
