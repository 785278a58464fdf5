/**
 * What can go wrong with history, each with a stable code:
 *
 * - `history_unavailable`: it cannot be opened, or it has failed or was closed. Nothing is lost: the journal has it all.
 * - `history_gap`: what was to be stored does not follow on what is there. A bug, or a file of another journal.
 * - `journal_gone`: there is no journal, but history of one. The hub must not begin anew.
 * - `history_behind`: a page was asked for before its newest row is stored. A bug of the asker: `reached` comes first.
 */
export type HistoryErrorCode = "history_unavailable" | "history_gap" | "journal_gone" | "history_behind";

export class HistoryError extends Error {
  override readonly name = "HistoryError";
  readonly code: HistoryErrorCode;

  constructor(code: HistoryErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
