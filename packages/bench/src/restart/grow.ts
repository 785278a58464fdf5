import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DUMP_VERSION, dump, JOURNAL_VERSION, type State } from "@coinholder/engine";
import {
  HISTORY_VERSION,
  historyPlace,
  journalKey,
  openHistory,
  openHubJournal,
  paths,
  recovering,
} from "@coinholder/hub";
import { type Amount, addressOfScript } from "@coinholder/protocol";
import { startChild } from "../child.ts";
import { randomId } from "../random-id.ts";
import { makeStamp } from "../replay/stamp.ts";
import { type Person, payAndTrade } from "../replay/traffic.ts";
import { makePayers, type Place } from "../transfers/people.ts";

export interface Size {
  readonly accounts: number;
  readonly commands: number;
  /** Of these, after the snapshot. */
  readonly tail: number;
}

const TRADERS = 1000;
/** Commands of a second of the made-up past, and how many of them are committed together. */
const PER_SECOND = 10_000;
const GROUP = 100;
/** What each account begins with, in satoshi. */
const SHARE = 20_000;
/** What the script of a P2WPKH address begins with (BIP-141). */
const P2WPKH = Buffer.from([0x00, 0x14]);

/** Of the snapshots, where starts cannot replace them. */
const keptSnapshots = (data: string): string => join(data, "kept-snapshots");
const grownMark = (data: string): string => join(data, "grown");

/** The data folder of a hub of this size, which lasts from run to run: to grow one takes minutes. */
export const grownHub = async (size: Size, say: (what: string) => void): Promise<string> => {
  // For this process and its children. Given, as for a hub with real coins, so that a start makes a key of it, slowly: one that lies
  // beside the wallet takes no time.
  process.env.COINHOLDER_WALLET_PASSPHRASE = "given";
  // What another program made cannot be started from as quickly.
  const form = `${JOURNAL_VERSION}.${DUMP_VERSION}.${HISTORY_VERSION}`;
  const data = join(tmpdir(), `coinholder-bench-start-${size.accounts}-${size.commands}-${form}`);
  if (!existsSync(grownMark(data))) {
    rmSync(data, { recursive: true, force: true });
    mkdirSync(data, { mode: 0o700 });
    await growHub(data, size, say);
    writeFileSync(grownMark(data), "");
  }
  say(`the hub is kept for the next run: ${data}`);
  return data;
};

/** As after a crash at the journal's end: whatever a start has written meanwhile, the newest snapshot is that before the tail. */
export const resetSnapshots = (data: string): void => {
  const folder = join(paths(data).journal, "snapshots");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  for (const name of readdirSync(keptSnapshots(data)))
    linkSync(join(keptSnapshots(data), name), join(folder, name));
};

const growHub = async (data: string, size: Size, say: (what: string) => void): Promise<void> => {
  say(`${TRADERS} accounts with coins, through a hub's API`);
  const hub = startChild("./transfers/hub-child.js");
  const place = await hub.ask<Place>(data);
  const traders = await makePayers(place, TRADERS, "1");
  await hub.end();

  const journal = await openHubJournal({ data }, await journalKey(data));
  const history = await openHistory(historyPlace({ data }), journal.lastSeq);
  const into = recovering();
  await journal.recover(into);
  const state = into.state();
  const addressOf = new Map(
    [...state.chain.addresses.values()].map(({ account, address }) => [account, address]),
  );
  const people: Person[] = traders.map(({ account, token }) => ({
    account,
    token,
    address: addressOf.get(state.accounts.byId.get(account)!.index)!,
  }));

  const stamp = makeStamp(state, PER_SECOND);
  const operator = { ...place.operator, fn: "operator-credit" };
  for (const made of traffic(state, stamp, people, operator, size.accounts)) {
    const seq = journal.append(made.entry);
    history.follow(seq, made.effects);
    if (seq % GROUP === 0) await journal.durable(seq);
    if (seq % 20_000 === 0) await history.reached(seq);
    if (seq % 500_000 === 0) say(`${seq} of ${size.commands} commands`);
    if (seq === size.commands - size.tail) {
      say("a snapshot");
      await journal.durable(seq);
      await journal.snapshot(seq, dump(state));
    }
    if (seq === size.commands) break;
  }
  await history.close();
  await journal.close();
  mkdirSync(keptSnapshots(data));
  const folder = join(paths(data).journal, "snapshots");
  const newest = readdirSync(folder).sort().at(-1)!;
  linkSync(join(folder, newest), join(keptSnapshots(data), newest));
};

/** First the accounts, each with an authkey, an address and a first payment from a trader; then they pay, and traders trade. */
function* traffic(
  state: State,
  stamp: ReturnType<typeof makeStamp>,
  people: Person[],
  operator: { token: string; account: string; fn: string },
  accounts: number,
): ReturnType<typeof payAndTrade> {
  const { token, account, fn } = operator;
  for (const trader of people)
    yield stamp.must({
      kind: "credit",
      by: { token, account, fn },
      to: trader.account,
      currency: "USD",
      amount: 100_000_000_00 as Amount,
      reference: "wire",
    });
  const traders = people.slice();
  while (people.length < accounts) {
    const address = addressOfScript(Buffer.concat([P2WPKH, randomBytes(20)]), "regtest")!;
    const person = { account: randomId("ac-"), token: randomId("ak-"), address };
    const key = {
      token: person.token,
      type: "hmac-sha256" as const,
      secret: randomBytes(32).toString("base64"),
    };
    yield stamp.must({ kind: "create-account", id: person.account, key });
    yield stamp.must({
      kind: "new-address",
      by: { token: person.token, account: person.account, fn: "new-btc-address" },
      address,
      index: state.chain.nextReceive,
    });
    yield stamp.must(stamp.payment(traders[people.length % traders.length]!, person, SHARE as Amount));
    people.push(person);
  }
  yield* payAndTrade(stamp, people, traders);
}
