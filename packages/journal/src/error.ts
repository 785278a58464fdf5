/**
 * What can go wrong with a journal, each with a stable code:
 *
 * - `journal_damaged`: what was read is not what was written; `group` tells where. Refuse to start.
 * - `journal_sealed`: it was begun with a key, and none was given.
 * - `journal_not_sealed`: a key was given, but it was begun without one.
 * - `journal_key_wrong`: it was begun with another key.
 * - `journal_in_use`: another process has the same data folder open.
 * - `journal_too_new`: written by a newer version of this program.
 * - `journal_taken`: another process has taken the place and writes now; this one must not go on.
 * - `journal_unavailable`: the store cannot be opened (permissions, no room, no such place).
 * - `journal_failed`: an earlier append failed; nothing can be appended any more.
 * - `outcome_unknown`: the append that would have made this entry durable failed; it may or may not be on disk.
 */
export type JournalErrorCode =
  | "journal_damaged"
  | "journal_sealed"
  | "journal_not_sealed"
  | "journal_key_wrong"
  | "journal_in_use"
  | "journal_too_new"
  | "journal_taken"
  | "journal_unavailable"
  | "journal_failed"
  | "outcome_unknown";

export class JournalError extends Error {
  override readonly name = "JournalError";
  readonly code: JournalErrorCode;
  /** Number of the group that is damaged or missing, where one is known. */
  readonly group: number | undefined;

  constructor(code: JournalErrorCode, message: string, more: { group?: number; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.group = more.group;
  }
}

export function damaged(group: number, what: string, cause?: unknown): JournalError {
  return new JournalError("journal_damaged", `journal group ${group}: ${what}`, { group, cause });
}
