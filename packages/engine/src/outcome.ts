import { type ErrorCode, type Refusal, refusal } from "@coinholder/protocol";
import type { Effect } from "./effects.ts";

/** What a command came to. A refusal changed nothing. */
export type Outcome = Done | Repeated | Refused;

export interface Done {
  readonly answer: unknown;
  readonly effects: readonly Effect[];
}
/** The same call was answered before (client_id): nothing was changed. */
export interface Repeated {
  readonly answer: unknown;
  readonly repeated: true;
}
export interface Refused {
  readonly refused: Refusal;
}

export const refuse = (
  code: ErrorCode,
  particulars: Record<string, unknown> = {},
  message?: string,
): Refused => ({
  refused: refusal(code, particulars, message),
});

// Read rather than asked for with `in`: answers have many shapes, for which that is slow.
export const isRefused = (outcome: object): outcome is Refused =>
  (outcome as Partial<Refused>).refused !== undefined;
