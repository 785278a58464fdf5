/** The account's channels that are also posted, in the order that numbers of events have. New ones are added at the end. */
export const WEBHOOK_EVENTS = ["balances", "fills", "transfers", "invoices"] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** An event's number is so many times that of its command in the journal, and the place of its kind in the list. */
export const EVENTS_A_COMMAND = 8;

/** What came of one command for one account, of one kind: the body of a post, and what `my-events` lists. */
export interface AccountEventMessage {
  readonly event: number;
  readonly type: WebhookEvent;
  readonly account: string;
  readonly t: number;
  readonly data: unknown;
}

/** The `webhook-id` of a post: the same for each try, and after a restart. */
export const eventId = (account: string, event: number): string => `${account}-${event}`;
