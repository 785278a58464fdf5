import { afterAll, beforeAll, expect, test } from "vitest";
import { call, type Key, must, startTestHub, type TestHub, until } from "../testing/harness.ts";
import { outsideKey } from "../testing/outside-key.ts";
import { steal } from "../testing/outside-signer.ts";

let hub: TestHub;
let alice: Key & { account: string };

beforeAll(async () => {
  hub = await startTestHub({ logLevel: "fatal" });
  alice = await hub.fundedAccount("1");
});
afterAll(() => hub.end());

const wallet = () => must(hub.url, "operator-wallet", {}, hub.operator);
const chain = () => must(hub.url, "operator-chain", {}, hub.operator);
const abandon = (payout: string) => call(hub.url, "operator-abandon-payout", { payout }, hub.operator);

test("a withdrawal whose coin a thief took first is paid anew when nothing can bring it back, and not before: never twice", async () => {
  const [coin] = (await wallet()).coins.largest;
  const destination = outsideKey().address;
  const { transfer_id } = await must(
    hub.url,
    "send-btc",
    { to_btc_address: destination, amount: "0.3" },
    alice,
  );
  const sent = await until(wallet, ({ in_flight }) => in_flight[0]?.broadcast === true);
  const { payout, txid } = sent.in_flight[0]!;
  expect((await abandon(payout)).body.error).toMatchObject({ code: "payout_alive", reason: "no_conflict" });

  const theft = await steal(hub.data, coin!, outsideKey().address, 100_000n);
  const stolen = await hub.rpc("sendrawtransaction", theft);
  await hub.rpc("devchain_mine", 1);
  const hit = await until(wallet, ({ in_flight }) => in_flight[0]?.conflict !== undefined);
  expect(hit.in_flight[0]!.conflict).toMatchObject({ outpoint: coin!.outpoint, txid: stolen });
  expect((await abandon(payout)).body.error).toMatchObject({
    code: "payout_alive",
    reason: "not_deep",
    depth: 1,
    needed: 6,
  });
  const { alarms } = await until(chain, (seen) => seen.alarms.length >= 2);
  expect(alarms.map(({ name, particulars }) => [name, particulars.payout])).toEqual(
    expect.arrayContaining([
      ["withdrawals_halted", undefined],
      ["withdrawal_stuck", payout],
    ]),
  );

  await hub.rpc("devchain_mine", 5);
  const given = await until(
    () => abandon(payout),
    ({ status }) => status === 200,
  );
  expect(given.body).toEqual({ payout, withdrawals: [transfer_id] });
  expect((await wallet()).waiting).toMatchObject({ count: 1, amount: "0.30" });

  // It stands still until the operator has looked, and there must be coins to pay with.
  await hub.fundedAccount("1");
  expect((await wallet()).waiting.count).toBe(1);
  await must(hub.url, "operator-resume-withdrawals", {}, hub.operator);
  const again = await until(wallet, ({ in_flight }) => in_flight[0]?.broadcast === true);
  expect(again.in_flight).toMatchObject([{ withdrawals: [transfer_id], amount: "0.30" }]);
  expect(again.in_flight[0]!.txid).not.toBe(txid);
  await hub.rpc("devchain_mine", 1);
  await until(wallet, ({ in_flight }) => in_flight[0]?.confirmations === 1);
  const { transfers } = await must(hub.url, "my-transfers", {}, alice);
  expect(transfers.filter(({ kind }) => kind === "withdrawal")).toMatchObject([
    { transfer_id, status: "confirmed", txid: again.in_flight[0]!.txid },
  ]);
});
