import type { Seq } from "@coinholder/journal";
import type { WebhookEvent } from "@coinholder/protocol";
import type { PostProblem } from "./post.ts";

/** An event, and the webhooks that it is for. */
export interface NewEvent {
  /** The account's identifier. */
  readonly account: string;
  readonly number: number;
  readonly t: number;
  /** What is posted, byte for byte. */
  readonly body: string;
  readonly webhooks: readonly string[];
}

/** What the commands up to one brought. */
export interface Batch {
  readonly upTo: Seq;
  readonly events: readonly NewEvent[];
  /** Of accounts that had events which are too old to be kept by now: the number of the newest of them. */
  readonly tooOld?: readonly (readonly [account: string, number: number])[];
}

/** One post: the HTTP status that came, or why none came. */
export type Try = { readonly t: number } & ({ readonly status: number } | { readonly problem: PostProblem });

export type DeliveryStatus = "waiting" | "delivered" | "given_up" | "denied";

export interface LogRow {
  readonly number: number;
  readonly t: number;
  readonly status: DeliveryStatus;
  readonly next: number;
  readonly tries: readonly Try[];
}

export interface Page<T> {
  readonly rows: readonly T[];
  readonly more: boolean;
}
/** Bodies of events. `pruned`: number of the newest one that is not kept any more. */
export type EventPage = Page<string> & { readonly pruned: number; readonly last: number | undefined };

/** What is asked of the outbox's thread. Answers come in the order of the questions. */
export type Request =
  /** `journalSeq`: the journal's last command. */
  | { ask: "open"; folder: string; journalSeq: Seq; anywhere: boolean }
  /** A `Batch` as JSON. */
  | { ask: "store"; batchJson: string }
  /** All webhooks that stand: whatever waits for others is forgotten. */
  | { ask: "standing"; webhooks: readonly string[] }
  /** Their posts are broken off, and what waits for them is forgotten. */
  | { ask: "forget"; webhooks: readonly string[] }
  /** From now on it posts. */
  | { ask: "start" }
  | { ask: "log"; webhook: string; before: number | undefined; limit: number }
  | { ask: "resend"; webhook: string; account: string; number: number }
  | {
      ask: "events";
      account: string;
      after: number | undefined;
      limit: number;
      types: readonly WebhookEvent[];
    }
  | { ask: "close" };

export type Answers = {
  open: Opened;
  store: undefined;
  standing: undefined;
  forget: undefined;
  start: undefined;
  log: Page<LogRow>;
  /** Whether the event is kept. */
  resend: boolean;
  events: EventPage;
  close: undefined;
};

/** `rebuilt`: why what was there was moved aside. */
export type Opened = { position: Seq; rebuilt: string | undefined };

/** Whether an event of that kind may be posted for a webhook now, and how. */
export type Permit = { readonly url: string; readonly secret: string } | "denied" | "unknown";

/** What the thread sends: answers, and what it wants to know or tell. */
export type FromThread =
  | { is: "answer"; value: Answers[keyof Answers] }
  | { is: "failed"; message: string }
  | { is: "permit"; number: number; webhook: string; type: WebhookEvent }
  | { is: "gone"; webhook: string }
  | { is: "waiting"; events: number };

export type ToThread = Request | { permit: number; given: Permit };
