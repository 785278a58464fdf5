import { authorize, holds, type State, type Webhook, webhooksOf } from "@coinholder/engine";
import {
  type AccountEventMessage,
  accountChannels,
  EVENTS_A_COMMAND,
  eventId,
  WEBHOOK_EVENTS,
  type WebhookEvent,
} from "@coinholder/protocol";
import type { Hub } from "../hub.ts";
import { newWebhookId } from "../ids.ts";
import { urlProblem } from "../outside/url.ts";
import { newSecret } from "../webhooks/sign.ts";
import { byOf, type Call, carryOut, type Handlers, refused } from "./call.ts";

type Names =
  | "add-webhook"
  | "my-webhooks"
  | "remove-webhook"
  | "my-webhook-log"
  | "resend-webhook"
  | "my-events";

const typeOf = (number: number): WebhookEvent | undefined => WEBHOOK_EVENTS[number % EVENTS_A_COMMAND];

const standing = ({ authkeys }: State, webhook: Webhook, now: number) => {
  if (webhook.gone) return { state: "gone" as const };
  const key = authkeys.get(webhook.token)!;
  if (key.expires !== undefined && key.expires <= now) return { state: "expired" as const };
  const denied = webhook.events.filter((event) => !holds(key, webhook.account, accountChannels[event]));
  return denied.length === 0 ? { state: "on" as const } : { state: "denied" as const, denied };
};

const accountOf = ({ hub, by }: Call) => hub.sequencer.state.accounts.byId.get(by!.account)!;

const ownWebhook = (call: Call, id: string): Webhook | undefined =>
  webhooksOf(call.hub.sequencer.state, accountOf(call)).find((webhook) => webhook.id === id);

/** What was carried out so far is in the outbox, or on its way there before any question. */
const caughtUp = ({ sequencer }: Hub): Promise<void> => sequencer.durable();

export const webhookHandlers: Handlers<Names> = {
  "add-webhook": (call, params) => {
    const { hub } = call;
    const reason = urlProblem(params.url, hub.webhooks.anywhere);
    if (reason !== undefined) return refused("webhook_url_refused", { reason });
    const secret = newSecret();
    const id = newWebhookId();
    const { url, events } = params;
    const done = carryOut(call, { kind: "add-webhook", by: byOf(call), id, url, events, secret });
    return "refused" in done ? done : { webhook_id: id, secret };
  },

  "my-webhooks": (call) => {
    const { state, now } = call.hub.sequencer;
    return {
      webhooks: webhooksOf(state, accountOf(call)).map((webhook) => ({
        webhook_id: webhook.id,
        url: webhook.url,
        events: [...webhook.events],
        authkey_token: webhook.token,
        t: webhook.t,
        ...standing(state, webhook, now()),
      })),
    };
  },

  "remove-webhook": async (call, { webhook_id }) => {
    const done = carryOut(call, { kind: "remove-webhook", by: byOf(call), webhook: webhook_id });
    if ("refused" in done) return done;
    await call.hub.webhooks.settled();
    return {};
  },

  "my-webhook-log": async (call, { webhook_id, before, limit = 50 }) => {
    const { hub } = call;
    if (!ownWebhook(call, webhook_id)) return refused("webhook_unknown");
    const { account } = call.by!;
    await caughtUp(hub);
    const { rows, more } = await hub.webhooks.log(webhook_id, before, limit);
    return {
      events: rows.map(({ number, t, status, next, tries }) => ({
        event: number,
        event_id: eventId(account, number),
        type: typeOf(number)!,
        t,
        status,
        tries: [...tries],
        ...(status === "waiting" ? { next_t: next } : {}),
      })),
      more_exist: more,
      ...(more ? { next_before: rows.at(-1)!.number } : {}),
    };
  },

  "resend-webhook": async (call, { webhook_id, event }) => {
    const { hub } = call;
    const webhook = ownWebhook(call, webhook_id);
    if (!webhook) return refused("webhook_unknown");
    const type = typeOf(event);
    if (type === undefined || !webhook.events.includes(type)) return refused("event_unknown");
    const { account } = call.by!;
    await caughtUp(hub);
    const kept = await hub.webhooks.resend(webhook_id, account, event);
    return kept ? { event_id: eventId(account, event) } : refused("event_unknown");
  },

  "my-events": async ({ hub, by }, { after, limit = 100 }) => {
    const { state, now } = hub.sequencer;
    const { token, account } = by!;
    const readable = WEBHOOK_EVENTS.filter(
      (type) => !("refused" in authorize(state, token, account, accountChannels[type], now())),
    );
    await caughtUp(hub);
    const { rows, more, pruned, last } = await hub.webhooks.events(account, after, limit, readable);
    return {
      events: rows.map((body) => JSON.parse(body) as AccountEventMessage),
      more_exist: more,
      missed: after !== undefined && after < pruned,
      ...(last === undefined ? {} : { next_after: last }),
    };
  },
};
