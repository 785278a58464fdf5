import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OptionText } from "@coinholder/protocol";
import { type Key, must, newFolder, startTestHub, type TestHub } from "./harness.ts";

/** What a test's desk has under `desk` in its configuration file: 65 000 USD for a BTC, less a hundredth, premium a thousandth. */
export const RATES = {
  most_open: 3,
  most_open_per_buyer: 2,
  markets: [
    { market: "BTC/USD", price: { rate: "65000.00" }, spread_bps: 100, premium_bps: 10, most: "0.5" },
    { market: "BTC/EUR", price: "book", spread_bps: 0, most: "0.1", wild_s: 1 },
  ],
};

/** A hub with a desk, or without where there is none. Its configuration is kept for the next start. */
export const startWithDesk = (desk: object | undefined, data = newFolder()): Promise<TestHub> => {
  const config = join(data, "desk.json");
  writeFileSync(config, JSON.stringify({ accounts_per_hour: 1_000_000, desk }));
  return startTestHub({ config }, data);
};

/** The operator's word that money came by bank. */
export const credit = (hub: TestHub, to: { account?: string }, amount: string, currency = "USD") =>
  must(
    hub.url,
    "operator-credit",
    { to_account: to.account!, currency, amount, reference: "wire" },
    hub.operator,
  );

export const buyOption = async (hub: TestHub, by: Key, params: Record<string, string>) => {
  const answer = await must(hub.url, "buy-option", params, by);
  return { ...answer, option: JSON.parse(answer.option_json) as OptionText };
};

/** Sold for 643.50 USD and a premium of 0.00001 BTC at those rates. */
export const SALE = { trade_cur: "BTC", for_cur: "USD", trade_amt: "0.01" };
