import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import type { Coin } from "../payout/coin.ts";
import { type PayoutPlan, type PayoutRequest, planPayout } from "../payout/plan.ts";
import { MAX_SATS, sats } from "../sats.ts";
import { openWallet } from "../wallet/keys.ts";
import { seedFromPhrase } from "../wallet/seed.ts";
import type { SignRequest } from "./check.ts";
import type { PaidWithdrawal } from "./record.ts";
import { openSigner, type Signer, type SignerOptions } from "./signer.ts";

// What the signer's tests share: a wallet, coins, and withdrawals of a stranger's.

export const PHRASE = `${"abandon ".repeat(11)}about`;
export const wallet = openWallet(seedFromPhrase(PHRASE, "regtest"));
const stranger = openWallet(seedFromPhrase(`${"abandon ".repeat(23)}art`, "regtest"));
export const outside = (index: number): string => stranger.address("receive", index).address;

export const START = 1_800_000_000_000;
export const HOUR = 60 * 60 * 1000;
export const UNLIMITED = { perDay: sats(MAX_SATS), perPayout: sats(MAX_SATS), feeRate: 10_000 };

/** Files of the tests in one folder that goes with them. */
export const testFolder = (): (() => string) => {
  const folder = mkdtempSync(join(tmpdir(), "signer-"));
  let count = 0;
  afterAll(() => rmSync(folder, { recursive: true }));
  return () => join(folder, `signer-${count++}.log`);
};

export const coin = (number: number, value = 1_000_000): Coin => ({
  txid: Buffer.alloc(32, number).toString("hex"),
  vout: number,
  value: sats(value),
  type: number % 2 === 0 ? "p2tr" : "p2wpkh",
  branch: "receive",
  index: number,
  confirmed: true,
});

export const withdrawal = (transfer: number, amount = 100_000, to = transfer): PaidWithdrawal => ({
  transfer,
  address: outside(to),
  amount: sats(amount),
});

export const planOf = (
  withdrawals: readonly PaidWithdrawal[],
  mustSpend: Coin[],
  more: Partial<PayoutRequest> = {},
): PayoutPlan => {
  const plan = planPayout({
    network: "regtest",
    coins: [],
    mustSpend,
    outputs: withdrawals.map(({ address, amount }) => ({ address, amount })),
    changeAddresses: [wallet.address("change", 5).address],
    feeRate: 2,
    maxFee: sats(1_000_000),
    ...more,
  });
  return plan.refused === undefined ? plan : expect.fail(plan.refused);
};

/** What the hub asks for: these withdrawals paid of these coins. */
export const payment = (
  withdrawals: readonly PaidWithdrawal[],
  coins: Coin[],
  more: Partial<PayoutRequest> = {},
): SignRequest => {
  const plan = planOf(withdrawals, coins, more);
  return { is: "payment", plan, withdrawals, changeIndexes: plan.change.map(() => 5) };
};

export const signerAt = (path: string, more: Partial<SignerOptions> = {}): Signer =>
  openSigner({ wallet, path, limits: UNLIMITED, now: () => START, ...more });

export const signed = (signer: Signer, request: SignRequest) => {
  const outcome = signer.sign(request);
  return outcome.refused === undefined ? outcome.signed : expect.fail(outcome.refused);
};
