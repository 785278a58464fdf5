import { randomInt } from "node:crypto";
import { type Answered, type Key, nonce, post, signed } from "../testing/harness.ts";

export type Person = Key & { readonly account: string; readonly address: string };

/** An address that is not the hub's: P2WPKH of BIP-173's example key. */
export const ELSEWHERE = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";
export const ELSEWHERE_SCRIPT = "0014751e76e8199196d454941c45d1b3a323f1433bd6";

/** A call of the workload, and what became of it. */
export interface Made {
  readonly kind: "transfer" | "withdrawal" | "order" | "cancel";
  readonly fn: string;
  readonly by: Person;
  /** Whom a transfer pays. */
  readonly to?: Person;
  readonly params: Readonly<Record<string, string>>;
  /** In satoshi; no two calls of a test have the same, so that a row of history tells whose it is. */
  readonly amount: number;
  /** The exact request, to be played again. */
  readonly request: { body: string; headers: Record<string, string> };
  answered?: Answered;
}

const btc = (sats: number): string => (sats / 1e8).toFixed(8);
const pick = <T>(from: readonly T[]): T => from[randomInt(from.length)]!;

/** Some calls are signed for a moment still to come, as by a clock that is ahead: a restart must not forget their nonces. */
const AHEAD_MS = 20_000;

/** Orders between one and the call that cancels it. */
const MEANWHILE = 40;

/** Makes calls of all kinds; every one has its own number in its client_id and its amount. */
export const makeWorkload = (people: readonly Person[]) => {
  let made = 0;
  const orders: { by: Person; clientId: string }[] = [];

  const next = (): Made => {
    const n = ++made;
    const clientId = `c${n}`;
    const by = pick(people);
    const make = (
      kind: Made["kind"],
      fn: string,
      params: Record<string, string>,
      more: Partial<Made> = {},
    ): Made => ({
      kind,
      fn,
      by,
      params,
      amount: 0,
      request: signed(fn, params, by, nonce(Date.now() + (n % 5 === 0 ? AHEAD_MS : 0))),
      ...more,
    });
    const dice = randomInt(100);
    if (dice < 40) {
      const to = pick(people.filter((one) => one !== by));
      const amount = 10_000 + n;
      return make(
        "transfer",
        "send-btc",
        { to_btc_address: to.address, amount: btc(amount), client_id: clientId },
        { to, amount },
      );
    }
    if (dice < 50) {
      const amount = 1_000_000 + n;
      return make(
        "withdrawal",
        "send-btc",
        { to_btc_address: ELSEWHERE, amount: btc(amount), client_id: clientId },
        { amount },
      );
    }
    // Of a while ago, so that most are open by then.
    const rested =
      orders.length > MEANWHILE ? orders.at(-MEANWHILE - randomInt(orders.length - MEANWHILE)) : undefined;
    if (dice < 65 && rested)
      return make(
        "cancel",
        "cancel-order",
        { client_id: rested.clientId },
        { by: rested.by, request: signed("cancel-order", { client_id: rested.clientId }, rested.by) },
      );
    orders.push({ by, clientId });
    // Whole thousandths of a bitcoin at whole dollars that divide: every price is exact, and about half of them cross.
    const milli = 1 + randomInt(4);
    const dollars = (milli * (60_000 + 1000 * (randomInt(5) - 2))) / 1000;
    const [give, want] = [
      { amt: btc(milli * 100_000), cur: "BTC" },
      { amt: dollars.toFixed(2), cur: "USD" },
    ];
    const [trade, back] = randomInt(2) === 0 ? [give, want] : [want, give];
    return make("order", "place-order", {
      trade_amt: trade.amt,
      trade_cur: trade.cur,
      for_amt: back.amt,
      for_cur: back.cur,
      client_id: clientId,
    });
  };
  return next;
};

/** Sends a call's request. Leaves it unanswered when the hub goes away before the answer was there whole. */
export const send = async (url: string, call: Made): Promise<void> => {
  const answered = await post(url, call.fn, call.request).catch(() => undefined);
  if (answered) call.answered = answered;
};

/** The same call again, signed anew. */
export const again = (url: string, { fn, params, by }: Made): Promise<Answered> =>
  post(url, fn, signed(fn, params, by));

export const worked = (call: Made): boolean => call.answered?.status === 200;
