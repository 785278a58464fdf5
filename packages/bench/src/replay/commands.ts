import { randomBytes } from "node:crypto";
import {
  apply,
  type Command,
  emptyState,
  isRefused,
  JOURNAL_VERSION,
  type Stamped,
  type State,
} from "@coinholder/engine";
import type { Amount, TimeMs } from "@coinholder/protocol";
import { CONFIG } from "../engine-config.ts";
import { randomId } from "../random-id.ts";

/** Commands in a second of the made-up past: decides how many nonces are remembered at a time. */
const PER_SECOND = 10_000;
const TRADERS = 1000;
const secret = (): string => randomBytes(32).toString("base64");

interface Person {
  readonly account: string;
  readonly token: string;
  readonly address: string;
}

/**
 * The commands of a busy hub, as its journal has them: nine of ten are payments inside the hub with a nonce, the rest
 * orders on both sides of BTC/USD, a third of them cancelled again. Only those that the engine takes are yielded.
 */
export function* busyHub(count: number): Generator<string> {
  const state: State = emptyState();
  let made = 0;
  let taken: unknown;
  const stamp = (command: Command): string | undefined => {
    const text = JSON.stringify({
      t: (1_795_348_800_000 + Math.floor((made * 1000) / PER_SECOND)) as TimeMs,
      ...command,
    });
    const outcome = apply(state, JSON.parse(text) as Stamped);
    if (isRefused(outcome)) return undefined;
    made++;
    taken = outcome.answer;
    return text;
  };
  const must = (command: Command): string => {
    const text = stamp(command);
    if (text === undefined) throw new Error(`refused: ${JSON.stringify(command)}`);
    return text;
  };

  const id = randomId("ac-");
  const key = { token: randomId("ak-"), type: "hmac-sha256" as const, secret: secret() };
  yield must({
    kind: "begin",
    version: JOURNAL_VERSION,
    network: "regtest",
    operator: { id, key, permissions: ["operator-credit"] },
  });
  yield must({ kind: "configure", config: CONFIG });
  yield must({ kind: "chain-begin", height: 1, hash: "00".repeat(32) });
  const people: Person[] = [];
  for (let i = 0; i < TRADERS; i++) {
    const [account, token, address] = [
      randomId("ac-"),
      randomId("ak-"),
      `bcrt1q${randomBytes(19).toString("hex")}`,
    ];
    yield must({
      kind: "create-account",
      id: account,
      key: { token, type: "hmac-sha256", secret: secret() },
    });
    const by = { token: key.token, account: id, fn: "operator-credit" };
    yield must({
      kind: "credit",
      by,
      to: account,
      currency: "USD",
      amount: 100_000_000_00 as Amount,
      reference: "wire",
    });
    yield must({ kind: "new-address", by: { token, account, fn: "new-btc-address" }, address, index: i });
    people.push({ account, token, address });
  }
  const receipts = people.map(({ address }, i) => ({
    txid: i.toString(16).padStart(64, "0"),
    vout: 0,
    value: 1_000_000_000 as Amount,
    address,
  }));
  yield must({
    kind: "chain-block",
    height: 2,
    hash: "01".repeat(32),
    prev: "00".repeat(32),
    receipts,
    spends: [],
  });

  const pick = (): Person => people[Math.floor(Math.random() * TRADERS)]!;
  const by = ({ token, account }: Person, fn: string) => ({
    token,
    account,
    fn,
    nonce: [state.t, randomBytes(8).toString("hex")] as const,
  });
  while (made < count) {
    const person = pick();
    if (made % 10 !== 0) {
      const text = stamp({
        kind: "send",
        by: by(person, "send-btc"),
        address: pick().address,
        amount: 417 as Amount,
      });
      if (text !== undefined) yield text; // Not to oneself.
      continue;
    }
    const lots = 1 + Math.floor(Math.random() * 9);
    const dollars = 59_500 + Math.floor(Math.random() * 1000);
    const [btc, usd] = [lots * 100_000, (lots * dollars * 100) / 1000].map(
      (units) => Math.round(units) as Amount,
    ) as [Amount, Amount];
    const sells = Math.random() < 0.5;
    const text = stamp({
      kind: "place-order",
      by: by(person, "place-order"),
      give: sells ? btc : usd,
      giveCurrency: sells ? "BTC" : "USD",
      want: sells ? usd : btc,
      wantCurrency: sells ? "USD" : "BTC",
      tif: "gtc",
    });
    if (text === undefined) continue;
    yield text;
    const { order, state: stands } = taken as { order: number; state: string };
    if (stands === "open" && Math.random() < 0.5 && made < count)
      yield must({ kind: "cancel-order", by: by(person, "cancel-order"), order });
  }
}
