// Keeps a share of one's BTC on a hub and the rest on an exchange, by one payment a run (from cron, say).
//
//   HUB_CREDENTIALS=hub.json EXCHANGE=ccxt:kraken EXCHANGE_CREDENTIALS=kraken.json SHARE=30 node rebalancer.mjs
//
// Both files: {"credentials": {...}, "options": {...}} as connect() takes them, readable by you alone. SHARE: percent that should be on the
// hub (50). LEAST: BTC below which nothing is sent (0.05). HUB_ADDRESS, EXCHANGE_ADDRESS: where an exchange pays only to addresses that it was told
// before; else a fresh one is asked for. STATE: its notebook (rebalancer.json).
//
// A payment is noted before it is sent. While the note stands, because nobody knows whether it was sent or because it has not arrived,
// nothing else is. Exit codes: 0 nothing to do or done, 1 refused, 3 a person must look (and then remove the note).
import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { connect, HubError } from "@coinholder/client";

const { HUB = "http://127.0.0.1:8420", EXCHANGE, HUB_CREDENTIALS, EXCHANGE_CREDENTIALS } = process.env;
const {
  SHARE = "50",
  LEAST = "0.05",
  STATE = "rebalancer.json",
  HUB_ADDRESS,
  EXCHANGE_ADDRESS,
} = process.env;
if (!EXCHANGE || !HUB_CREDENTIALS || !EXCHANGE_CREDENTIALS)
  throw new Error("EXCHANGE, HUB_CREDENTIALS and EXCHANGE_CREDENTIALS must be set");

const SATS = 100_000_000n;
const sats = (text = "0") => {
  const [whole, part = ""] = text.split(".");
  return BigInt(whole) * SATS + BigInt(part.slice(0, 8).padEnd(8, "0"));
};
const btc = (amount) => `${amount / SATS}.${String(amount % SATS).padStart(8, "0")}`;

/** Whole or not at all, and on the disk before anything is sent. */
const note = (content) => {
  const file = openSync(`${STATE}.next`, "w", 0o600);
  writeSync(file, JSON.stringify(content, null, 2));
  fsyncSync(file);
  closeSync(file);
  renameSync(`${STATE}.next`, STATE);
};

const open = async (url, file, address) => {
  if ((statSync(file).mode & 0o077) !== 0) throw new Error(`others can read ${file}: chmod 600 it`);
  const { credentials, options } = JSON.parse(readFileSync(file, "utf8"));
  const hub = await connect(url, credentials, options);
  const { available, pending } = await hub.call("my-balance");
  return { url, hub, address, available: sats(available.btc), all: sats(available.btc) + sats(pending.btc) };
};

/** Whether the noted payment is over and done with. A fee of up to a tenth may have come off it. */
const isSettled = (ours, theirs) => {
  if (!existsSync(STATE)) return true;
  const { state, amount, from, to, had } = JSON.parse(readFileSync(STATE, "utf8"));
  const receiver = [ours, theirs].find(({ url }) => url === to);
  if (state === "sent" && receiver && receiver.all >= sats(had) + (sats(amount) * 9n) / 10n) return true;
  const why = state === "sent" ? "has not arrived yet" : "may or may not have been sent";
  console.error(
    `${amount} BTC from ${from} to ${to} ${why}: nothing else is sent. Look, then remove ${STATE}.`,
  );
  process.exitCode = state === "sent" ? 0 : 3;
  return false;
};

const rebalance = async (ours, theirs) => {
  const target = ((ours.all + theirs.all) * BigInt(Math.round(Number(SHARE) * 100))) / 10_000n;
  const [from, to, missing] =
    ours.all > target ? [ours, theirs, ours.all - target] : [theirs, ours, target - ours.all];
  const amount = btc(missing < from.available ? missing : from.available);
  if (sats(amount) < sats(LEAST)) return console.log("nothing to move");
  const to_btc_address = to.address ?? (await to.hub.call("new-btc-address")).btc_address;
  // A hub that knows client ids carries one payment out once, however often it is asked; of others it is not asked twice.
  const client_id = from.hub.overview.openapi_url === undefined ? {} : { client_id: randomUUID() };
  const payment = { from: from.url, to: to.url, amount, to_btc_address, had: btc(to.all), ...client_id };
  note({ state: "sending", ...payment });
  try {
    await from.hub.call("send-btc", { to_btc_address, amount, ...client_id });
  } catch (error) {
    if (error instanceof HubError && !error.unknown) rmSync(STATE); // surely not sent
    throw error;
  }
  note({ state: "sent", ...payment });
  console.log(`sent ${amount} BTC from ${from.url} to ${to.url}`);
};

try {
  const ours = await open(HUB, HUB_CREDENTIALS, HUB_ADDRESS);
  const theirs = await open(EXCHANGE, EXCHANGE_CREDENTIALS, EXCHANGE_ADDRESS);
  console.log(`${btc(ours.all)} BTC on ${HUB}, ${btc(theirs.all)} BTC on ${EXCHANGE}`);
  if (isSettled(ours, theirs)) {
    rmSync(STATE, { force: true });
    await rebalance(ours, theirs);
  }
} catch (error) {
  console.error(error instanceof HubError ? `${error.code}: ${error.message}` : error);
  const isOpen = error.unknown && existsSync(STATE);
  if (isOpen) console.error(`Whether it was sent is not known: look, then remove ${STATE}.`);
  process.exitCode = isOpen ? 3 : 1;
}
