import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CANDLE_INTERVALS,
  CANDLES_MS,
  type CandleInterval,
  type DrawnCandles,
  drawCandles,
  type StreamMessage,
  type StreamSnapshot,
} from "@coinholder/protocol";
import { expect, onTestFinished, test } from "vitest";
import { toldCandle } from "../functions/market-data.ts";
import { openHistory } from "../history/index.ts";
import { START } from "../history/testing/steps.ts";
import { makeTeller } from "../history/testing/teller.ts";
import { must, startTestHub } from "../testing/harness.ts";
import { randomOf } from "../testing/random.ts";
import { makeCandleFeeds } from "./candle-feeds.ts";
import type { Encoded } from "./encoded.ts";
import type { MarketContext } from "./market-feeds.ts";
import { makePump } from "./pump.ts";
import type { Reader } from "./reader.ts";
import { isOf, readSse } from "./testing.ts";

const MARKET = "BTC/USD";
const channelOf = (interval: CandleInterval): string => `candles:${MARKET}:${interval}`;

/** Every state that the messages lead through; throws where one does not follow on the one before. */
const drawAll = (
  messages: readonly StreamMessage[],
  channel: string,
  from?: DrawnCandles,
): DrawnCandles[] => {
  const drawn: DrawnCandles[] = [];
  let now = from;
  for (const message of messages.filter(isOf(channel))) {
    now = drawCandles(now, message);
    if (!now) throw new Error(`a gap: ${JSON.stringify(message).slice(0, 300)}`);
    drawn.push(now);
  }
  return drawn;
};

const reaches = (interval: CandleInterval, number: number) => (message: StreamMessage) =>
  isOf(channelOf(interval))(message) && (message.type === "snapshot" ? message.seq : message.last) >= number;

test("candles drawn from the stream equal the function's at the same number, resumed and across a restart too", async () => {
  let hub = await startTestHub();
  onTestFinished(() => hub.end());
  const [seller, buyer] = [await hub.fundedAccount("5"), await hub.newAccount()];
  const credit = { to_account: buyer.account, currency: "USD", amount: "100000", reference: "wire" };
  await must(hub.url, "operator-credit", { ...credit, client_id: "usd" }, hub.operator);
  const random = randomOf(31);
  const trade = async (): Promise<void> => {
    const [price, lots] = [90 + random.below(20), 1 + random.below(40)];
    const [base, quote] = [(lots / 100).toFixed(2), ((lots * price) / 100).toFixed(2)];
    const sell = { trade_amt: base, trade_cur: "BTC", for_amt: quote, for_cur: "USD" };
    const buy = { trade_amt: quote, trade_cur: "USD", for_amt: base, for_cur: "BTC" };
    await must(hub.url, "place-order", sell, seller);
    await must(hub.url, "place-order", buy, buyer);
  };
  const candles = (interval: CandleInterval) =>
    must(hub.url, "candles", { market: MARKET, interval, limit: "200" });

  expect(await candles("1m")).toEqual({ candles: [] });
  const reader = await readSse(hub.url, CANDLE_INTERVALS.map(channelOf).join(","));
  const answers = new Map<string, unknown>();
  const note = async (): Promise<number> => {
    let last = 0;
    for (const interval of CANDLE_INTERVALS) {
      const { seq, candles: told } = await candles(interval);
      answers.set(`${interval} ${seq}`, told);
      last = seq!;
    }
    return last;
  };
  let last = 0;
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 4; i++) {
      await trade();
      last = await note();
    }
    for (const interval of CANDLE_INTERVALS) await reader.until(reaches(interval, last));
  }
  for (const interval of CANDLE_INTERVALS) {
    const drawn = drawAll(reader.messages, channelOf(interval));
    const known = drawn.filter(({ seq }) => answers.has(`${interval} ${seq}`));
    expect(known.length).toBeGreaterThanOrEqual(3);
    for (const { seq, candles: shown } of known) expect(shown).toEqual(answers.get(`${interval} ${seq}`));
  }
  reader.close();

  const had = drawAll(reader.messages, channelOf("1m")).at(-1)!;
  expect(had.seq).toBe(last);
  await trade();
  last = await note();
  const resumed = await readSse(hub.url, `${channelOf("1m")}@${had.seq}`);
  await resumed.until(reaches("1m", last));
  expect(resumed.messages[1]).toEqual({ type: "resumed", channel: channelOf("1m"), seq: had.seq });
  const after = drawAll(resumed.messages, channelOf("1m"), had).at(-1)!;
  expect(after).toEqual({ seq: last, candles: answers.get(`1m ${last}`) });
  resumed.close();

  hub = await hub.restart();
  const [same, old] = [
    await readSse(hub.url, `${channelOf("1m")}@${last}`),
    await readSse(hub.url, `${channelOf("1m")}@${had.seq}`),
  ];
  await same.until(isOf(channelOf("1m"), "resumed"));
  await old.until(isOf(channelOf("1m"), "gap"));
  const snapshot = await old.until<StreamSnapshot>(isOf(channelOf("1m"), "snapshot"));
  expect(snapshot).toMatchObject({ seq: last, data: { candles: answers.get(`1m ${last}`) } });
  await trade();
  const end = await note();
  for (const [read, from] of [
    [same, after],
    [old, undefined],
  ] as const) {
    await read.until(reaches("1m", end));
    expect(drawAll(read.messages, channelOf("1m"), from).at(-1)!.candles).toEqual(answers.get(`1m ${end}`));
    read.close();
  }
});

test("over days of trades each interval's candles equal history's, from any trade on that they begin with", async () => {
  const folder = mkdtempSync(join(tmpdir(), "candles-"));
  const history = await openHistory(folder);
  const [pump, random, teller] = [makePump(), randomOf(7), makeTeller(START)];
  onTestFinished(async () => {
    pump.stop();
    await history.close();
    rmSync(folder, { recursive: true });
  });
  const context = { history, pump, sequencer: { state: { t: START } } } as unknown as MarketContext;
  const decimals = { price: String, quantity: String };
  let seq = 0;
  let last = 0;
  const trades = (count: number, tell: Awaited<ReturnType<typeof makeCandleFeeds>>["tell"]): void => {
    for (let i = 0; i < count; i++) {
      const ms = random.one([0, 1000, 59_999, 60_000, 3_600_000, 40_000_000]);
      history.follow(++seq, teller.tell({ is: "wait", ms }));
      const [price, quantity] = [1 + random.below(100), 1 + random.below(1000)];
      const step = { is: "trade", market: 0, maker: 5, taker: 6, price, quantity, takerBuys: true } as const;
      const effects = teller.tell(step);
      history.follow(++seq, effects);
      for (const effect of effects)
        if (effect.is === "trade") {
          last = effect.trade;
          tell(effect);
        }
    }
  };
  trades(500, () => {});
  await history.reached(seq);
  const { feeds, stop, tell } = await makeCandleFeeds(context, MARKET, 0, last, decimals);
  onTestFinished(stop);
  const messages: StreamMessage[] = [];
  const reader = {
    subscriptions: new Map(),
    open: () => true,
    send: (message: Encoded) => messages.push(JSON.parse(/^data: (.*)$/m.exec(String(message.sse()))![1]!)),
  } as unknown as Reader;
  for (const interval of CANDLE_INTERVALS) feeds[interval].join(reader, undefined);
  for (const count of [1, 300, 500]) {
    trades(count, tell);
    await history.reached(seq);
    while (!CANDLE_INTERVALS.every((interval) => messages.some(reaches(interval, last))))
      await new Promise((resolve) => setTimeout(resolve, CANDLES_MS / 20));
    for (const interval of CANDLE_INTERVALS) {
      const drawn = drawAll(messages, channelOf(interval)).at(-1)!;
      const all = await history.candles(0, interval, undefined, 10_000);
      expect(drawn.seq).toBe(all.at(-1)!.lastTrade);
      expect(drawn.candles.slice(-200)).toEqual(all.slice(-200).map((one) => toldCandle(decimals, one)));
    }
  }
});
