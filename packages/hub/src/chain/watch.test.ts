import { newPhrase, openWallet, seedFromPhrase } from "@coinholder/bitcoin";
import { emptyState } from "@coinholder/engine";
import { addressOfScript } from "@coinholder/protocol";
import { expect, test } from "vitest";
import { makeChainWatch } from "./watch.ts";

const wallet = openWallet(seedFromPhrase(newPhrase(), "regtest"));

const give = (state: ReturnType<typeof emptyState>, index: number): void => {
  const { address } = wallet.address("receive", index);
  state.chain.addresses.add({ address, account: 9, index, branch: "receive" });
  state.chain.nextReceive = Math.max(state.chain.nextReceive, index + 1);
};
const finds = ({ watch }: ReturnType<typeof makeChainWatch>, index: number, type?: "p2tr"): boolean => {
  const { address, script } = wallet.address("receive", index, type);
  return watch().scripts.addressOf(script, 0, script.length) === address;
};

test("an address is looked for from the moment on that it is given out, however many are given out during one look", () => {
  const state = emptyState();
  const chainWatch = makeChainWatch(state, wallet, "p2wpkh");
  chainWatch.advance();
  const { scripts } = chainWatch.watch();
  for (let index = 0; index < 300; index++) give(state, index);
  const { script } = wallet.address("receive", 299);
  expect(scripts.addressOf(script, 0, script.length)).toBeDefined();
  expect(Array.from({ length: 300 }, (_, index) => finds(chainWatch, index))).not.toContain(false);
});

test("addresses that a payment to a higher one passed over are looked for after a restart, too", () => {
  const state = emptyState();
  give(state, 3);
  give(state, 40);
  const chainWatch = makeChainWatch(state, wallet, "p2wpkh");
  for (const index of [0, 4, 39]) {
    expect(finds(chainWatch, index)).toBe(true);
    expect(finds(chainWatch, index, "p2tr")).toBe(true);
    expect(chainWatch.placeOf(wallet.address("receive", index).address)).toEqual({
      branch: "receive",
      index,
    });
  }
  expect(chainWatch.placeOf(wallet.address("receive", 3).address)).toBeUndefined();
});

test("a look derives a few addresses ahead, and the next ones go on until all are watched", () => {
  const state = emptyState();
  const chainWatch = makeChainWatch(state, wallet, "p2tr");
  chainWatch.advance();
  expect(chainWatch.size()).toBe(25);
  for (let looks = 0; looks < 10; looks++) chainWatch.advance();
  expect(chainWatch.size()).toBe(120);
});

test("what was given out before a start is taken in a piece at a time, and none of it is overlooked", async () => {
  const state = emptyState();
  const scripts = Array.from({ length: 25_000 }, (_, index) => {
    const script = new Uint8Array(22);
    script[1] = 20;
    new DataView(script.buffer).setUint32(2, index);
    return script;
  });
  const addresses = scripts.map((script) => addressOfScript(script, "regtest")!);
  for (const [index, address] of addresses.entries())
    state.chain.addresses.add({ address, account: 9, index, branch: "receive" });
  const chainWatch = makeChainWatch(state, wallet, "p2wpkh");
  let othersHadTurn = false;
  setImmediate(() => {
    othersHadTurn = true;
  });
  await chainWatch.catchUp();
  const { addressOf } = chainWatch.watch().scripts;
  expect(scripts.map((script) => addressOf(script, 0, script.length))).toEqual(addresses);
  expect(othersHadTurn).toBe(true);
});
