import { bestLevels, type DrawnBook, type StreamSnapshot } from "@coinholder/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, type Key, must, startTestHub, type TestHub } from "../testing/harness.ts";
import { type Random, randomOf } from "../testing/random.ts";
import { drawAll, isOf, openSocket, readSse, type TestReader } from "./testing.ts";

const MARKET = "BTC/USD";
const BOOK = `book:${MARKET}`;

let hub: TestHub;
let traders: Key[];

beforeAll(async () => {
  hub = await startTestHub();
  traders = [];
  for (let i = 0; i < 3; i++) {
    const trader = await hub.fundedAccount("5");
    const credit = { to_account: trader.account, currency: "USD", amount: "100000", reference: "wire" };
    await must(hub.url, "operator-credit", { ...credit, client_id: `usd${i}` }, hub.operator);
    traders.push(trader);
  }
});
afterAll(() => hub.end());

type Depth = Awaited<ReturnType<typeof depth>>;
const depth = async () => {
  const { seq, ...told } = await must(hub.url, "depth", { market: MARKET, limit: "1000" });
  return { ...told, seq: seq! };
};

/** A random order, amendment or cancellation around a price of 100; refused ones change nothing. */
const step = async (random: Random, own: Map<Key, string[]>): Promise<void> => {
  const who = random.one(traders);
  const oids = own.get(who) ?? [];
  own.set(who, oids);
  const cents = 100 + random.below(20);
  const lots = 1 + random.below(50);
  const base = (lots / 100).toFixed(2);
  const quote = ((lots * cents) / 100).toFixed(2);
  const buys = random.chance(0.5);
  const amounts = buys ? { trade_amt: quote, for_amt: base } : { trade_amt: base, for_amt: quote };
  const what = oids.length > 0 ? random.below(7) : 2;
  if (what === 0) {
    const { code } = await call(hub.url, "cancel-order", { oid: random.one(oids) }, who);
    expect(["order_unknown", undefined]).toContain(code);
  } else if (what === 1) await call(hub.url, "amend-order", { oid: random.one(oids), ...amounts }, who);
  else if (random.chance(0.03)) await call(hub.url, "cancel-all-orders", {}, who);
  else {
    const currencies = buys ? { trade_cur: "USD", for_cur: "BTC" } : { trade_cur: "BTC", for_cur: "USD" };
    const tif = random.one(["gtc", "gtc", "gtc", "ioc", "fok"]);
    const order = { ...amounts, ...currencies, time_in_force: tif };
    const { body, status } = await call(hub.url, "place-order", order, who);
    if (status === 200) oids.push(String(body.oid));
  }
};

const expectSame = (drawn: DrawnBook, { seq, bids, asks }: Depth): void => {
  expect(drawn.seq).toBe(seq);
  expect(bestLevels(drawn, 1000)).toEqual({ bids, asks });
};

test("a book drawn from the stream equals depth at every number, over both kinds of connection", async () => {
  const random = randomOf(417);
  const own = new Map<Key, string[]>();
  const [early, socket] = [await readSse(hub.url, BOOK), await openSocket(hub.url)];
  socket.send("subscribe", BOOK);
  const depths = new Map<number, Depth>();
  const told = (seq: number, reader: TestReader = early) =>
    reader.until((one) => isOf(BOOK)(one) && (one.type === "snapshot" ? one.seq : one.last) >= seq);
  for (let i = 0; i < 30; i++) {
    await step(random, own);
    const now = await depth();
    depths.set(now.seq, now);
    await told(now.seq);
  }
  const everyNumber = depths.size;
  const late = await readSse(hub.url, BOOK);
  for (let i = 0; i < 400; i++) {
    await step(random, own);
    const now = await depth();
    depths.set(now.seq, now);
  }
  const end = (await depth()).seq;
  await told(end);
  for (const reader of [early, late, socket]) {
    await reader.until((one) => isOf(BOOK, "update")(one) && one.type === "update" && one.last === end);
    const drawn = drawAll(reader.messages, BOOK);
    expect(drawn.at(-1)!.seq).toBe(end);
    for (const book of drawn) if (depths.has(book.seq)) expectSame(book, depths.get(book.seq)!);
    if (reader === early) {
      const numbers = new Set(drawn.map(({ seq }) => seq));
      expect([...depths.keys()].slice(0, everyNumber).filter((seq) => !numbers.has(seq))).toEqual([]);
    }
    reader.close();
  }
  const fresh = await readSse(hub.url, BOOK);
  await told(end, fresh);
  expectSame(drawAll(fresh.messages, BOOK).at(-1)!, await depth());
  fresh.close();
});

test("who comes back with its number goes on without a gap or a repeat; across a restart too", async () => {
  const random = randomOf(12);
  const own = new Map<Key, string[]>();
  const first = await readSse(hub.url, BOOK);
  for (let i = 0; i < 20; i++) await step(random, own);
  const { seq } = await depth();
  await first.until((one) => isOf(BOOK)(one) && (one.type === "snapshot" ? one.seq : one.last) === seq);
  first.close();
  const had = drawAll(first.messages, BOOK);
  for (let i = 0; i < 20; i++) await step(random, own);
  const later = await depth();
  const second = await readSse(hub.url, `${BOOK}@${seq}`);
  await second.until((one) => isOf(BOOK, "update")(one) && one.type === "update" && one.last === later.seq);
  expect(second.messages[1]).toEqual({ type: "resumed", channel: BOOK, seq });
  expectSame(drawAll(second.messages, BOOK, had.at(-1)).at(-1)!, later);
  second.close();

  hub = await hub.restart();
  expect(await depth()).toMatchObject({ seq: later.seq, bids: later.bids, asks: later.asks });
  // As an EventSource comes back: with the same URL, and the last event's id beside it.
  const third = await readSse(hub.url, BOOK, undefined, { "last-event-id": `${BOOK}@${later.seq}` });
  await third.until(isOf(BOOK, "resumed"));
  const old = await readSse(hub.url, `${BOOK}@${seq}`);
  await old.until(isOf(BOOK, "gap"));
  const snapshot = await old.until<StreamSnapshot>(isOf(BOOK, "snapshot"));
  expectSame(drawAll([snapshot], BOOK)[0]!, later);
  for (let i = 0; i < 10; i++) await step(random, own);
  const end = await depth();
  for (const [reader, from] of [
    [third, drawAll([snapshot], BOOK)[0]],
    [old, undefined],
  ] as const) {
    await reader.until((one) => isOf(BOOK, "update")(one) && one.type === "update" && one.last === end.seq);
    expectSame(drawAll(reader.messages, BOOK, from).at(-1)!, end);
    reader.close();
  }
});

/** Orders, amendments and cancellations of one trader, each with the depth right after it: nobody comes between the two. */
const pairs = (random: Random, oids: readonly string[]): { function: string; params: object }[] =>
  Array.from({ length: PAIRS_A_BATCH }, () => {
    const [cents, lots, buys] = [100 + random.below(20), 1 + random.below(50), random.chance(0.5)];
    const [base, quote] = [(lots / 100).toFixed(2), ((lots * cents) / 100).toFixed(2)];
    const amounts = buys ? { trade_amt: quote, for_amt: base } : { trade_amt: base, for_amt: quote };
    const currencies = buys ? { trade_cur: "USD", for_cur: "BTC" } : { trade_cur: "BTC", for_cur: "USD" };
    const what = oids.length > 0 ? random.below(7) : 2;
    const oid = oids.length > 0 ? random.one(oids) : "";
    if (what === 0) return { function: "cancel-order", params: { oid } };
    if (what === 1) return { function: "amend-order", params: { oid, ...amounts } };
    if (what === 6 && random.chance(0.2)) return { function: "cancel-all-orders", params: {} };
    const tif = random.one(["gtc", "gtc", "gtc", "ioc", "fok"]);
    return { function: "place-order", params: { ...amounts, ...currencies, time_in_force: tif } };
  }).flatMap((one) => [one, { function: "depth", params: { market: MARKET, limit: "1000" } }]);

/** So that the batch leaves no turn to others between an order and its depth: it does so before every fifth part. */
const PAIRS_A_BATCH = 4;
const BATCHES = 12;

test("under concurrent orders every drawn book equals depth at its number, for who stays and who comes and goes, across a restart", async () => {
  const depths = new Map<number, Depth>();
  const lane = async (who: Key, random: Random): Promise<void> => {
    const oids: string[] = [];
    for (let i = 0; i < BATCHES; i++) {
      const calls = JSON.stringify(pairs(random, oids));
      const { results } = await must(hub.url, "batch", { calls }, who);
      for (const result of results as (Partial<Depth> & { oid?: string; error?: unknown })[])
        if (result.bids) depths.set(result.seq!, result as Depth);
        else if (result.oid !== undefined) oids.push(result.oid);
    }
  };
  const drawn: DrawnBook[] = [];
  const first = await depth();
  depths.set(first.seq, first);
  let kept: DrawnBook | undefined;
  for (const round of [1, 2]) {
    let over = false;
    const steady = await readSse(hub.url, BOOK);
    const comeAndGo = async (random: Random): Promise<void> => {
      for (let at = kept; ; ) {
        const last = over;
        const reader = await readSse(hub.url, at ? `${BOOK}@${at.seq}` : BOOK);
        await reader.until(isOf(BOOK, "resumed", "snapshot"));
        await new Promise((resolve) => setTimeout(resolve, random.below(150)));
        reader.close();
        const seen = drawAll(reader.messages, BOOK, at);
        drawn.push(...seen);
        at = seen.at(-1) ?? at;
        if (last) return;
      }
    };
    const coming = [21, 22].map((seed) => comeAndGo(randomOf(seed * round)));
    await Promise.all(traders.map((who, i) => lane(who, randomOf(100 * round + i))));
    over = true;
    await Promise.all(coming);
    const end = await depth();
    await steady.until(
      (one) => isOf(BOOK)(one) && (one.type === "snapshot" ? one.seq : one.last) === end.seq,
    );
    steady.close();
    const seen = drawAll(steady.messages, BOOK);
    drawn.push(...seen);
    kept = seen.at(-1)!;
    expectSame(kept, end);
    if (round === 1) hub = await hub.restart();
  }
  const [least, most] = [first.seq, kept!.seq];
  const missing = Array.from({ length: most - least }, (_, i) => least + i).filter((seq) => !depths.has(seq));
  expect(missing, "there is a depth of every number").toEqual([]);
  // Who comes first may be given a snapshot of before, and what came since.
  const ours = drawn.filter(({ seq }) => seq >= least);
  expect(new Set(ours.map(({ seq }) => seq)).size).toBeGreaterThan(2);
  for (const book of ours) expectSame(book, depths.get(book.seq)!);
});

test("trades are told once each, in order, with the numbers of `trades`; the ticker follows", async () => {
  const channels = `trades:${MARKET},ticker:${MARKET}`;
  const reader = await readSse(hub.url, channels);
  const random = randomOf(5);
  const own = new Map<Key, string[]>();
  for (let i = 0; i < 120; i++) await step(random, own);
  const { trades } = await must(hub.url, "trades", { market: MARKET, limit: "500" });
  const newest = Number(trades[0]!.trade_id.slice(1));
  await reader.until(
    (one) => one.type === "update" && one.last === newest && one.channel.startsWith("trades"),
  );
  const told = reader.messages
    .filter(isOf(`trades:${MARKET}`))
    .flatMap(({ data }) => (data as { trades: { trade_id: string }[] }).trades);
  expect([...told].reverse()).toEqual(trades.slice(0, told.length));
  expect(new Set(told.map((one) => one.trade_id)).size).toBe(told.length);
  const { seq } = await depth();
  const ticker = await reader.until(
    (one) => one.type === "update" && one.channel === `ticker:${MARKET}` && one.last === seq,
  );
  const { t: _, fee_tiers: __, ...now } = await must(hub.url, "ticker", { market: MARKET });
  expect(ticker).toMatchObject({ data: now });
  reader.close();
});
