import { type AccountIndex, type Effect, mayPost, type Stamped, type State } from "@coinholder/engine";
import {
  type AccountEventMessage,
  EVENTS_A_COMMAND,
  WEBHOOK_EVENTS,
  type WebhookEvent,
} from "@coinholder/protocol";
import { balances } from "../functions/accounts.ts";
import { pendingDeposits, withoutDepth } from "../functions/transfers.ts";
import type { Sequencer } from "../sequencer.ts";
import { eventsOf } from "../stream/account-events.ts";
import type { NewEvent } from "./messages.ts";

const isWebhookEvent = (name: string): name is WebhookEvent =>
  (WEBHOOK_EVENTS as readonly string[]).includes(name);

const numberOf = (seq: number, type: WebhookEvent): number =>
  seq * EVENTS_A_COMMAND + WEBHOOK_EVENTS.indexOf(type);

/**
 * What a command brought for accounts with webhooks; to be asked right after it was carried out. It depends on journal and state
 * alone: a replay finds the same events, with the same numbers.
 */
export const foundEvents = (
  state: State,
  seq: number,
  command: Stamped,
  effects: readonly Effect[],
): NewEvent[] => {
  const { ofAccount } = state.webhooks;
  if (ofAccount.size === 0) return [];
  const hub = { sequencer: { state } as Sequencer }; // all that telling needs of it
  const found = new Map<AccountIndex, Map<WebhookEvent, Record<string, unknown>>>();

  const dataOf = (account: AccountIndex, type: WebhookEvent): Record<string, unknown> | undefined => {
    if (!ofAccount.get(account)?.some(({ events }) => events.includes(type))) return undefined;
    const ofTypes = found.get(account) ?? new Map<WebhookEvent, Record<string, unknown>>();
    found.set(account, ofTypes);
    const data = ofTypes.get(type) ?? {};
    ofTypes.set(type, data);
    return data;
  };

  for (const { account, channel, list, item } of eventsOf(hub, command, effects)) {
    const data = isWebhookEvent(channel) ? dataOf(account, channel) : undefined;
    if (!data) continue;
    data[list] ??= [];
    (data[list] as unknown[]).push(item());
  }
  const { touched, touchedCount } = state.ledger;
  for (const account of new Set(touched.subarray(0, touchedCount))) {
    if (!ofAccount.has(account)) continue;
    const whole = dataOf(account, "balances");
    if (whole) Object.assign(whole, balances(hub, account));
    // What is in sight comes and goes with blocks and the mempool. How deep it is is not told, as in the stream.
    const transfers = command.kind.startsWith("chain-") ? dataOf(account, "transfers") : undefined;
    if (transfers) transfers.pending = pendingDeposits(hub, account).map(withoutDepth);
  }
  return [...found].flatMap(([account, ofTypes]) => toNewEvents(state, seq, command, account, ofTypes));
};

const toNewEvents = (
  state: State,
  seq: number,
  { t }: Stamped,
  index: AccountIndex,
  ofTypes: ReadonlyMap<WebhookEvent, Record<string, unknown>>,
): NewEvent[] => {
  const { id: account } = state.accounts.list[index]!;
  const webhooks = state.webhooks.ofAccount.get(index)!;
  return [...ofTypes].map(([type, data]) => {
    const number = numberOf(seq, type);
    const message: AccountEventMessage = { event: number, type, account, t, data };
    const to = webhooks.filter((webhook) => mayPost(state, webhook, type, t)).map(({ id }) => id);
    return { account, number, t, body: JSON.stringify(message), webhooks: to };
  });
};
