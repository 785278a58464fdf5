import type { Amount } from "@coinholder/protocol";
import type { Made, Stamp } from "./stamp.ts";

export interface Person {
  readonly account: string;
  readonly token: string;
  readonly address: string;
}

const oneOf = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)]!;

/**
 * What a busy hub does, without end: nine of ten commands are payments inside the hub with a nonce, the rest orders on both
 * sides of BTC/USD, half of those that rest cancelled again. Only what the engine takes is yielded.
 */
export function* payAndTrade(
  stamp: Stamp,
  people: readonly Person[],
  traders: readonly Person[],
): Generator<Made> {
  for (;;) {
    if (stamp.made() % 10 !== 0) {
      const paid = stamp.may(stamp.payment(oneOf(people), oneOf(people), 417 as Amount));
      if (paid) yield paid; // Not to oneself.
      continue;
    }
    const trader = oneOf(traders);
    const lots = 1 + Math.floor(Math.random() * 9);
    const dollars = 59_500 + Math.floor(Math.random() * 1000);
    const btc = (lots * 100_000) as Amount;
    const usd = Math.round((lots * dollars * 100) / 1000) as Amount;
    const sells = Math.random() < 0.5;
    const placed = stamp.may({
      kind: "place-order",
      by: stamp.by(trader, "place-order"),
      give: sells ? btc : usd,
      giveCurrency: sells ? "BTC" : "USD",
      want: sells ? usd : btc,
      wantCurrency: sells ? "USD" : "BTC",
      tif: "gtc",
    });
    if (!placed) {
      // It has nothing to sell any more: a payment stands in.
      const paid = stamp.may(stamp.payment(oneOf(people), trader, 417 as Amount));
      if (paid) yield paid;
      continue;
    }
    yield placed;
    const { order, state: stands } = placed.answer as { order: number; state: string };
    if (stands === "open" && Math.random() < 0.5)
      yield stamp.must({ kind: "cancel-order", by: stamp.by(trader, "cancel-order"), order });
  }
}
