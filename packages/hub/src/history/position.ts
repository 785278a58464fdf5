import type { Seq } from "@coinholder/journal";
import { Damaged } from "../follower-database.ts";
import { HistoryError } from "./error.ts";

/**
 * Whether history that has come so far is of this journal. Behind it, it follows; ahead of it, the journal is an older one that somebody
 * restored, and history is made again (`Damaged`). But no journal at all is no older one: only what was on the disk is followed, so there was one, and
 * beside the wallet that it belonged to a new one would give out the same addresses to others.
 */
export const checkPosition = (position: Seq, journalSeq: Seq | undefined): void => {
  if (journalSeq === undefined || position <= journalSeq) return;
  if (journalSeq === 0)
    throw new HistoryError(
      "journal_gone",
      `the journal is empty, but history has ${position} of its commands: bring the journal back from your backup; a new hub begins in a data folder of its own`,
    );
  throw new Damaged(`it has command ${position}, the journal ends with ${journalSeq}`);
};
