import { once } from "node:events";
import { connect as open, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type KeyCredentials } from "@coinholder/client";
import { nearbyChannel } from "@coinholder/protocol";
import { answering } from "../child.ts";
import type { Point } from "./points.ts";

export type ToldAsk =
  | { readonly url: string; readonly queries: readonly Point[]; readonly radiusM: number }
  | {
      readonly url: string;
      readonly posts: readonly Point[];
      readonly perSecond: number;
      readonly tills: readonly KeyCredentials[];
    };

const CHANNELS_EACH = 100;
const WITHDRAWN_MS = 3_000;
/** When nothing was heard for so long, all was. */
const PATIENCE_MS = 1_000;

let readers: Socket[] = [];
let posts = 0;
const postedAt = new Map<number, number>();
let times: number[] = [];
let heardAt = 0;

const hear = (text: string): void => {
  const now = performance.now();
  // In the object itself; in the bytes that were signed the quotes stand escaped.
  for (const [, number] of text.matchAll(/"memo":"n([0-9]+)"/g)) {
    heardAt = now;
    const start = postedAt.get(Number(number));
    if (start !== undefined) times.push(now - start);
  }
};

const read = async (url: string, channels: readonly string[]): Promise<Socket> => {
  const { port } = new URL(url);
  const socket = open({ port: Number(port), host: "127.0.0.1" });
  const query = new URLSearchParams({ channels: channels.join(",") });
  socket.write(`GET /api/stream?${query} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  let begun = 0;
  let rest = "";
  socket.setEncoding("utf8");
  const ready = new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("data", (part: string) => {
      rest += part;
      const end = rest.lastIndexOf("\n\n");
      if (end < 0) return;
      const whole = rest.slice(0, end);
      rest = rest.slice(end);
      begun += whole.split('"type":"snapshot"').length - 1;
      hear(whole);
      if (begun >= channels.length) resolve();
    });
  });
  await ready;
  return socket;
};

/** Posts invoices at a steady rate and reads what standing queries tell of them: each that is told counts, from when its call began. */
answering(async (ask: ToldAsk): Promise<{ times: number[]; posts: number }> => {
  if ("queries" in ask) {
    for (const socket of readers) socket.destroy();
    await Promise.all(readers.map((socket) => (socket.closed ? undefined : once(socket, "close"))));
    readers = [];
    const names = ask.queries.map(({ lat, lng }) =>
      nearbyChannel({ lat: lat.toFixed(6), lng: lng.toFixed(6), radius_m: ask.radiusM }),
    );
    const channels = [...new Set(names)];
    for (let i = 0; i < channels.length; i += CHANNELS_EACH)
      readers.push(await read(ask.url, channels.slice(i, i + CHANNELS_EACH)));
    return { times: [], posts: 0 };
  }
  times = [];
  postedAt.clear();
  const hub = await connect(ask.url);
  const tills = ask.tills.map((till) => hub.as(till));
  const start = performance.now();
  const under: Promise<unknown>[] = [];
  for (const [i, { lat, lng }] of ask.posts.entries()) {
    const due = start + (i * 1000) / ask.perSecond;
    await sleep(Math.max(0, due - performance.now()));
    const till = tills[i % tills.length]!;
    const number = ++posts;
    postedAt.set(number, performance.now());
    const place = { lat: lat.toFixed(6), lng: lng.toFixed(6) };
    const going = till
      .call("new-invoice", { amount: "0.0021", memo: `n${number}`, random: String(number % 1000), ...place })
      // They come and go: each second one is taken back, once it has had the time to get about.
      .then(async ({ invoice }) => {
        if (number % 2 !== 0) return;
        await sleep(WITHDRAWN_MS);
        await till.call("withdraw-invoice", { invoice_bitcoin_address: invoice.btc_address });
      });
    under.push(going);
  }
  await Promise.all(under);
  heardAt = Math.max(heardAt, performance.now());
  while (performance.now() - heardAt < PATIENCE_MS) await sleep(50);
  return { times, posts: ask.posts.length };
});
