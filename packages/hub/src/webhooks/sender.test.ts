import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openDatabase } from "./database.ts";
import type { Permit } from "./messages.ts";
import { type Outbox, openOutbox } from "./outbox.ts";
import { makeSender, RETRIES_MS, type Sender } from "./sender.ts";
import { newSecret } from "./sign.ts";
import { type Receiver, startReceiver, verified } from "./testing.ts";

// A day passes by a clock of the test's own; sockets and disk are real.
const setTimeoutOfTheWorld = setTimeout;
const turn = (): Promise<void> => new Promise((resolve) => setTimeoutOfTheWorld(resolve, 5));
const come = async (is: () => boolean): Promise<void> => {
  for (let i = 0; i < 12_000 && !is(); i++) await turn();
  expect(is()).toBe(true);
};

const SECRET = newSecret();
const START = 1_795_348_800_000;
let folder: string;
let db: ReturnType<typeof openDatabase>;
let outbox: Outbox;
let sender: Sender;
let receiver: Receiver;
let permit: Permit;
let failures: unknown[];
let seq = 0;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: START });
  folder = mkdtempSync(join(tmpdir(), "coinholder-sender-"));
  db = openDatabase(folder);
  outbox = openOutbox(db);
  receiver = await startReceiver();
  permit = { url: receiver.url, secret: SECRET };
  failures = [];
  sender = makeSender({
    outbox,
    permit: async () => permit,
    onGone: () => {},
    onFailure: (error) => failures.push(error),
    anywhere: true,
  });
});
afterEach(() => {
  vi.useRealTimers();
  sender.close();
  receiver.close();
  db.close();
  rmSync(folder, { recursive: true });
  expect(failures).toEqual([]);
});

const happen = (webhook = "wh-a"): number => {
  const number = ++seq * 8;
  const body = JSON.stringify({ event: number, type: "balances", account: "ac-a", t: Date.now(), data: {} });
  sender.wake(
    outbox.store({
      upTo: seq,
      events: [{ account: "ac-a", number, t: Date.now(), body, webhooks: [webhook] }],
    }),
  );
  return number;
};
const row = (number: number, webhook = "wh-a") =>
  outbox.log(webhook, undefined, 500).rows.find((one) => one.number === number)!;
/** Until the outbox knows of so many tries. */
const tried = (number: number, count: number): Promise<void> =>
  come(() => row(number).tries.length === count);

test("an event that is not taken is posted again over a day, then given up, and the log tells it all", async () => {
  receiver.answer = 500;
  const number = happen();
  await tried(number, 1);
  for (const [i, delay] of RETRIES_MS.entries()) {
    expect(row(number)).toMatchObject({ status: "waiting", next: Date.now() + delay });
    vi.advanceTimersByTime(delay - 1);
    await turn();
    expect(receiver.got).toHaveLength(i + 1);
    vi.advanceTimersByTime(1);
    await tried(number, i + 2);
  }
  expect(Date.now() - START).toBeGreaterThan(24 * 60 * 60 * 1000);
  expect(row(number).status).toBe("given_up");
  expect(row(number).tries.map((one) => ("status" in one ? one.status : one.problem))).toEqual(
    Array(RETRIES_MS.length + 1).fill(500),
  );
  expect(new Set(receiver.got.map(({ id }) => id))).toEqual(new Set([`ac-a-${number}`]));
  expect(outbox.waiting().size).toBe(0);

  // By hand it begins anew.
  receiver.answer = 204;
  expect(outbox.resend("wh-a", "ac-a", number, Date.now())).toBe(true);
  sender.rouse("wh-a");
  await come(() => row(number).status === "delivered");
  expect(row(number).tries).toHaveLength(RETRIES_MS.length + 2);
});

test("it is posted until it is taken, and no more; each post is signed for its own time", async () => {
  receiver.answer = 503;
  const number = happen();
  await tried(number, 1);
  vi.advanceTimersByTime(RETRIES_MS[0]);
  await tried(number, 2);
  receiver.answer = 200;
  vi.advanceTimersByTime(RETRIES_MS[1]);
  await come(() => row(number).status === "delivered");
  vi.advanceTimersByTime(2 * 24 * 60 * 60 * 1000);
  await turn();
  expect(receiver.got).toHaveLength(3);
  const times = receiver.got.map(({ headers }) => Number(headers["webhook-timestamp"]) * 1000 - START);
  expect(times).toEqual([0, RETRIES_MS[0], RETRIES_MS[0] + RETRIES_MS[1]]);
  for (const got of receiver.got) {
    vi.setSystemTime(Number(got.headers["webhook-timestamp"]) * 1000);
    verified(SECRET, got);
  }
});

test("a webhook whose receiver is down rests: what comes meanwhile waits, and all arrives afterwards", async () => {
  receiver.answer = 500;
  const first = happen();
  await tried(first, 1);
  const others = Array.from({ length: 20 }, () => happen());
  await turn();
  expect(receiver.got).toHaveLength(1);
  receiver.answer = 204;
  vi.advanceTimersByTime(RETRIES_MS[0]);
  await come(() => outbox.waiting().size === 0);
  for (const number of [first, ...others]) expect(row(number).status).toBe("delivered");
});

test("as many receivers that hang as there is room for do not hold up one that is quick", async () => {
  happen("quick");
  await come(() => row(seq * 8, "quick").status === "delivered");
  const hanging = await startReceiver();
  hanging.answer = undefined;
  permit = { url: hanging.url, secret: SECRET };
  for (let i = 0; i < 40; i++) happen(`slow ${i}`);
  await come(() => hanging.got.length === 32);
  permit = { url: receiver.url, secret: SECRET };
  for (let i = 0; i < 30; i++) happen("quick");
  await come(() => !outbox.waiting().has("quick"));
  expect(receiver.got).toHaveLength(31);
  expect(hanging.got).toHaveLength(32);
  hanging.close();
});

test("what may not be posted ends as denied; what an unknown webhook had is forgotten", async () => {
  permit = "denied";
  const number = happen();
  await come(() => row(number).status === "denied");
  permit = "unknown";
  happen();
  await come(() => outbox.waiting().size === 0);
  expect(outbox.log("wh-a", undefined, 500).rows).toEqual([]);
  expect(receiver.got).toEqual([]);
});

test("a week later an event is gone, and who asks for what came after it is told of the gap", async () => {
  const number = happen();
  await come(() => row(number).status === "delivered");
  vi.setSystemTime(START + 8 * 24 * 60 * 60 * 1000);
  const second = happen();
  await come(() => row(second).status === "delivered");
  const { rows, pruned } = outbox.events("ac-a", undefined, 10, ["balances"]);
  expect([rows.length, pruned]).toEqual([1, number]);
  expect(row(number)).toBeUndefined();
  expect(outbox.resend("wh-a", "ac-a", number, Date.now())).toBe(false);
});

test("what is stored twice is there once: a replay passes over what the outbox has", () => {
  const event = (number: number) => ({ account: "ac-b", number, t: START, body: "{}", webhooks: ["wh-b"] });
  outbox.store({ upTo: seq + 5, events: [event((seq + 5) * 8)] });
  outbox.store({ upTo: seq + 5, events: [event((seq + 5) * 8), event((seq + 4) * 8)] });
  expect(outbox.waiting().get("wh-b")).toBe(1);
  expect(outbox.position()).toBe(seq + 5);
});
