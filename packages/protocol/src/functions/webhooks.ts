import * as p from "../param.ts";
import * as s from "../shape.ts";
import { WEBHOOK_EVENTS, type WebhookEvent } from "../webhook.ts";
import { row } from "./row.ts";

const NUMBER_MAX = Number.MAX_SAFE_INTEGER;
const EXAMPLE_ID = "wh-4d6f2wq6x4m5b3td";
const KINDS = WEBHOOK_EVENTS.map((name) => `\`${name}\``).join(", ");

const areEvents = (value: unknown): value is readonly WebhookEvent[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((one) => (WEBHOOK_EVENTS as readonly unknown[]).includes(one)) &&
  new Set(value).size === value.length;

const webhookId = p.patterned("The webhook.", /^wh-[a-z2-7]{16}$/, "a webhook's identifier", 19, EXAMPLE_ID);
const url = p.patterned(
  "Where to post: an `https` address that the public Internet reaches (on regtest also `http`, and any address).",
  /^[\x21-\x7e]{1,500}$/,
  "up to 500 visible ASCII characters",
  500,
  "https://shop.example/hooks/coinholder",
);
const eventNumber = p.integer("The event's number.", 0, NUMBER_MAX, 14_337);
const event = s.oneOf("What kind of event.", ...WEBHOOK_EVENTS);

const message = s.obj({
  event: s.int("Its number: later events of the account have higher ones."),
  type: event,
  account: s.str("Whose."),
  t: s.ms("When it happened."),
  data: s.anything("As the stream's channel of that name tells it."),
});
const exampleMessage = {
  event: 14_337,
  type: "fills",
  account: "ac-7h2k5mq4x2v6b3tz",
  t: 1_795_348_800_000,
  data: {
    trades: [
      {
        trade_id: "x7",
        oid: "o3",
        t: 1_795_348_800_000,
        market: "BTC/USD",
        side: "sell",
        role: "maker",
        price: "100000.00",
        gave_amt: "0.01",
        gave_cur: "BTC",
        got_amt: "1000.00",
        got_cur: "USD",
        fee: "0.00",
        fee_bps: 0,
      },
    ],
  },
};

export const webhookFunctions = {
  "add-webhook": row({
    group: "webhooks",
    summary: "Has the account's events posted to an address.",
    about:
      `Kinds of events: ${KINDS}. Each is what one command did to the account, with the same \`data\` as the stream's channel of that name. ` +
      "Posts are signed as the Standard Webhooks specification says; check them with any of its libraries and the `secret`, which is answered here and never again. " +
      "Any answer of 200 to 299 means that it arrived; else it is posted again, 7 more times over a day. An answer of 410 ends the webhook. An event may come twice, and not in order: " +
      "drop what has a `webhook-id` that you know, and order by `event`. `my-events` tells what was missed.\n\n" +
      "The webhook acts for the authkey that made it: that key needs the permission of the `my-...` function of each kind (`my-balance` for `balances`, `my-trades` for `fills`, " +
      "`my-transfers`, `my-invoices`). What it may not read any more, or not while it is expired, is not posted, then or later. With the key's end the webhook ends. " +
      "Nothing is posted to addresses that are not of the public Internet; redirects are not followed.",
    access: "account",
    changes: true,
    params: {
      url,
      events: p.json<readonly WebhookEvent[]>(
        "The kinds of events to post.",
        { type: "array", minItems: 1, items: { type: "string", enum: WEBHOOK_EVENTS }, example: ["fills"] },
        (value) => (areEvents(value) ? value : undefined),
        `a list of ${WEBHOOK_EVENTS.join(", ")}, each at most once`,
        200,
      ),
    },
    result: s.obj({
      webhook_id: s.str("Names the webhook."),
      secret: s.str("What its posts are signed with, as libraries of Standard Webhooks take it. Shown once."),
    }),
    errors: ["webhook_url_refused", "permission_denied", "webhook_limit_reached"],
    example: {
      request: { url: "https://shop.example/hooks/coinholder", events: '["fills","transfers"]' },
      answer: { webhook_id: EXAMPLE_ID, secret: "whsec_cGxlYXNlIHVzZSAyNCByYW5kb20gYnl0" },
    },
  }),
  "my-webhooks": row({
    group: "webhooks",
    summary: "Lists the account's webhooks, without their secrets.",
    about:
      "`state`: `on`; `expired`, its authkey has expired; `denied`, its authkey may not read some of its kinds of events any more, those in `denied`; " +
      "`gone`, its receiver answered 410 and nothing is posted any more.",
    access: "account",
    changes: false,
    params: {},
    result: s.obj({
      webhooks: s.list(
        s.obj(
          {
            webhook_id: s.str("Names the webhook."),
            url: s.str("Where it posts."),
            events: s.list(event, "The kinds of events that it posts."),
            authkey_token: s.str("The key that it acts for."),
            t: s.ms("When it was made."),
            state: s.oneOf("Whether it posts.", "on", "expired", "denied", "gone"),
          },
          { denied: s.list(event, "What its key may not read.") },
        ),
        "In the order in which they were made.",
      ),
    }),
    errors: [],
    example: {
      request: {},
      answer: {
        webhooks: [
          {
            webhook_id: EXAMPLE_ID,
            url: "https://shop.example/hooks/coinholder",
            events: ["fills", "transfers"],
            authkey_token: "ak-5c2r7wq6x4m5b3td",
            t: 1_795_348_800_000,
            state: "on",
          },
        ],
      },
    },
  }),
  "remove-webhook": row({
    group: "webhooks",
    summary: "Ends a webhook, at once and for ever.",
    about:
      "When it is answered nothing more is posted, and a post under way is broken off. What waited for it is forgotten; `my-events` still lists it.",
    access: "account",
    changes: true,
    params: { webhook_id: webhookId },
    result: s.obj({}),
    errors: ["webhook_unknown"],
    example: { request: { webhook_id: EXAMPLE_ID }, answer: {} },
  }),
  "my-webhook-log": row({
    group: "webhooks",
    summary: "What was posted to a webhook, what came of it, and what waits. Newest events first.",
    about:
      "`status`: `waiting`, to be posted at `next_t`, the first time or again; `delivered`; `given_up`, it was not taken over a day; `denied`, the webhook's authkey might not read it when its time had come. " +
      "A try has the HTTP `status` that came, or a `problem`: `timeout` (15 s), `unreachable`, `address_refused` (the name led to an address that is not public), `url_refused`. " +
      "The log goes back as far as `my-events`.",
    access: "account",
    changes: false,
    params: {
      webhook_id: webhookId,
      before: p.optional(p.integer("Only events with a lower number: `next_before`.", 0, NUMBER_MAX)),
      limit: p.optional(p.integer("At most so many; 50 unless said.", 1, 500)),
    },
    result: s.obj(
      {
        events: s.list(
          s.obj(
            {
              event: s.int("Its number."),
              event_id: s.str("The `webhook-id` of its posts."),
              type: event,
              t: s.ms("When it happened."),
              status: s.oneOf("How it stands.", "waiting", "delivered", "given_up", "denied"),
              tries: s.list(
                s.obj(
                  { t: s.ms("When it was posted.") },
                  {
                    status: s.int("The HTTP status that came."),
                    problem: s.oneOf(
                      "Why none came.",
                      "timeout",
                      "unreachable",
                      "address_refused",
                      "url_refused",
                    ),
                  },
                ),
                "The newest 20, oldest first.",
              ),
            },
            { next_t: s.ms("When it is posted next, or a little later.") },
          ),
          "One for each event.",
        ),
        more_exist: s.bool("Whether there are older ones."),
      },
      { next_before: s.int("Give this as `before` for the next page.") },
    ),
    errors: ["webhook_unknown"],
    example: {
      request: { webhook_id: EXAMPLE_ID, limit: "1" },
      answer: {
        events: [
          {
            event: 14_337,
            event_id: "ac-7h2k5mq4x2v6b3tz-14337",
            type: "fills",
            t: 1_795_348_800_000,
            status: "waiting",
            tries: [
              { t: 1_795_348_800_100, status: 500 },
              { t: 1_795_348_805_100, problem: "timeout" },
            ],
            next_t: 1_795_349_105_100,
          },
        ],
        more_exist: false,
      },
    },
  }),
  "resend-webhook": row({
    group: "webhooks",
    summary: "Posts an event once more, whatever came of it before.",
    about:
      "At once, and then as often as a new one. Also events from before the webhook was made, if it carries their kind and `my-events` lists them.",
    access: "account",
    changes: true,
    params: { webhook_id: webhookId, event: eventNumber },
    result: s.obj({ event_id: s.str("The `webhook-id` of its posts: the same as before.") }),
    errors: ["webhook_unknown", "event_unknown"],
    example: {
      request: { webhook_id: EXAMPLE_ID, event: "14337" },
      answer: { event_id: "ac-7h2k5mq4x2v6b3tz-14337" },
    },
  }),
  "my-events": row({
    group: "webhooks",
    summary: "The account's events by number, to fetch what was missed. Oldest first.",
    about:
      "Just what is posted to webhooks. Events are kept from the account's first webhook on, while it has one that carries their kind: for 7 days, and at most the newest 100,000 of the account. " +
      "Of them those are listed whose `my-...` function the calling key may call. Read on with `next_after` until `more_exist` is false; keep the last number for the next time.",
    access: "account",
    changes: false,
    params: {
      after: p.optional(
        p.integer(
          "Only events with a higher number: the last one you have. From the oldest unless said.",
          0,
          NUMBER_MAX,
        ),
      ),
      limit: p.optional(p.integer("At most so many; 100 unless said.", 1, 500)),
    },
    result: s.obj(
      {
        events: s.list(message, "What is posted, too."),
        more_exist: s.bool("Whether there are later ones."),
        missed: s.bool(
          "Whether events after `after` are not kept any more: read the account's functions anew.",
        ),
      },
      { next_after: s.int("Give this as `after` for the next page. Absent: stay where you are.") },
    ),
    errors: [],
    example: {
      request: { after: "14330" },
      answer: { events: [exampleMessage], more_exist: false, missed: false, next_after: 14_337 },
    },
  }),
};
