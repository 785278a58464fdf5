import { type Proof, proves } from "@coinholder/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, must, startTestHub, type TestHub } from "../testing/harness.ts";

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.end());

test("each account finds itself in the published tree, whose root is all that is owed, across a restart too", async () => {
  const accounts = [
    await hub.fundedAccount("1.5"),
    await hub.fundedAccount("0.00012345"),
    await hub.newAccount(),
  ];
  expect((await call(hub.url, "my-proof", {}, accounts[0])).code).toBe("proof_unknown");
  expect((await call(hub.url, "proof-root")).code).toBe("proof_unknown");
  const credit = { to_account: accounts[1]!.account, currency: "USD", amount: "52.00", reference: "wire" };
  await must(hub.url, "operator-credit", credit, hub.operator);
  const selling = { trade_amt: "0.5", trade_cur: "BTC", for_amt: "30000", for_cur: "USD" };
  await must(hub.url, "place-order", selling, accounts[0]);
  const published = await must(hub.url, "operator-publish-proof", {}, hub.operator);
  // The operator's own account is a leaf too.
  expect(published).toMatchObject({ accounts: 4, root: { sums: { BTC: 150_012_345, USD: 5200 } } });

  const check = async () => {
    const { root } = await must(hub.url, "proof-root");
    expect(root).toEqual(published.root);
    for (const [i, account] of accounts.entries()) {
      const proof = await must(hub.url, "my-proof", {}, account);
      expect(proves(proof as Proof, root)).toBe(true);
      expect(proof.leaf).toMatchObject({
        account: account.account,
        sums: [{ BTC: 150_000_000 }, { BTC: 12_345, USD: 5200 }, {}][i],
      });
    }
  };
  await check();
  const late = await hub.newAccount();
  expect((await call(hub.url, "my-proof", {}, late)).code).toBe("proof_unknown");
  hub = await hub.restart();
  await check();
});
