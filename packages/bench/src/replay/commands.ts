import { randomBytes } from "node:crypto";
import { emptyState, JOURNAL_VERSION } from "@coinholder/engine";
import type { Amount } from "@coinholder/protocol";
import { CONFIG } from "../engine-config.ts";
import { randomId } from "../random-id.ts";
import { makeStamp } from "./stamp.ts";
import { type Person, payAndTrade } from "./traffic.ts";

const PER_SECOND = 10_000;
const TRADERS = 1000;
const START_MS = 1_795_348_800_000;
const secret = (): string => randomBytes(32).toString("base64");

/** The commands of a busy hub from its first one on, as its journal has them. */
export function* busyHub(count: number): Generator<string> {
  let made = 0;
  for (const { entry } of everything()) {
    yield entry;
    if (++made === count) return;
  }
}

function* everything(): ReturnType<typeof payAndTrade> {
  const state = emptyState();
  const stamp = makeStamp(state, PER_SECOND, START_MS);
  const id = randomId("ac-");
  const key = { token: randomId("ak-"), type: "hmac-sha256" as const, secret: secret() };
  yield stamp.must({
    kind: "begin",
    version: JOURNAL_VERSION,
    network: "regtest",
    operator: { id, key, permissions: ["operator-credit"] },
  });
  yield stamp.must({ kind: "configure", config: CONFIG });
  yield stamp.must({ kind: "chain-begin", height: 1, hash: "00".repeat(32) });
  const people: Person[] = [];
  for (let i = 0; i < TRADERS; i++) {
    const address = `bcrt1q${randomBytes(19).toString("hex")}`;
    const person = { account: randomId("ac-"), token: randomId("ak-"), address };
    const { account, token } = person;
    yield stamp.must({
      kind: "create-account",
      id: account,
      key: { token, type: "hmac-sha256", secret: secret() },
    });
    yield stamp.must({
      kind: "credit",
      by: { token: key.token, account: id, fn: "operator-credit" },
      to: account,
      currency: "USD",
      amount: 100_000_000_00 as Amount,
      reference: "wire",
    });
    yield stamp.must({
      kind: "new-address",
      by: { token, account, fn: "new-btc-address" },
      address,
      index: i,
    });
    people.push(person);
  }
  const receipts = people.map(({ address }, i) => ({
    txid: i.toString(16).padStart(64, "0"),
    vout: 0,
    value: 1_000_000_000 as Amount,
    address,
  }));
  const [hash, prev] = ["01".repeat(32), "00".repeat(32)];
  yield stamp.must({ kind: "chain-block", height: 2, hash, prev, receipts, spends: [] });
  yield* payAndTrade(stamp, people, people);
}
