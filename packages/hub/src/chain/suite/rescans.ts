import { cpSync, rmSync } from "node:fs";
import { expect } from "vitest";
import { paths } from "../../data-folder.ts";
import { must, startTestHub } from "../../testing/harness.ts";
import type { Group } from "./group.ts";
import { outsideAddress } from "./outside.ts";
import { newData, type Scene } from "./scene.ts";

const totals = async ({ hub }: Scene) => {
  const { totals, wallet, fees } = await must(hub().url, "operator-status", {}, hub().operator);
  return { totals, wallet, fees };
};

/** Deposits, change, a reorganisation and a withdrawal. */
const live = async (scene: Scene) => {
  const { node, account, address, funded, send, reaches, look } = scene;
  const owners = [await funded(1_000_000), await funded(2_000_000), await account()] as const;
  const { raw } = await node.pay([[await address(owners[2]), 300_000]]);
  await node.mineWith([raw]);
  const { id } = await send(owners[1], outsideAddress(), 500_000);
  await reaches(owners[1], id, "broadcast");
  await node.mine();
  await reaches(owners[1], id, "confirmed");
  await node.reorganise({ depth: 2, blocks: [[], [raw], []] });
  await node.mine(2);
  await reaches(owners[1], id, "confirmed");
  await look();
  return owners;
};

export const rescans: Group = {
  cases: {
    "a full rescan from the first block gives the same totals": async (scene) => {
      const { balance, restartHub, look } = scene;
      const owners = await live(scene);
      const before = [await totals(scene), await Promise.all(owners.map(balance))];
      await restartHub({ rescanFrom: 1 });
      await look();
      expect([await totals(scene), await Promise.all(owners.map(balance))]).toEqual(before);
    },

    "a hub of which nothing is left but the wallet finds all its coins on the chain": async (scene) => {
      const { node, began, hub } = scene;
      await live(scene);
      const { wallet } = await totals(scene);
      const { data, config } = newData({});
      cpSync(paths(hub().data).wallet, paths(data).wallet);
      cpSync(paths(hub().data).walletPassphrase, paths(data).walletPassphrase);
      const restored = await startTestHub({ bitcoinRpc: node.rpcUrl, config, rescanFrom: began }, data);
      try {
        const status = await must(restored.url, "operator-status", {}, restored.operator);
        expect(status.wallet.confirmed).toBe(wallet.confirmed);
        expect(status.totals.btc ?? "0.00").toBe("0.00");
      } finally {
        await restored.close();
        rmSync(data, { recursive: true, force: true });
      }
    },
  },
};
