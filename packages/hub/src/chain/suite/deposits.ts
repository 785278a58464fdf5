import { randomInt } from "node:crypto";
import { expect } from "vitest";
import type { Group } from "./group.ts";
import { outsideAddress } from "./outside.ts";
import type { Owner, Scene } from "./scene.ts";

const credits = async ({ transfers }: Scene, owner: Owner) =>
  (await transfers(owner)).filter(({ kind, status }) => kind === "deposit" && status !== "pending");

export const deposits: Group = {
  cases: {
    "two outputs of one transaction to one address, and then the address again: three credits, each once":
      async (scene) => {
        const { node, account, address, balance, look } = scene;
        const owner = await account();
        const to = await address(owner);
        const two = await node.pay([
          [to, 30_000],
          [to, 50_000],
        ]);
        await node.send(two.raw);
        await look();
        expect(await balance(owner)).toMatchObject({ available: 0, pending: 80_000 });
        await node.mine();
        await look();
        expect(await balance(owner)).toMatchObject({ available: 80_000, pending: 0 });
        await node.fund(to, 70_000);
        await node.mine();
        await look();
        expect(await balance(owner)).toMatchObject({ available: 150_000, pending: 0 });
        const made = await credits(scene, owner);
        expect(made.map(({ txid, vout }) => `${txid}:${vout}`)).toHaveLength(3);
        expect(new Set(made.map(({ txid, vout }) => `${txid}:${vout}`)).size).toBe(3);
      },

    "a payment that no mempool had before its block, and one that stands on it in the same block, count":
      async ({ node, account, address, balance, look }) => {
        const owner = await account();
        const to = await address(owner);
        const parent = await node.pay([[to, 10_000]]);
        const child = await node.pay([[to, 20_000]], { coins: [parent.change] });
        await node.mineWith([parent.raw, child.raw]);
        await look();
        expect(await balance(owner)).toMatchObject({ available: 30_000, pending: 0 });
      },

    "a hundred random amounts in one transaction arrive to the satoshi": async (scene) => {
      const { node, account, address, balance, look } = scene;
      const owner = await account();
      const to = await address(owner);
      const amounts = Array.from({ length: 100 }, () => randomInt(1_000, 10_000_000));
      const payment = await node.pay(amounts.map((sats) => [to, sats] as const));
      await node.send(payment.raw);
      await node.mine();
      await look();
      const sum = amounts.reduce((a, b) => a + b, 0);
      expect(await balance(owner)).toMatchObject({ available: sum, pending: 0 });
      expect(await credits(scene, owner)).toHaveLength(100);
    },

    "a coinbase does not count at 99 blocks, and can be spent at 100": async ({
      node,
      account,
      address,
      balance,
      look,
      trySend,
      send,
      reaches,
    }) => {
      const owner = await account();
      await node.mineWith([], await address(owner));
      await node.mine(98);
      await look();
      const at99 = await balance(owner);
      expect(at99).toMatchObject({ available: 0 });
      expect(at99.pending).toBeGreaterThan(0);
      expect((await trySend(owner, outsideAddress(), 10_000)).code).toBe("insufficient_funds");
      await node.mine();
      await look();
      expect(await balance(owner)).toMatchObject({ available: at99.pending, pending: 0 });
      const { id } = await send(owner, outsideAddress(), at99.pending, { subtract_fee: "true" });
      await reaches(owner, id, "broadcast");
      await node.mine();
      await reaches(owner, id, "confirmed");
    },

    "a payment that its payer replaced is gone within one look, and only what is mined counts": async ({
      node,
      account,
      address,
      balance,
      look,
    }) => {
      const [alice, bob] = [await account(), await account()];
      const [toAlice, toBob] = [await address(alice), await address(bob)];
      const first = await node.fund(toAlice, 500_000);
      await look();
      expect(await balance(alice)).toMatchObject({ available: 0, pending: 500_000 });
      const second = await node.pay([[toBob, 400_000]], { coins: first.coins, feeRate: 5 });
      await node.send(second.raw);
      await look();
      expect(await balance(alice)).toMatchObject({ available: 0, pending: 0 });
      expect(await balance(bob)).toMatchObject({ available: 0, pending: 400_000 });
      // What the mempool held last is not what a block must have.
      await node.mineWith([first.raw]);
      await look();
      expect(await balance(alice)).toMatchObject({ available: 500_000, pending: 0 });
      expect(await balance(bob)).toMatchObject({ available: 0, pending: 0 });
    },

    "a payment that the node forgot is no longer pending, and sent again it counts once": async (scene) => {
      const { node, account, address, balance, look } = scene;
      const owner = await account();
      const payment = await node.fund(await address(owner), 500_000);
      await look();
      await node.restart();
      await look();
      expect(await balance(owner)).toMatchObject({ available: 0, pending: 0 });
      await node.send(payment.raw);
      await look();
      expect(await balance(owner)).toMatchObject({ available: 0, pending: 500_000 });
      await node.mine();
      await look();
      expect(await balance(owner)).toMatchObject({ available: 500_000, pending: 0 });
      expect(await credits(scene, owner)).toHaveLength(1);
    },
    "the hub's own change is nobody's deposit": async (scene) => {
      const { node, funded, send, reaches, balance, transfers } = scene;
      const owner = await funded(1_000_000);
      const { id, fee } = await send(owner, outsideAddress(), 300_000);
      await reaches(owner, id, "broadcast");
      await node.mine();
      await reaches(owner, id, "confirmed");
      expect(await balance(owner)).toEqual({
        available: 700_000 - fee,
        pending: 0,
        held: 0,
        withdrawable: 700_000 - fee,
      });
      expect((await transfers(owner)).map(({ kind }) => kind).sort()).toEqual(["deposit", "withdrawal"]);
    },
  },
};

export const tieredDeposits: Group = {
  settings: { confirmations: [{ up_to: "0.001", blocks: 1 }, { blocks: 3 }] },
  cases: {
    "confirmations go by the sum that a block brought to an address, not by its single outputs": async ({
      node,
      account,
      address,
      balance,
      look,
    }) => {
      const [small, split] = [await account(), await account()];
      const to = await address(split);
      await node.fund(await address(small), 100_000);
      await node.fund(to, 60_000);
      await node.fund(to, 60_000);
      await node.mine();
      await look();
      expect(await balance(small)).toMatchObject({ available: 100_000, pending: 0 });
      expect(await balance(split)).toMatchObject({ available: 0, pending: 120_000 });
      await node.mine();
      await look();
      expect(await balance(split)).toMatchObject({ available: 0, pending: 120_000 });
      await node.mine();
      await look();
      expect(await balance(split)).toMatchObject({ available: 120_000, pending: 0 });
    },
  },
};
