import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Answer, functionNames, functionRow } from "@coinholder/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { paths } from "../data-folder.ts";
import { recovering } from "../recover.ts";
import { makeSequencer } from "../sequencer.ts";
import { openHubJournal } from "../store.ts";
import { call, type Key, must, newFolder, startTestHub, type TestHub, until } from "../testing/harness.ts";
import { never } from "../testing/journaled.ts";
import { outsideKey } from "../testing/outside-key.ts";
import { signOutside, steal } from "../testing/outside-signer.ts";
import { validParams } from "../testing/valid-params.ts";
import { journalKey } from "../verify.ts";

/** Of nobody's wallet: the seed is 64 bytes of 7. */
const COLD =
  "tpubDCn3Cs4qLCeLcfbcbBs4sXiHbxnQ77EDejkRb4aB4FPLiF8BC6uEzmY7UWHwxcmcQn2g7aPWjFjmU1cwbGeMtLvsCnou4TVWxjkoosLHUqo";

type Action = Answer<"operator-audit">["actions"][number];

let hub: TestHub;
let alice: Key & { account: string };

beforeAll(async () => {
  const data = newFolder();
  const config = join(data, "audit-test.json");
  const cold_descriptor = `wpkh(${COLD}/0/*)`;
  writeFileSync(config, JSON.stringify({ accounts_per_hour: 1_000_000, cold_descriptor }));
  hub = await startTestHub({ config, logLevel: "silent" }, data);
  alice = await hub.fundedAccount("1");
});
afterAll(() => hub.end());

const audit = (limit: number) =>
  must(hub.url, "operator-audit", { limit: String(limit) }, hub.operator).then(({ actions }) => actions);
const newest = async (): Promise<Action> => (await audit(1))[0]!;
const asOperator = (fn: string, params: Record<string, string>) => call(hub.url, fn, params, hub.operator);
const position = async () => (await must(hub.url, "operator-status", {}, hub.operator)).journal_seq;
const wallet = () => must(hub.url, "operator-wallet", {}, hub.operator);
const inFlight = async (is: (one: Answer<"operator-wallet">["in_flight"][number]) => boolean) =>
  (await until(wallet, ({ in_flight }) => in_flight.some(is))).in_flight.find(is)!;

/** A payout whose coin a thief took, so deep that it may be given up. Payments by chain stand still then. */
const losePayout = async (): Promise<string> => {
  const dave = await hub.fundedAccount("2");
  const [coin] = (await wallet()).coins.largest;
  const destination = { to_btc_address: outsideKey().address, amount: "1.9" };
  await must(hub.url, "send-btc", destination, dave);
  const { payout } = await inFlight(({ broadcast, is }) => broadcast && is === "payment");
  await hub.rpc("sendrawtransaction", await steal(hub.data, coin!, outsideKey().address, 100_000n));
  await hub.rpc("devchain_mine", 6);
  await until(wallet, ({ in_flight }) => in_flight.some((one) => one.conflict?.height !== undefined));
  const best = await hub.rpc("getblockcount");
  await until(
    () => must(hub.url, "operator-status", {}, hub.operator),
    ({ chain }) => chain.height === best,
  );
  return payout;
};

const withdrawal = async (): Promise<string> => {
  const paid = { to_account: alice.account, currency: "USD", amount: "10.00", reference: "wire" };
  await must(hub.url, "operator-credit", paid, hub.operator);
  const asked = { currency: "USD", amount: "10.00", destination: "IBAN" };
  return (await must(hub.url, "withdraw-fiat", asked, alice)).transfer_id;
};

const IDENTITY = Buffer.alloc(32, 1).toString("base64");

/**
 * Of each operator function that changes something: how it is called so that it does, and what the audit must show of it, beside
 * what it was called with.
 */
const shown: Record<
  string,
  {
    readonly params?: () => Promise<Record<string, string>>;
    readonly told?: (answer: Record<string, unknown>) => Record<string, unknown>;
    /** Parameters that are not shown as they were given. */
    readonly not?: readonly string[];
    readonly outcome?: Action["outcome"];
  }
> = {
  "operator-registration": {
    params: async () => ({ open: "true" }),
    told: () => ({ open: true }),
    not: ["open"],
  },
  "operator-credit": {
    params: async () => ({
      to_account: alice.account,
      currency: "USD",
      amount: "5.00",
      reference: "wire 7",
      client_id: "c7",
    }),
    told: ({ transfer_id }) => ({ transfer_id }),
  },
  "operator-settle-fiat-withdrawal": {
    params: async () => ({ transfer_id: await withdrawal(), outcome: "refused", reference: "no such IBAN" }),
  },
  "operator-set-line": { params: async () => ({ identity: IDENTITY, ceiling: "0.50" }) },
  "operator-rotate-identity": { told: ({ rotations }) => ({ rotations }) },
  "operator-cold-address": { told: ({ btc_address }) => ({ btc_address }) },
  "operator-publish-proof": {
    told: (answer) => {
      const { journal_seq, root } = answer as unknown as Answer<"operator-publish-proof">;
      return { root: root.hash, proof_journal_seq: journal_seq, coins: 1, reserves: "1.00", owed: "1.00" };
    },
    outcome: "done",
  },
  "operator-sweep": {
    params: async () => ({ amount: "0.2" }),
    told: ({ amount, fee, to }) => ({ amount, fee, to }),
    not: ["amount"],
  },
  "operator-finish-sweep": {
    params: async () => {
      const { psbt } = await must(hub.url, "operator-sweep", { amount: "0.1" }, hub.operator);
      return { psbt: (await signOutside(hub.data, psbt)).psbt };
    },
    told: ({ payout, txid }) => ({ payout, txid }),
    not: ["psbt"],
  },
  "operator-halt-withdrawals": { params: async () => ({ reason: "p12 looks «strange»" }) },
  "operator-resume-withdrawals": { params: async () => ({ reason: "it was ours" }) },
  "operator-abandon-payout": { params: async () => ({ payout: await losePayout() }) },
};

const operators = functionNames.filter((name) => functionRow(name).access === "operator");
const changing = operators.filter((name) => functionRow(name).changes);

test("every operator function is called so, and this file says of each that changes something how the audit shows it", () => {
  expect(functionNames.filter((name) => name.startsWith("operator-"))).toEqual(operators);
  expect(Object.keys(shown).sort()).toEqual([...changing].sort());
});

test("whatever an operator function changes or sets off is the newest action of the audit, with what it was called with", async () => {
  const told: Action[] = [];
  // In this file's order: what halts comes after what pays.
  for (const [name, { params: make, told: came, not = [], outcome }] of Object.entries(shown)) {
    const params = (await make?.()) ?? {};
    const before = await position();
    const { body, status } = await asOperator(name, params);
    expect(status, `${name} ${JSON.stringify(body)}`).toBe(200);
    const action = await newest();
    const kept = Object.fromEntries(Object.entries(params).filter(([key]) => !not.includes(key)));
    expect(action, name).toMatchObject({
      function: name,
      authkey_token: hub.operator.token,
      label: "operator",
      params: { ...kept, ...came?.(body) },
    });
    expect(action.outcome, name).toBe(outcome);
    expect(action.journal_seq, name).toBeGreaterThan(before);
    told.push(action);
  }
  await must(hub.url, "operator-resume-withdrawals", {}, hub.operator);
  hub = await hub.restart();
  const all = await audit(500);
  expect(all).toEqual(expect.arrayContaining(told));
  await hub.close();
  rmSync(paths(hub.data).history, { recursive: true });
  hub = await hub.restart();
  expect(await audit(500), "history made anew tells the same").toEqual(all);
}, 60_000);

test("what only reads writes nothing down", async () => {
  const before = await position();
  const params = validParams({ account: alice.account, token: alice.token, oid: "o1" });
  for (const name of operators.filter((one) => !changing.includes(one)))
    expect((await asOperator(name, params[name])).status, name).toBe(200);
  expect(await position()).toBe(before);
});

test("a refused sweep is not in the audit; a proof that fails is, and one that the hub did not live through is unknown", async () => {
  const last = await newest();
  expect((await asOperator("operator-sweep", { amount: "1000" })).code).toBe("insufficient_funds");
  expect(await newest()).toEqual(last);

  const published = await must(hub.url, "proof-root");
  await hub.close();
  const kept = paths(hub.data).proof;
  const journal = await openHubJournal(hub, await journalKey(hub.data));
  const into = recovering();
  await journal.recover(into);
  const sequencer = makeSequencer(into.state(), journal, Date.now, never);
  const { account, token } = hub.operator;
  const by = { account: account!, token, fn: "operator-publish-proof" };
  sequencer.run({ kind: "operator-action", by, params: {}, goesOn: true });
  await sequencer.durable();
  await journal.close();
  hub = await hub.restart();
  expect(await newest()).toMatchObject({
    function: "operator-publish-proof",
    params: {},
    outcome: "unknown",
    ended_t: expect.any(Number),
  });
  expect(await must(hub.url, "proof-root")).toEqual(published);
  const once = await position();
  hub = await hub.restart();
  expect(await position(), "it is written down once").toBe(once);

  rmSync(kept);
  // What is written beside it and moved there cannot be.
  mkdirSync(join(kept, "in-the-way"), { recursive: true });
  expect((await asOperator("operator-publish-proof", {})).status).toBe(500);
  expect(await newest()).toMatchObject({
    function: "operator-publish-proof",
    outcome: "failed",
    params: { error: expect.stringMatching(/^E[A-Z]+$/) },
  });
  rmSync(kept, { recursive: true });
}, 60_000);

test("a reason is a line of text: it stands with the halt, in its alarm and in the audit, and resuming has one of its own", async () => {
  for (const reason of ["", "a\nb", "a\tb", "\u0000", "\u0085", "\u202eabc", "\u2028", "x".repeat(201)])
    for (const name of ["operator-halt-withdrawals", "operator-resume-withdrawals"])
      expect((await asOperator(name, { reason })).code, JSON.stringify(reason)).toMatch(/^param_/);
  const reason = `«p12» 🧐 looks strange ${"x".repeat(170)}`;
  const { halt } = await must(hub.url, "operator-halt-withdrawals", { reason }, hub.operator);
  expect(halt).toMatchObject({ reason: "operator", detail: reason });
  hub = await hub.restart();
  const chain = await until(
    () => must(hub.url, "operator-chain", {}, hub.operator),
    ({ alarms }) => alarms.some(({ name }) => name === "withdrawals_halted"),
  );
  expect(chain.halt).toEqual(halt);
  const alarm = chain.alarms.find(({ name }) => name === "withdrawals_halted")!;
  expect(alarm.message).toContain(reason);
  expect(alarm.particulars).toMatchObject({ reason: "operator", detail: reason });
  await must(hub.url, "operator-resume-withdrawals", { reason: "it was ours" }, hub.operator);
  expect(await audit(2)).toMatchObject([
    { function: "operator-resume-withdrawals", params: { reason: "it was ours" } },
    { function: "operator-halt-withdrawals", params: { reason } },
  ]);
});

test("why a pay-out was refused is told to its owner, across a restart too; a bank's record is the operator's", async () => {
  const settle = async (outcome: string, reference: string) => {
    const transfer_id = await withdrawal();
    const settled = { transfer_id, outcome, reference };
    await must(hub.url, "operator-settle-fiat-withdrawal", settled, hub.operator);
    return transfer_id;
  };
  const refused = await settle("refused", "no such </b>IBAN");
  const done = await settle("done", "wire 2026/7");
  const look = async () => {
    const { transfers } = await must(hub.url, "my-transfers", {}, alice);
    const of = (id: string) => transfers.filter(({ transfer_id }) => transfer_id === id);
    expect(of(refused)).toMatchObject([{ status: "refused", reason: "no such </b>IBAN", reference: "IBAN" }]);
    for (const row of of(done)) expect(row).not.toHaveProperty("reason");
    expect(JSON.stringify(transfers)).not.toContain("wire 2026/7");
  };
  await look();
  hub = await hub.restart();
  await look();
});
