import { devchainCall } from "../devchain-rpc.ts";
import { aside, chapter, check, say, units, until } from "./narrator.ts";
import { available, mine, newPerson, type Person, type World } from "./world.ts";

/** Most blocks that a hub of the demo may want on a deposit. */
const MOST_BLOCKS = 6;

export const makeAccounts = async (world: World): Promise<{ alice: Person; bob: Person }> => {
  chapter("Two accounts");
  say("Alice and Bob each ask the hub for an account. No form, no name: one call gives an");
  say("account and the key that signs for it.");
  const alice = await newPerson(world);
  const bob = await newPerson(world);
  say(`Alice is {${alice.account}}, Bob is {${bob.account}}.`);
  check(
    "they are two accounts, and both are empty",
    [alice.account !== bob.account, await available(alice, "btc"), await available(bob, "btc")],
    [true, 0, 0],
  );
  return { alice, bob };
};

export const fundAlice = async (world: World, alice: Person): Promise<void> => {
  chapter("Coins from the chain");
  const { btc_address } = await alice.hub.call("new-btc-address");
  say("Alice asks for an address, and somebody out there pays 1.5 BTC to it:");
  say(`{${btc_address}}`);
  const txid = await devchainCall(world.chain, "devchain_fund", btc_address, "1.5");
  aside(`transaction ${txid}`);
  const pending = await until("the hub sees the payment", async () => {
    const balance = await alice.hub.call("my-balance");
    return balance.pending.btc === undefined ? undefined : balance;
  });
  check("the hub sees it within moments: 1.50 BTC pending", units(pending.pending.btc), units("1.5"));
  check("but nobody can spend what no block holds yet", units(pending.available.btc), 0);

  say("A block is found.");
  let blocks = 0;
  const counted = async (): Promise<boolean> => (await available(alice, "btc")) > 0;
  const tryBlock = async (): Promise<true | undefined> => {
    const end = Date.now() + 5_000;
    await mine(world);
    blocks++;
    while (Date.now() < end) {
      if (await counted()) return true;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return blocks >= MOST_BLOCKS ? Promise.reject(new Error("the deposit is still not counted")) : undefined;
  };
  await until("the deposit is counted", tryBlock);
  const balance = await alice.hub.call("my-balance");
  check(
    `after ${blocks === 1 ? "one block" : `${blocks} blocks`} they are hers: 1.50 BTC available`,
    [units(balance.available.btc), units(balance.pending.btc)],
    [units("1.5"), 0],
  );
};
