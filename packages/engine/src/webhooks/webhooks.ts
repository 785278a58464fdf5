import { accountChannels, type TimeMs, type WebhookEvent } from "@coinholder/protocol";
import type { Account } from "../accounts/accounts.ts";
import type { Caller } from "../accounts/admit.ts";
import { type Authkey, holds } from "../accounts/authkeys.ts";
import { assert } from "../assert.ts";
import type { Stamped } from "../command.ts";
import type { AccountIndex } from "../ledger/ledger.ts";
import { type Refused, refuse } from "../outcome.ts";
import type { State } from "../state.ts";
import type { AddWebhook, EndWebhook, RemoveWebhook } from "./commands.ts";

/** How many webhooks an account may have. */
export const MOST_WEBHOOKS = 10;

/** Where an account's events are posted. It acts for the authkey that made it: what that may not read is not posted. */
export interface Webhook {
  readonly id: string;
  readonly account: AccountIndex;
  /** Token of the authkey. */
  readonly token: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly secret: string;
  readonly t: TimeMs;
  /** Its receiver said so; nothing is posted any more. */
  gone: boolean;
}

export interface Webhooks {
  /** How many were ever made: 0 says that no event of this hub was ever for one. */
  made: number;
  readonly byId: Map<string, Webhook>;
  /** Only accounts that have any. */
  readonly ofAccount: Map<AccountIndex, readonly Webhook[]>;
}

export const emptyWebhooks = (): Webhooks => ({ made: 0, byId: new Map(), ofAccount: new Map() });

export const keepWebhook = (webhooks: Webhooks, webhook: Webhook): void => {
  webhooks.byId.set(webhook.id, webhook);
  webhooks.ofAccount.set(webhook.account, [...(webhooks.ofAccount.get(webhook.account) ?? []), webhook]);
};

const forget = (webhooks: Webhooks, webhook: Webhook): void => {
  webhooks.byId.delete(webhook.id);
  const left = webhooks.ofAccount.get(webhook.account)!.filter((one) => one !== webhook);
  if (left.length === 0) webhooks.ofAccount.delete(webhook.account);
  else webhooks.ofAccount.set(webhook.account, left);
};

/** Of those events the ones that a key may not read. */
export const unreadable = (
  key: Authkey,
  account: AccountIndex,
  events: readonly WebhookEvent[],
): WebhookEvent[] => events.filter((event) => !holds(key, account, accountChannels[event]));

/** Whether a webhook may be told of that kind of event, now. */
export const mayPost = (state: State, webhook: Webhook, event: WebhookEvent, t: TimeMs): boolean => {
  const key = state.authkeys.get(webhook.token);
  if (!key || webhook.gone || !webhook.events.includes(event)) return false;
  if (key.expires !== undefined && key.expires <= t) return false;
  return holds(key, webhook.account, accountChannels[event]);
};

export const webhooksOf = ({ webhooks }: State, { index }: Account): readonly Webhook[] =>
  webhooks.ofAccount.get(index) ?? [];

export const addWebhook = (state: State, command: Stamped<AddWebhook>, caller: Caller): object | Refused => {
  const { webhooks } = state;
  const { id, url, events, secret, t } = command;
  const { account, key } = caller;
  assert(!webhooks.byId.has(id), "a generated webhook identifier is new");
  const [denied] = unreadable(key, account.index, events);
  if (denied !== undefined) return refuse("permission_denied", { permission: accountChannels[denied] });
  if (webhooksOf(state, account).length >= MOST_WEBHOOKS)
    return refuse("webhook_limit_reached", { most: MOST_WEBHOOKS });
  keepWebhook(webhooks, {
    id,
    account: account.index,
    token: key.token,
    url,
    events,
    secret,
    t,
    gone: false,
  });
  webhooks.made++;
  return {};
};

export const removeWebhook = (state: State, command: RemoveWebhook, caller: Caller): object | Refused => {
  const webhook = state.webhooks.byId.get(command.webhook);
  if (webhook?.account !== caller.account.index) return refuse("webhook_unknown");
  forget(state.webhooks, webhook);
  return {};
};

export const endWebhook = (state: State, command: EndWebhook): object | Refused => {
  const webhook = state.webhooks.byId.get(command.webhook);
  if (!webhook || webhook.gone) return refuse("webhook_unknown");
  webhook.gone = true;
  return {};
};

/** With an authkey its webhooks end. */
export const forgetWebhooksOf = ({ webhooks }: State, token: string): void => {
  for (const webhook of [...webhooks.byId.values()]) if (webhook.token === token) forget(webhooks, webhook);
};

export const checkWebhooks = (state: State): void => {
  let counted = 0;
  for (const [account, list] of state.webhooks.ofAccount) {
    assert(list.length > 0 && list.length <= MOST_WEBHOOKS, `account ${account}: its webhooks are few`);
    for (const webhook of list) {
      assert(webhook.account === account, `webhook ${webhook.id}: is its account's`);
      assert(state.webhooks.byId.get(webhook.id) === webhook, `webhook ${webhook.id}: is known by its id`);
      assert(state.authkeys.has(webhook.token), `webhook ${webhook.id}: its authkey is there`);
      counted++;
    }
  }
  assert(counted === state.webhooks.byId.size, "every webhook is some account's");
  assert(state.webhooks.made >= counted, "webhooks are counted");
};
