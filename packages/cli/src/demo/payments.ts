import { randomBytes } from "node:crypto";
import { addressOfScript, formatAmount, scriptOfTemplate } from "@coinholder/protocol";
import { devchainCall } from "../devchain-rpc.ts";
import { aside, chapter, check, say, units, until } from "./narrator.ts";
import { available, mine, type Person, type World } from "./world.ts";

export const payInside = async (alice: Person, bob: Person): Promise<void> => {
  chapter("Inside the hub, money moves at once");
  const { btc_address } = await bob.hub.call("new-btc-address");
  say("Alice owes Bob 0.4 BTC. She pays the address that he gives her, as she would pay any;");
  say("the hub knows it as one of its own.");
  const paid = await alice.hub.call("send-btc", { to_btc_address: btc_address, amount: "0.4" });
  say(`The hub answers: transfer {${paid.transfer_id}}, {${paid.status}}, fee {${paid.fee}}.`);
  check("it is done, and cost nothing", [paid.status, units(paid.fee)], ["done", 0]);
  check("Bob has 0.40 BTC", await available(bob, "btc"), units("0.4"));
  check("Alice has 1.10 BTC left", await available(alice, "btc"), units("1.1"));
};

type Output = { value: number; confirmations: number; scriptPubKey: { address?: string } } | null;

/** The output of a transaction that pays an address, as the chain itself tells it. */
const outputTo = async (world: World, txid: string, address: string): Promise<Output> => {
  for (let n = 0; n < 10; n++) {
    const output = (await devchainCall(world.chain, "gettxout", txid, n, false)) as Output;
    if (output?.scriptPubKey.address === address) return output;
  }
  return null;
};

export const payOutside = async (world: World, bob: Person): Promise<void> => {
  chapter("And out again, to the wide world");
  const program = { type: "p2wpkh", version: 0, data: Uint8Array.from(randomBytes(20)) } as const;
  const outside = addressOfScript(scriptOfTemplate(program), "regtest")!;
  say("Bob sends 0.1 BTC to a wallet that has nothing to do with this hub:");
  say(`{${outside}}`);
  const sent = await bob.hub.call("send-btc", { to_btc_address: outside, amount: "0.1" });
  const left = units("0.4") - units("0.1") - units(sent.fee);
  check(
    `0.10 BTC and the miners' fee of ${sent.fee} have left his account`,
    await available(bob, "btc"),
    left,
  );
  const find = async () => {
    const { transfers } = await bob.hub.call("my-transfers", { limit: 10 });
    return transfers.find((transfer) => transfer.transfer_id === sent.transfer_id);
  };
  const broadcast = await until("the withdrawal is broadcast", async () => {
    const transfer = await find();
    return transfer?.status === "broadcast" && transfer.txid !== undefined ? transfer : undefined;
  });
  aside(`transaction ${broadcast.txid}`);
  check("a real, signed transaction is on its way", /^[0-9a-f]{64}$/.test(broadcast.txid ?? ""));

  say("The next block holds it.");
  await mine(world);
  await until("the withdrawal is confirmed", async () => {
    const transfer = await find();
    return transfer?.status === "confirmed" || transfer?.status === "final" ? true : undefined;
  });
  const output = await outputTo(world, broadcast.txid!, outside);
  check(
    "asked directly, the chain agrees: 0.10 BTC, confirmed, at that address",
    [output?.value.toFixed(8), (output?.confirmations ?? 0) >= 1],
    ["0.10000000", true],
  );
  check(`Bob keeps ${formatAmount(left, 8)} BTC`, await available(bob, "btc"), left);
};
