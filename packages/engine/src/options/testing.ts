import { type Answer, at, CONFIG, has, type Owner, sat, type TestHub, testHub } from "../testing.ts";
import type { SellOption } from "./commands.ts";

export const LIFE_MS = 30_000;

export interface Scene {
  readonly hub: TestHub;
  readonly desk: Owner;
  readonly anna: Owner;
  readonly bert: Owner;
}

/** A hub whose desk may sell 4 options, 2 to one buyer. The desk has 10 000.00 USD; Anna and Bert have 1 BTC each. */
export const scene = (caps = { most: 4, mostPerBuyer: 2 }): Scene => {
  const hub = testHub({ ...CONFIG, options: caps });
  const [desk, anna, bert] = [hub.account("desk"), hub.account("anna"), hub.account("bert")];
  hub.credit(desk, "USD", 1_000_000);
  for (const one of [anna, bert]) hub.deposit(one, 1e8);
  return { hub, desk, anna, bert };
};

let made = 0;

/** Of 0.1 BTC for 900.00 USD and a premium of 1000 satoshi, unless said otherwise. */
export const sale = (hub: TestHub, buyer: Owner, more: Partial<SellOption> = {}): SellOption => {
  const id = `op-${++made}`;
  return {
    kind: "sell-option",
    by: buyer.calls("buy-option"),
    id,
    issuer: "desk",
    address: `bc-of-${id}`,
    index: hub.state.chain.nextReceive,
    give: sat(1e7),
    giveCurrency: "BTC",
    want: sat(90_000),
    wantCurrency: "USD",
    premium: sat(1000),
    expires: at(hub.t + LIFE_MS),
    json: `{"option_id":"${id}"}`,
    signature: `signature of ${id}`,
    ...more,
  };
};

/** Carries a sale out; answers what the option is known by. */
export const sold = (
  hub: TestHub,
  buyer: Owner,
  more: Partial<SellOption> = {},
): { id: string; address: string; answer: Answer } => {
  const command = sale(hub, buyer, more);
  const { answer } = hub.done(command);
  return { id: command.id, address: command.address, answer };
};

export const exercised = (by: Owner, option: string) =>
  ({ kind: "exercise-option", by: by.calls("exercise-option"), option }) as const;

export const paid = (by: Owner, address: string, amount: number) =>
  ({ kind: "send", by: by.calls("send-btc"), address, amount: sat(amount) }) as const;

/** [available, held] of BTC and of USD. */
export const both = (hub: TestHub, owner: Owner): [number[], number[]] => [
  has(hub, owner, "BTC").slice(0, 2),
  has(hub, owner, "USD").slice(0, 2),
];
