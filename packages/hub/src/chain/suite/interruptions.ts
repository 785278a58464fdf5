import { cpSync, rmSync } from "node:fs";
import { expect } from "vitest";
import { paths } from "../../data-folder.ts";
import { call, must, startTestHub, until } from "../../testing/harness.ts";
import type { Group } from "./group.ts";
import { arrivedAt, outsideAddress } from "./outside.ts";
import { newData, type Scene } from "./scene.ts";

const untilReachable = ({ hub }: Scene, reachable: boolean) =>
  until(
    () => must(hub().url, "operator-chain", {}, hub().operator),
    ({ node_reachable }) => node_reachable === reachable,
  );

export const interruptions: Group = {
  cases: {
    "the node is killed, cut off and comes back on another branch: the books are right": async (scene) => {
      const { node, began, account, address, balance, look, send, reaches, funded, alarms } = scene;
      const payer = await funded(1_000_000);
      const [kept, robbed, late] = [await account(), await account(), await account()];
      const good = await node.pay([[await address(kept), 100_000]]);
      const bad = await node.pay([[await address(robbed), 200_000]]);
      const next = await node.pay([[await address(late), 300_000]]);
      await node.mineWith([good.raw, bad.raw]);
      await look();
      const to = outsideAddress();
      const { id } = await send(payer, to, 250_000);
      const { txid } = await reaches(payer, id, "broadcast");
      const raw = await node.rpc<string>("getrawtransaction", txid);

      await node.kill();
      await untilReachable(scene, false);
      expect(await alarms()).toContain("node_unreachable");
      expect(await balance(kept)).toMatchObject({ available: 100_000 });
      node.line.cut();
      await node.restart();
      const stolen = await node.pay([[outsideAddress(), 150_000]], { coins: bad.coins });
      await node.reorganise({ depth: 1, blocks: [[stolen.raw, next.raw], [good.raw], [raw]] });
      node.line.mend();
      await untilReachable(scene, true);
      await look();

      expect(await alarms()).not.toContain("node_unreachable");
      expect(await balance(kept)).toMatchObject({ available: 100_000, pending: 0 });
      expect(await balance(robbed)).toMatchObject({ available: 0, pending: 0 });
      expect(await balance(late)).toMatchObject({ available: 300_000, pending: 0 });
      expect(await reaches(payer, id, "confirmed")).toMatchObject({ txid });
      expect(await arrivedAt(node, to, began)).toEqual([250_000]);
    },

    "a hub that stops in the middle of a stream of blocks counts each payment once": async ({
      node,
      account,
      address,
      balance,
      look,
      restartHub,
      transfers,
    }) => {
      const owner = await account();
      const to = await address(owner);
      node.line.cut();
      for (let i = 0; i < 12; i++) await node.mineWith([(await node.pay([[to, 10_000]])).raw]);
      for (let stops = 0; stops < 2; stops++) {
        const cut = node.line.cutAfter("getblock", 4);
        node.line.mend();
        await cut;
        await restartHub();
      }
      node.line.mend();
      await look();
      expect(await balance(owner)).toMatchObject({ available: 120_000, pending: 0 });
      expect(await transfers(owner)).toHaveLength(12);
    },

    "a node that lost its newest blocks and catches up undoes nothing": async ({
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
      await node.fund(await address(owner), 400_000);
      await node.mine(4);
      await look();
      const height = await node.height();
      await node.restart({ upTo: height - 4 });
      await look();
      expect(await balance(owner)).toMatchObject({ available: 400_000, pending: 0 });
      await node.catchUp();
      await look();
      expect(await balance(owner)).toMatchObject({ available: 400_000, pending: 0 });
      expect(await alarms()).toEqual([]);
      const { id } = await send(owner, outsideAddress(), 100_000);
      await reaches(owner, id, "broadcast");
    },

    "a new hub that has not reached its node yet gives out no address whose payments it would miss": async ({
      node,
      hub,
    }) => {
      const { data, config } = newData({});
      cpSync(paths(hub().data).wallet, paths(data).wallet);
      cpSync(paths(hub().data).walletPassphrase, paths(data).walletPassphrase);
      node.line.cut();
      const fresh = await startTestHub({ bitcoinRpc: node.rpcUrl, config }, data);
      try {
        const owner = await fresh.newAccount();
        const asked = await call(fresh.url, "new-btc-address", {}, owner);
        if (asked.status === 200) {
          await node.fund(String(asked.body.btc_address), 100_000);
          await node.mine();
          node.line.mend();
          await until(
            () => must(fresh.url, "my-balance", {}, owner),
            ({ available }) => available.btc === "0.001",
          );
        } else expect(asked.code).toBe("node_unreachable");
      } finally {
        await fresh.close();
        rmSync(data, { recursive: true, force: true });
        node.line.mend();
      }
    },

    "what is asked for while the node is away is refused, or paid once when it is back": async (scene) => {
      const { node, began, funded, trySend, balance, look, reaches } = scene;
      const owner = await funded(1_000_000);
      node.line.cut();
      await untilReachable(scene, false);
      const to = outsideAddress();
      const { status, code, body } = await trySend(owner, to, 100_000);
      node.line.mend();
      await look();
      if (status === 200) {
        const id = String(body.transfer_id);
        await reaches(owner, id, "broadcast");
        await node.mine();
        await reaches(owner, id, "confirmed");
        expect(await arrivedAt(node, to, began)).toEqual([100_000]);
      } else {
        expect(code).toBe("node_unreachable");
        expect(await balance(owner)).toMatchObject({ available: 1_000_000, held: 0 });
        expect(await node.mempool()).toEqual([]);
      }
    },

    "a hub that stopped between journal and node sends the same bytes, once": async (scene) => {
      const { node, began, funded, send, reaches, restartHub } = scene;
      const owner = await funded(1_000_000);
      const to = outsideAddress();
      // The answer that the hub waits for before it sends is its last for now.
      const cut = node.line.cutAfter("getrawmempool", 1);
      const { id } = await send(owner, to, 100_000);
      await cut;
      await restartHub();
      await restartHub();
      node.line.mend();
      const { txid } = await reaches(owner, id, "broadcast");
      expect(await node.mempool()).toEqual([txid]);
      await node.mine();
      expect(await reaches(owner, id, "confirmed")).toMatchObject({ txid });
      expect(await arrivedAt(node, to, began)).toEqual([100_000]);
    },
  },
};
