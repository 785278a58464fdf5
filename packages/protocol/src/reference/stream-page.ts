import { type Answer, functions } from "../functions/table.ts";
import { SIGNATURE_HEADER, TOKEN_HEADER } from "../signing.ts";
import {
  accountChannels,
  closings,
  HEARTBEAT_MS,
  MERGE_MS,
  MOST_CHANNELS,
  marketChannels,
  type StreamMessage,
  SUBSCRIBE,
  UNSUBSCRIBE,
} from "../stream.ts";
import { MOST_NEARBY, nearbyChannel } from "../stream-nearby.ts";
import { exampleCaller } from "./examples.ts";
import { fence, page, table } from "./markdown.ts";

const aboutAccount: Record<keyof typeof accountChannels, string> = {
  balances: "The answer of the function, whole, at each change.",
  orders:
    "`orders`: placed or changed; `closed`: filled or cancelled (`state`). The snapshot has all open ones.",
  fills: "`trades`: new ones. The snapshot is empty: the function tells what was before.",
  transfers:
    "`transfers`: new ones; `changed`: those that went on to another `status` (`refused` with its `reason`), or (`crossing`) of which another hub was told; `pending`: all deposits in sight, when they change. The snapshot has `pending` only.",
  invoices:
    "`invoices`: new ones, and those that stand differently now. The snapshot is empty. Expiry comes by time alone (`expires_t`) and is not told.",
};

const t = 1_795_348_800_000;
const examples: readonly StreamMessage[] = [
  { type: "subscribed", channels: ["book:BTC/USD"] },
  {
    type: "snapshot",
    channel: "book:BTC/USD",
    seq: 1042,
    t,
    data: { bids: [["64990.00", "0.50"]], asks: [["65010.00", "1.25"]] },
  },
  {
    type: "update",
    channel: "book:BTC/USD",
    first: 1043,
    last: 1047,
    t,
    data: { bids: [["64990.00", "0.00"]], asks: [["65005.00", "0.20"]] },
  },
  { type: "heartbeat", t },
];

const nearby = nearbyChannel({ lat: "45.5089", lng: "-73.5617", radius_m: 400, random: "417" });
const { invoices: nearbyInvoices } = functions["search-invoices"].example.answer as Answer<"search-invoices">;
const { btc_address } = nearbyInvoices[0]!;
const nearbyExamples: readonly StreamMessage[] = [
  {
    type: "update",
    channel: nearby,
    first: t - 40_000,
    last: t,
    t,
    data: { appeared: nearbyInvoices },
  },
  {
    type: "update",
    channel: nearby,
    first: t + 1,
    last: t + 61_000,
    t: t + 61_000,
    data: { disappeared: [{ btc_address, why: "paid" }] },
  },
];

const socketCall = JSON.stringify({
  body: `channels=balances,fills&f=${SUBSCRIBE}&account=${exampleCaller.account}&nonce_ms=${t}&nonce_random=kq3vzt7mw2`,
  [TOKEN_HEADER]: exampleCaller.token,
  [SIGNATURE_HEADER]: "...",
});

/** The stream: what no function row describes, because it is not a call. */
export const streamPage = (): string =>
  page(
    "# The stream",
    "What happens, as it happens. The overview's `stream_url` is the address of both kinds of connection: [server-sent events](https://html.spec.whatwg.org/multipage/server-sent-events.html) by GET, and a WebSocket. Both tell the same messages, each one JSON object. Nothing is told before it is on the hub's disk.",
    "## Channels",
    table(
      ["channel", "what it tells"],
      [
        ...Object.entries(marketChannels).map(([name, about]) => [
          `\`${name}:BTC/USD${name === "candles" ? ":1m" : ""}\``,
          about,
        ]),
        [
          `\`${nearby}\``,
          "Which invoices [search-invoices](search-invoices.md) finds at `lat`, `lng` within `radius_m` with the code `random`, which may be left out.",
        ],
      ],
    ),
    "These are open to all. Those of an account need a signed subscription, by a key that holds the permission of the function that they follow:",
    table(
      ["channel", "permission", "`data`"],
      Object.entries(accountChannels).map(([name, fn]) => [
        `\`${name}\``,
        `[${fn}](${fn}.md)`,
        aboutAccount[name as keyof typeof accountChannels],
      ]),
    ),
    "## Numbers",
    fence("json", examples.map((message) => JSON.stringify(message)).join("\n")),
    [
      "- A `snapshot` tells how the channel stands at `seq`. Each `update` continues from there: its `first` is one more than the number before it, and it leads to `last`. If that is ever not so, subscribe again.",
      `- What changes within ${MERGE_MS} ms may come as one update. Levels of a book are told whole: the quantity now, and zero where the level is gone.`,
      "- A book drawn so at number `n` is what [depth](depth.md) answers with `seq` `n`; candles drawn so are those of [candles](candles.md) with `seq` `n`: what is told takes the place of all from its first `t` on. Numbers of books, trades and candles are the same for all readers and after a restart of the hub; those of an account's channels are positions in the hub's journal.",
      "- To go on after a break, ask for the channel with the last number you have: `book:BTC/USD@1047`. `resumed` says that nothing was missed, or that what was missed follows. Where the hub does not have it any more, `gap` says so, and a snapshot follows.",
      `- Every ${HEARTBEAT_MS / 1000} s a \`heartbeat\` comes. If it does not for twice as long, the connection is dead.`,
    ].join("\n"),
    "## Invoices nearby",
    `Everything that stands in a code beside letters, digits, \`.\`, \`_\` and \`-\` is percent-encoded in the channel's name. The snapshot has \`invoices\`, nearest first, as the function answers them; where there are more than ${MOST_NEARBY}, \`more_exist\` is true, and the function has the rest. What comes later is told in any case:`,
    fence("json", nearbyExamples.map((message) => JSON.stringify(message)).join("\n")),
    [
      "- `appeared` has invoices as the function answers them. One that you know already takes its place.",
      "- `disappeared` has `why`: `paid` (or a payment of the whole is in sight), `withdrawn` or `expired`. One that you do not know (the snapshot was cut) can be passed over.",
      "- `changed`: another invoice with the same code came, or went, close by, so that this one is `ambiguous` now, or no longer.",
      "- The numbers are the same for all such channels while the hub runs, and larger after a restart. The hub keeps what happened last anywhere; where that does not reach back far enough, or too much was missed, `gap` says so.",
    ].join("\n"),
    "## Server-sent events",
    fence("sh", 'curl --no-buffer "$HUB/api/stream?channels=book:BTC/USD@1047,trades:BTC/USD"'),
    `Signed, it is a GET of [authentication type 2](calls.md#authentication-type-2-signed-calls): \`f=${SUBSCRIBE}\`, \`account\`, \`nonce_ms\` and \`nonce_random\` stand in the query beside \`channels\`, and the query string is what is signed. A browser's EventSource cannot set headers: let \`&${TOKEN_HEADER}=...&${SIGNATURE_HEADER}=...\` be the query's end; what stands before them is signed. A channel's \`id\` is such as \`book:BTC/USD@1047\`, so that an EventSource of one channel goes on by itself.`,
    "## WebSocket",
    "Each message to the hub is a form, as a call's body would be, signed where a channel needs it:",
    fence("json", socketCall),
    `\`f\` is \`${SUBSCRIBE}\` or \`${UNSUBSCRIBE}\`. An \`id\` of your own beside \`body\` comes back in the answer: \`subscribed\`, \`unsubscribed\`, or \`error\` with one of the [errors](errors.md). Of channels that are asked for together all are read or none; \`channel\` names the one that a \`permission_denied\` or \`market_unknown\` is about. To subscribe again to what is already read begins it anew.`,
    "## Limits and ends",
    `One connection reads at most ${MOST_CHANNELS} channels. A hub bounds the connections of one source (\`rate_limited\`) and of all, and all channels of invoices nearby (\`overloaded\`). When a key is revoked, expires or loses the permission, \`ended\` says so for each channel. Before the hub ends a connection it says why:`,
    table(
      ["`reason` of `closing`", "meaning"],
      Object.entries(closings).map(([reason, meaning]) => [`\`${reason}\``, meaning]),
    ),
  );
