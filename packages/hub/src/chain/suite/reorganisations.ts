import { expect } from "vitest";
import { call, must, until } from "../../testing/harness.ts";
import type { Group } from "./group.ts";
import { arrivedAt, outsideAddress } from "./outside.ts";

const empty = (count: number): string[][] => Array.from({ length: count }, () => []);

export const reorganisations: Group = {
  settings: { final_after: 3 },
  cases: {
    "of depth 1 to 6 with the payment mined again: net unchanged": async ({
      node,
      account,
      address,
      balance,
      look,
      alarms,
      send,
      reaches,
    }) => {
      const owner = await account();
      const to = await address(owner);
      for (let depth = 1; depth <= 6; depth++) {
        const { raw } = await node.pay([[to, 100_000]]);
        await node.mineWith([raw]);
        await node.mine(depth - 1);
        await look();
        expect(await balance(owner)).toMatchObject({ available: depth * 100_000, pending: 0 });
        await node.reorganise({ depth, blocks: [[], [raw], ...empty(depth - 1)] });
        await look();
        expect(await balance(owner), `depth ${depth}`).toMatchObject({
          available: depth * 100_000,
          pending: 0,
        });
      }
      expect(await alarms()).toEqual([]);
      const { id } = await send(owner, outsideAddress(), 500_000);
      await reaches(owner, id, "broadcast");
    },

    "a payment that was left out of the new branch waits again, and counts once when it is mined": async ({
      node,
      account,
      address,
      balance,
      look,
      trySend,
    }) => {
      const owner = await account();
      const { raw } = await node.pay([[await address(owner), 500_000]]);
      await node.mineWith([raw]);
      await look();
      expect(await balance(owner)).toMatchObject({ available: 500_000, pending: 0 });
      await node.reorganise({ depth: 1, blocks: empty(2) });
      await look();
      const { available, pending } = await balance(owner);
      expect(available + pending).toBe(500_000);
      await node.mine();
      await look();
      expect(await balance(owner)).toMatchObject({ available: 500_000, pending: 0 });
      expect((await trySend(owner, outsideAddress(), 500_001)).code).toBe("insufficient_funds");
    },

    "a deposit that was spent inside the hub and then double-spent: debt, frozen until it is made good":
      async ({ node, hub, account, address, balance, look, trySend, send, reaches, funded, alarms }) => {
        await funded(2_000_000);
        const [owner, payee] = [await account(), await account()];
        const to = await address(owner);
        const payment = await node.pay([[to, 500_000]]);
        await node.mineWith([payment.raw]);
        await look();
        await send(owner, await address(payee), 400_000);
        const stolen = await node.pay([[outsideAddress(), 490_000]], { coins: payment.coins });
        await node.reorganise({ depth: 1, blocks: [[stolen.raw], []] });
        await look();
        expect(await balance(owner)).toMatchObject({ available: -400_000, pending: 0 });
        expect(await balance(payee)).toMatchObject({ available: 400_000 });
        expect(await alarms()).toContain("debt");
        const status = await must(hub().url, "operator-status", {}, hub().operator);
        expect(status.in_debt).toBe(1);

        await node.fund(to, 300_000);
        await node.mine();
        await look();
        expect(await balance(owner)).toMatchObject({ available: -100_000, withdrawable: 0 });
        expect((await trySend(owner, outsideAddress(), 50_000)).code).toBe("account_in_debt");
        await node.fund(to, 300_000);
        await node.mine();
        await look();
        expect(await balance(owner)).toMatchObject({ available: 200_000 });
        expect(await alarms()).not.toContain("debt");
        const { id } = await send(owner, outsideAddress(), 200_000, { subtract_fee: "true" });
        await reaches(owner, id, "broadcast");
        await node.mine();
        await reaches(owner, id, "confirmed");
      },
    "a withdrawal that was undone is sent again as it was, and paid once": async ({
      node,
      began,
      funded,
      send,
      reaches,
      look,
      balance,
    }) => {
      const owner = await funded(1_000_000);
      const to = outsideAddress();
      const { id, fee } = await send(owner, to, 300_000);
      const { txid } = await reaches(owner, id, "broadcast");
      await node.mine(2);
      await reaches(owner, id, "confirmed");
      await node.reorganise({ depth: 2, blocks: empty(3) });
      await until(
        () => node.mempool(),
        (txids) => txids.includes(txid!),
        30_000,
      );
      await look();
      expect(await node.mempool()).toEqual([txid]);
      await node.mine(3);
      expect(await reaches(owner, id, "final")).toMatchObject({ txid });
      expect(await balance(owner)).toMatchObject({ available: 700_000 - fee, held: 0 });
      expect(await arrivedAt(node, to, began)).toEqual([300_000]);
    },
  },
};

/** Alone: the wallet has nothing but what is taken back. */
export const robbed: Group = {
  cases: {
    "a deposit that was withdrawn and then double-spent: nothing more goes out for it": async ({
      node,
      began,
      account,
      address,
      balance,
      look,
      send,
      reaches,
      trySend,
    }) => {
      const owner = await account();
      const payment = await node.pay([[await address(owner), 500_000]]);
      await node.mineWith([payment.raw]);
      await look();
      const to = outsideAddress();
      const { id } = await send(owner, to, 500_000, { subtract_fee: "true" });
      await reaches(owner, id, "broadcast");
      await node.mine();
      await reaches(owner, id, "confirmed");
      const stolen = await node.pay([[outsideAddress(), 490_000]], { coins: payment.coins });
      await node.reorganise({ depth: 2, blocks: [[stolen.raw], [], []] });
      await look();
      // Others' money is there now, and not for this.
      const other = await account();
      await node.fund(await address(other), 5_000_000);
      await node.mine();
      await look();
      await node.mine(2);
      await look();
      expect(await balance(other)).toMatchObject({ available: 5_000_000 });
      expect(await arrivedAt(node, to, began)).toEqual([]);
      expect(await node.mempool()).toEqual([]);
      expect((await trySend(owner, outsideAddress(), 1_000)).code).toMatch(
        /^(account_in_debt|insufficient_funds)$/,
      );
    },
  },
};

export const deepReorganisations: Group = {
  settings: { deep_reorg: 2 },
  cases: {
    "deeper than usual: withdrawals stand still, also after a restart, until the operator lets them go on":
      async ({
        node,
        hub,
        began,
        funded,
        account,
        address,
        balance,
        look,
        trySend,
        send,
        reaches,
        alarms,
        restartHub,
      }) => {
        const owner = await funded(1_000_000);
        const other = await account();
        const { raw } = await node.pay([[await address(other), 200_000]]);
        await node.mineWith([raw]);
        await node.mine();
        await look();
        await node.reorganise({ depth: 2, blocks: [[raw], [], []] });
        await look();
        expect(await alarms()).toEqual([]);
        await node.reorganise({ depth: 3, blocks: [[raw], [], [], []] });
        await look();
        expect(await balance(other)).toMatchObject({ available: 200_000 });
        expect(await alarms()).toContain("withdrawals_halted");
        const to = outsideAddress();
        expect((await trySend(owner, to, 100_000)).code).toBe("withdrawals_halted");
        await restartHub();
        await look();
        expect((await trySend(owner, to, 100_000)).code).toBe("withdrawals_halted");
        expect(await balance(owner)).toMatchObject({ available: 1_000_000, held: 0 });
        await must(hub().url, "operator-resume-withdrawals", {}, hub().operator);
        const { id } = await send(owner, to, 100_000);
        await reaches(owner, id, "broadcast");
        await node.mine();
        await reaches(owner, id, "confirmed");
        expect(await arrivedAt(node, to, began)).toEqual([100_000]);
        const again = await call(hub().url, "operator-resume-withdrawals", {}, hub().operator);
        expect(again.code).toBe("not_halted");
      },
  },
};
