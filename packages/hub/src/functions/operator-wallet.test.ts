import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHubWallet } from "../open-wallet.ts";
import {
  type Answered,
  call,
  type Key,
  must,
  newFolder,
  startTestHub,
  type TestHub,
  until,
} from "../testing/harness.ts";
import { outsideKey } from "../testing/outside-key.ts";
import { signOutside } from "../testing/outside-signer.ts";

/** Of nobody's wallet: the seed is 64 bytes of 7. */
const COLD =
  "tpubDCn3Cs4qLCeLcfbcbBs4sXiHbxnQ77EDejkRb4aB4FPLiF8BC6uEzmY7UWHwxcmcQn2g7aPWjFjmU1cwbGeMtLvsCnou4TVWxjkoosLHUqo";

let hub: TestHub;
let alice: Key & { account: string };

beforeAll(async () => {
  const data = newFolder();
  const config = join(data, "wallet-test.json");
  writeFileSync(
    config,
    JSON.stringify({
      accounts_per_hour: 1_000_000,
      hot_ceiling: "1",
      cold_descriptor: `wpkh(${COLD}/0/*)`,
      daily_limit: "5",
    }),
  );
  hub = await startTestHub({ config, metricsPort: 0, logLevel: "fatal" }, data);
  alice = await hub.fundedAccount("0.5");
});
afterAll(() => hub.end());

const outcome = ({ status, code }: Answered) => [status, code];
const wallet = () => must(hub.url, "operator-wallet", {}, hub.operator);
const chain = () => must(hub.url, "operator-chain", {}, hub.operator);
const alarmNames = async () => (await chain()).alarms.map(({ name }) => name);
const asOperator = (fn: string, params: Record<string, string> = {}) =>
  call(hub.url, fn, params, hub.operator);
const sendOutside = (amount: string, by = alice) =>
  must(hub.url, "send-btc", { to_btc_address: outsideKey().address, amount }, by);

/** Until all that is under way is in a block. */
const settle = async (): Promise<void> => {
  await until(
    wallet,
    ({ in_flight, waiting }) => waiting.count === 0 && in_flight.every((one) => one.broadcast),
  );
  await hub.rpc("devchain_mine", 1);
  await until(wallet, ({ in_flight }) => in_flight.every(({ height }) => height !== undefined));
};

test("a payment by chain is seen from reserved to confirmed, and the sums stay whole", async () => {
  const before = await wallet();
  expect(before).toMatchObject({
    network: "regtest",
    address_type: "p2wpkh",
    balance: { confirmed: "0.50", unconfirmed: "0.00", uncredited: "0.00", locked: "0.00", total: "0.50" },
    coins: { count: 1, largest: [{ amount: "0.50", confirmations: 1 }] },
    in_flight: [],
    waiting: { count: 0, amount: "0.00" },
    owed: "0.50",
    cold: "0.00",
    hot_ceiling: "1.00",
    daily_limit: "5.00",
    limit_left: "5.00",
  });
  const { transfer_id, fee } = await sendOutside("0.1");
  const sent = await until(wallet, ({ in_flight }) => in_flight[0]?.broadcast === true);
  const [payout] = sent.in_flight;
  expect(payout).toMatchObject({
    is: "payment",
    versions: 1,
    withdrawals: [transfer_id],
    amount: "0.10",
    confirmations: 0,
  });
  expect(payout).not.toHaveProperty("height");
  expect(sent.balance).toMatchObject({ confirmed: "0.00", locked: "0.50", total: "0.50" });
  expect(Number(sent.balance.unconfirmed)).toBeCloseTo(0.4 - Number(payout!.fee), 8);
  expect(sent.fees_under_way).toBe(payout!.fee);
  expect(sent.limit_left).toBe("4.90");
  expect(outcome(await asOperator("operator-abandon-payout", { payout: payout!.payout }))).toEqual([
    409,
    "payout_alive",
  ]);

  await hub.rpc("devchain_mine", 1);
  const mined = await until(wallet, ({ in_flight }) => (in_flight[0]?.confirmations ?? 0) > 0);
  expect(mined.in_flight[0]).toMatchObject({ confirmations: 1, height: (await chain()).tip.height });
  expect(mined.balance).toMatchObject({ unconfirmed: "0.00", locked: "0.00" });
  expect(mined.balance.total).toBe(mined.balance.confirmed);
  expect(Number(mined.fees_taken)).toBeCloseTo(Number(fee) - Number(payout!.fee), 8);
});

test("what nobody knows cannot be given up", async () => {
  expect(outcome(await asOperator("operator-abandon-payout", { payout: "p999" }))).toEqual([
    404,
    "payout_unknown",
  ]);
});

test("the chain as the hub sees it", async () => {
  const [seen, hash] = [await chain(), await hub.rpc("getbestblockhash")];
  expect(seen).toMatchObject({
    network: "regtest",
    node_reachable: true,
    tip: { hash },
    lag: 0,
    fee_rate: expect.any(Number),
    last_reorg: 0,
    alarms: [],
  });
  expect(seen.node.height).toBe(seen.tip.height);
  expect(seen.watched_addresses).toBeGreaterThan(0);
  expect(seen).not.toHaveProperty("halt");
});

test("halted, nothing leaves by chain and everything else goes on; resumed, it leaves", async () => {
  const { halt } = await must(hub.url, "operator-halt-withdrawals", {}, hub.operator);
  expect(halt).toMatchObject({ reason: "operator" });
  const outside = { to_btc_address: outsideKey().address, amount: "0.01" };
  expect(outcome(await call(hub.url, "send-btc", outside, alice))).toEqual([409, "withdrawals_halted"]);
  const bob = await hub.newAccount();
  const { btc_address } = await must(hub.url, "new-btc-address", {}, bob);
  await must(hub.url, "send-btc", { to_btc_address: btc_address, amount: "0.01" }, alice);
  const seen = await until(chain, ({ alarms }) => alarms.length > 0);
  expect(seen).toMatchObject({
    halt: { reason: "operator" },
    alarms: [{ name: "withdrawals_halted", level: "warn" }],
  });
  await must(hub.url, "operator-resume-withdrawals", {}, hub.operator);
  expect(outcome(await asOperator("operator-resume-withdrawals"))).toEqual([409, "not_halted"]);
  await until(alarmNames, (names) => names.length === 0);
  expect((await call(hub.url, "send-btc", outside, alice)).status).toBe(200);
  await settle();
});

describe("the cold wallet", () => {
  const sweepTo: string[] = [];
  const sweep = async (params: Record<string, string> = {}) => {
    const made = await must(hub.url, "operator-sweep", params, hub.operator);
    sweepTo.push(made.to);
    return made;
  };

  test("below the ceiling nothing is swept unless an amount is said, and no more than there is", async () => {
    expect(outcome(await asOperator("operator-sweep"))).toEqual([409, "nothing_to_sweep"]);
    expect((await asOperator("operator-sweep", { amount: "10" })).body.error).toMatchObject({
      code: "insufficient_funds",
      available: expect.stringMatching(/^0\.3/),
    });
    expect(outcome(await asOperator("operator-sweep", { amount: "0.00000100" }))).toEqual([
      409,
      "fee_exceeds_amount",
    ]);
  });

  test("above the ceiling an alarm asks for a sweep, and a sweep signed outside ends it", async () => {
    await hub.fundedAccount("1.5");
    await until(alarmNames, (names) => names.includes("hot_ceiling"));
    const before = await wallet();
    const { amount, fee, psbt } = await sweep();
    expect(Number(before.balance.confirmed) - Number(amount) - Number(fee)).toBeCloseTo(1, 8);
    expect((await wallet()).balance).toEqual(before.balance);
    expect((await asOperator("operator-finish-sweep", { psbt })).body.error).toMatchObject({
      code: "psbt_invalid",
      reason: "not_signed",
    });
    const signed = await signOutside(hub.data, psbt);
    const { payout, txid } = await must(
      hub.url,
      "operator-finish-sweep",
      { psbt: signed.psbt },
      hub.operator,
    );
    const sent = await until(wallet, ({ in_flight }) =>
      in_flight.some((one) => one.payout === payout && one.broadcast),
    );
    expect(sent.in_flight.find((one) => one.payout === payout)).toMatchObject({
      is: "sweep",
      txid,
      amount,
      fee,
    });
    const [newest] = (await must(hub.url, "operator-audit", { limit: "1" }, hub.operator)).actions;
    expect(newest).toMatchObject({
      function: "operator-finish-sweep",
      authkey_token: hub.operator.token,
      params: { payout, txid, amount, fee },
    });
    await until(alarmNames, (names) => !names.includes("hot_ceiling"));
    await hub.rpc("devchain_mine", 1);
    const swept = await until(wallet, ({ cold }) => cold !== "0.00");
    expect(swept.cold).toBe(amount);
    expect(swept.owed).toBe(before.owed);
  });

  test("each sweep has an address of its own, and one whose coins were spent meanwhile is not sent", async () => {
    const first = await sweep({ amount: "0.2" });
    const second = await sweep({ amount: "0.3" });
    await must(
      hub.url,
      "operator-finish-sweep",
      { psbt: (await signOutside(hub.data, second.psbt)).psbt },
      hub.operator,
    );
    const late = { psbt: (await signOutside(hub.data, first.psbt)).psbt };
    expect(outcome(await asOperator("operator-finish-sweep", late))).toEqual([409, "sweep_outdated"]);
    await settle();
    await sweep({ amount: "0.1" });
    expect([sweepTo[0], second.to, sweepTo.at(-1)]).toEqual([...new Set(sweepTo)]);
  });

  test("what this hub did not make is not sent", async () => {
    for (const psbt of ["cHNidP8=", "AAAA", Buffer.from("psbt\xff").toString("base64")])
      expect((await asOperator("operator-finish-sweep", { psbt })).code).toBe("psbt_invalid");
  });

  test("what comes back is no account's, and lowers what is there", async () => {
    const before = await wallet();
    const { btc_address } = await must(hub.url, "operator-cold-address", {}, hub.operator);
    expect(
      outcome(await call(hub.url, "send-btc", { to_btc_address: btc_address, amount: "0.001" }, alice)),
    ).toEqual([400, "address_invalid"]);
    await hub.rpc("devchain_fund", btc_address, "0.1");
    await hub.rpc("devchain_mine", 1);
    const after = await until(wallet, ({ cold }) => cold !== before.cold);
    expect(Number(before.cold) - Number(after.cold)).toBeCloseTo(0.1, 8);
    expect(after.owed).toBe(before.owed);
  });
});

test("BTC is credited out of what the hub itself has, and no more than that", async () => {
  // An address that nobody was given: what comes there is the hub's until its owner is known.
  const { next_receive, fees_taken: before } = await wallet();
  const { address } = (await openHubWallet(hub.data)).address("receive", next_receive + 3);
  await hub.rpc("devchain_fund", address, "0.01");
  await hub.rpc("devchain_mine", 1);
  const { fees_taken } = await until(wallet, (seen) => seen.fees_taken !== before);
  expect(Number(fees_taken) - Number(before)).toBeCloseTo(0.01, 8);
  const credit = { to_account: alice.account, currency: "BTC", reference: "goodwill" };
  const refused = await asOperator("operator-credit", { ...credit, amount: "100" });
  expect(refused.body.error).toMatchObject({ code: "insufficient_funds", available: fees_taken });
  await must(hub.url, "operator-credit", { ...credit, amount: "0.009" }, hub.operator);
  expect(Number(fees_taken) - Number((await wallet()).fees_taken)).toBeCloseTo(0.009, 8);
});

test("the figures are for who asks on this machine for just them", async () => {
  const text = await (await fetch(hub.metricsUrl!)).text();
  expect(text).toMatch(/^coinholder_alarm\{name="node_unreachable"\} 0$/m);
  expect(text).toMatch(/^coinholder_calls_total\{function="operator-sweep",outcome="nothing_to_sweep"\} 1$/m);
  expect(text).toMatch(/^coinholder_wallet_satoshi\{kind="confirmed"\} [1-9][0-9]+$/m);
  expect(text).toMatch(/^coinholder_tip_height [1-9]/m);
  expect(text).not.toContain(alice.account);
  expect((await fetch(hub.metricsUrl!, { method: "POST" })).status).toBe(404);
  expect((await fetch(hub.metricsUrl!.replace("/metrics", "/"))).status).toBe(404);
  // No URL: what throws there ended the hub.
  expect((await fetch(hub.metricsUrl!.replace("/metrics", "//"))).status).toBe(404);
});

test("a sweep that was sent behind the hub's back looks like a theft: payments stop, and the operator is told", async () => {
  const { psbt } = await must(hub.url, "operator-sweep", { amount: "0.05" }, hub.operator);
  await hub.rpc("sendrawtransaction", (await signOutside(hub.data, psbt)).raw());
  await hub.rpc("devchain_mine", 1);
  const halted = (seen: Awaited<ReturnType<typeof chain>>) =>
    seen.alarms.find(({ name }) => name === "withdrawals_halted");
  const seen = await until(chain, (now) => halted(now) !== undefined);
  expect(seen.halt?.reason).toBe("coin_spent_elsewhere");
  expect(halted(seen)).toMatchObject({ level: "error", particulars: { reason: "coin_spent_elsewhere" } });
  expect(
    outcome(await call(hub.url, "send-btc", { to_btc_address: outsideKey().address, amount: "0.01" }, alice)),
  ).toEqual([409, "withdrawals_halted"]);
});
