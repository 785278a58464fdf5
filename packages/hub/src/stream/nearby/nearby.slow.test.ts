import {
  type DrawnNearby,
  drawNearby,
  nearbyChannel,
  type StreamMessage,
  type StreamSnapshot,
  type StreamUpdate,
} from "@coinholder/protocol";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { type Key, must, startTestHub, type TestHub, until } from "../../testing/harness.ts";
import { randomOf } from "../../testing/random.ts";
import { isOf, openSocket, readSse, type TestReader } from "../testing.ts";

// One hub for all, a town for each test.
let hub: TestHub;
let till: Key & { account: string };
let [HERE, channel] = [{ lat: "45.5089", lng: "-73.5617" }, ""];
beforeAll(async () => {
  hub = await startTestHub();
}, 60_000);
afterAll(() => hub.end());
beforeEach(async () => {
  HERE = { ...HERE, lat: (Number(HERE.lat) - 1).toFixed(4) };
  channel = nearbyChannel({ ...HERE, radius_m: 400 });
  till = await hub.newAccount();
});

const post = async (more: Readonly<Record<string, string>> = {}) => {
  const { invoice } = await must(hub.url, "new-invoice", { amount: "0.001", ...HERE, ...more }, till);
  return invoice.btc_address;
};
const withdraw = (invoice_bitcoin_address: string) =>
  must(hub.url, "withdraw-invoice", { invoice_bitcoin_address }, till);

/** What the messages of a channel lead to; throws where one does not follow on the one before. */
const drawn = (messages: readonly StreamMessage[], of = channel, from?: DrawnNearby): DrawnNearby => {
  let now = from;
  for (const message of messages.filter(isOf(of))) {
    now = drawNearby(now, message);
    if (!now) throw new Error(`a gap: ${JSON.stringify(message).slice(0, 300)}`);
  }
  return now!;
};
const told =
  (address: string, what: string, of = channel) =>
  (message: StreamMessage) =>
    isOf(of, "update")(message) &&
    ((message as StreamUpdate).data as Record<string, { btc_address: string }[] | undefined>)[what]?.[0]
      ?.btc_address === address;
const hears = (reader: TestReader, address: string, what: string, of = channel) =>
  reader.until<StreamUpdate>(told(address, what, of));

test("who stands near hears of an invoice when it comes, is paid, withdrawn or over, as search finds it and not; who stands elsewhere does not", async () => {
  const payer = await hub.fundedAccount("1");
  const old = await post();
  const [coded, far] = [
    nearbyChannel({ ...HERE, radius_m: 400, random: "4,7" }),
    nearbyChannel({ ...HERE, lat: (Number(HERE.lat) + 0.1).toFixed(4), radius_m: 400 }),
  ];
  const reader = await readSse(hub.url, `${channel},${coded}`);
  const socket = await openSocket(hub.url);
  onTestFinished(() => {
    reader.close();
    socket.close();
  });
  socket.send("subscribe", `${channel},${far}`);
  const snapshot = await reader.until<StreamSnapshot>(isOf(channel, "snapshot"));
  const search = () => must(hub.url, "search-invoices", HERE);
  expect(snapshot.data).toEqual(await search());
  expect((await reader.until<StreamSnapshot>(isOf(coded, "snapshot"))).data).toEqual({
    invoices: [],
    more_exist: false,
  });
  await socket.until(isOf(far, "snapshot"));

  const paid = await post({ random: "4,7" });
  const appeared = await hears(reader, paid, "appeared");
  const { invoices } = await search();
  expect(appeared.data).toEqual({ appeared: [invoices.find(({ btc_address }) => btc_address === paid)] });
  expect(appeared.first).toBe(snapshot.seq + 1);
  await hears(reader, paid, "appeared", coded);
  await hears(socket, paid, "appeared");

  const invoice = invoices.find(({ btc_address }) => btc_address === paid)!;
  const { invoice_json, signature } = invoice;
  await must(hub.url, "pay-invoice", { invoice_json, signature, client_id: "1" }, payer);
  expect((await hears(reader, paid, "disappeared")).data).toEqual({
    disappeared: [{ btc_address: paid, why: "paid" }],
  });
  await hears(reader, paid, "disappeared", coded);
  await withdraw(old);
  expect((await hears(socket, old, "disappeared")).data).toEqual({
    disappeared: [{ btc_address: old, why: "withdrawn" }],
  });
  const brief = await post({ expires_t: String(Date.now() + 3_000) });
  await hears(reader, brief, "appeared");
  // Nothing else happens at the hub: by time alone.
  const expired = await hears(reader, brief, "disappeared");
  expect(expired.data).toEqual({ disappeared: [{ btc_address: brief, why: "expired" }] });
  await hears(socket, brief, "disappeared");
  expect(drawn(reader.messages)).toMatchObject({ seq: expired.last, invoices: [], more_exist: false });
  expect(drawn(socket.messages)).toMatchObject({ seq: expired.last, invoices: [] });
  expect(socket.messages.filter(isOf(far))).toHaveLength(1);
});

test("a payment by chain takes an invoice away as soon as it is in sight", async () => {
  const reader = await readSse(hub.url, channel);
  onTestFinished(() => reader.close());
  const address = await post();
  await hears(reader, address, "appeared");
  await hub.rpc("devchain_fund", address, "0.001");
  expect((await hears(reader, address, "disappeared")).data).toEqual({
    disappeared: [{ btc_address: address, why: "paid" }],
  });
});

test("with a second invoice of one code the first is ambiguous, and no longer when that goes", async () => {
  const first = await post({ random: "417" });
  const reader = await readSse(hub.url, channel);
  onTestFinished(() => reader.close());
  await reader.until(isOf(channel, "snapshot"));
  const marks = async () => {
    const { invoices } = await must(hub.url, "search-invoices", HERE);
    return invoices.map(({ btc_address, ambiguous }) => [btc_address, ambiguous]).sort();
  };
  const drawnMarks = () =>
    drawn(reader.messages)
      .invoices.map(({ btc_address, ambiguous }) => [btc_address, ambiguous])
      .sort();
  const second = await post({ random: "417" });
  expect((await hears(reader, first, "changed")).data).toEqual({
    changed: [{ btc_address: first, ambiguous: true }],
  });
  expect(drawnMarks()).toEqual([
    ...[
      [first, true],
      [second, true],
    ].sort(),
  ]);
  expect(drawnMarks()).toEqual(await marks());
  await withdraw(second);
  await reader.until(
    (message) => told(first, "changed")(message) && !JSON.stringify(message).includes("true"),
  );
  expect(drawnMarks()).toEqual([[first, false]]);
  expect(drawnMarks()).toEqual(await marks());
});

test("who comes back goes on after its number, at another place of the same hub too; after a restart there is a gap", async () => {
  const reader = await readSse(hub.url, channel);
  const first = await post();
  await hears(reader, first, "appeared");
  reader.close();
  await reader.gone;
  const had = drawn(reader.messages);
  const second = await post();
  await withdraw(first);
  const wide = nearbyChannel({ ...HERE, radius_m: 5000 });
  const back = await readSse(hub.url, `${channel}@${had.seq},${wide}@${had.seq}`);
  await hears(back, first, "disappeared");
  await hears(back, first, "disappeared", wide);
  expect(back.messages[1]).toEqual({ type: "resumed", channel, seq: had.seq });
  const now = drawn(back.messages, channel, had);
  expect(now.invoices.map(({ btc_address }) => btc_address)).toEqual([second]);
  back.close();

  // A browser's EventSource goes on by the id that it had last.
  const event = await readSse(hub.url, channel, undefined, { "last-event-id": `${channel}@${now.seq}` });
  await event.until(isOf(channel, "resumed"));
  event.close();
  const future = await readSse(hub.url, `${channel}@${now.seq + 1e9}`);
  await future.until(isOf(channel, "gap"));
  future.close();

  hub = await hub.restart();
  const again = await readSse(hub.url, `${channel}@${now.seq}`);
  await again.until(isOf(channel, "gap"));
  const snapshot = await again.until<StreamSnapshot>(isOf(channel, "snapshot"));
  expect(snapshot.seq).toBeGreaterThan(now.seq);
  expect(snapshot.data).toEqual(await must(hub.url, "search-invoices", HERE));
  // What was live before the start is told when it ends, too.
  await withdraw(second);
  await hears(again, second, "disappeared");
  again.close();
});

test("a snapshot is cut after a hundred and says so; what comes later is told all the same", async () => {
  for (let i = 0; i < 101; i++) await post({ lat: (Number(HERE.lat) + i * 1e-6).toFixed(6) });
  const reader = await readSse(hub.url, channel);
  onTestFinished(() => reader.close());
  const { data } = await reader.until<StreamSnapshot>(isOf(channel, "snapshot"));
  const { invoices } = await must(hub.url, "search-invoices", { ...HERE, limit: "100" });
  expect(data).toEqual({ invoices, more_exist: true });
  const late = await post();
  await hears(reader, late, "appeared");
  expect(drawn(reader.messages).invoices).toHaveLength(101);
});

test("two thousand standing queries hear of exactly what is near each, whenever they came, and are forgotten when they go", async () => {
  const random = randomOf(5);
  const place = () => ({
    lat: (Number(HERE.lat) + random.below(2000) / 100_000).toFixed(5),
    lng: (Number(HERE.lng) + random.below(2000) / 100_000).toFixed(5),
  });
  const asked = Array.from({ length: 2000 }, (_, i) => ({
    ...place(),
    radius_m: random.one([50, 400, 2000]),
    ...(i % 3 === 0 ? { random: String(i % 2) } : {}),
  }));
  const sockets = [];
  const live: string[] = [];
  const step = async (): Promise<void> => {
    if (live.length > 3 && random.below(3) === 0)
      await withdraw(live.splice(random.below(live.length), 1)[0]!);
    else live.push(await post({ ...place(), random: String(random.below(3)) }));
  };
  for (let i = 0; i < asked.length; i += 100) {
    const socket = await openSocket(hub.url);
    const channels = asked.slice(i, i + 100).map(nearbyChannel);
    socket.send("subscribe", channels.join(","));
    sockets.push({ socket, places: asked.slice(i, i + 100) });
    await step();
  }
  for (let i = 0; i < 30; i++) await step();
  const last = await post();
  // A few of each socket's, one of them given up.
  for (const { socket, places } of sockets) {
    socket.send("unsubscribe", nearbyChannel(places[0]!), undefined, "unsubscribed");
    await socket.until((message) => message.type === "unsubscribed");
    for (const { random: code, ...place } of places.slice(1, 9)) {
      const of = nearbyChannel({ ...place, ...(code === undefined ? {} : { random: code }) });
      const params = { ...place, radius_m: String(place.radius_m), limit: "100" };
      const { invoices } = await must(hub.url, "search-invoices", {
        ...params,
        ...(code ? { random: code } : {}),
      });
      const sorted = (all: readonly { btc_address: string }[]) =>
        [...all].sort((a, b) => (a.btc_address < b.btc_address ? -1 : 1));
      const now = () => sorted(drawn(socket.messages, of)?.invoices ?? []);
      // Told as soon as it is durable, but not before the answer of who did it.
      await until(
        async () => JSON.stringify(now()),
        (text) => text === JSON.stringify(sorted(invoices)),
        60_000,
      );
    }
  }
  await withdraw(last);
  for (const { socket, places } of sockets) {
    const near = places
      .slice(1)
      .map(nearbyChannel)
      .find((of) => drawn(socket.messages, of).invoices.some(({ btc_address }) => btc_address === last));
    if (near) await hears(socket, last, "disappeared", near);
    socket.close();
  }
}, 120_000);
