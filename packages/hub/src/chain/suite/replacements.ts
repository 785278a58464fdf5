import { expect } from "vitest";
import { until } from "../../testing/harness.ts";
import type { Group } from "./group.ts";
import { arrivedAt, outsideAddress } from "./outside.ts";
import type { Scene } from "./scene.ts";

const inputsOf = async ({ node }: Scene, txid: string): Promise<string[]> => {
  const { vin } = await node.rpc<{ vin: { txid: string; vout: number }[] }>("getrawtransaction", txid, 1);
  return vin.map((input) => `${input.txid}:${input.vout}`);
};

/** Blocks that leave the payout out, until the hub has put another in its place. */
const untilReplaced = async ({ node, look }: Scene, txid: string): Promise<string> => {
  for (let blocks = 0; blocks < 6; blocks++) {
    await node.mineWith([]);
    await look();
    const [newest, ...others] = await node.mempool();
    expect(others).toEqual([]);
    if (newest !== txid) return newest!;
  }
  throw new Error("the fee was not raised in six blocks");
};

export const replacements: Group = {
  settings: { bump_after_blocks: 1, final_after: 3 },
  cases: {
    "a withdrawal that confirms under an earlier replacement's txid is recognised and not paid again": async (
      scene,
    ) => {
      const { node, began, funded, send, reaches, look, balance } = scene;
      const owner = await funded(1_000_000);
      const to = outsideAddress();
      const { id, fee } = await send(owner, to, 300_000);
      const { txid: first } = await reaches(owner, id, "broadcast");
      const raw = await node.rpc<string>("getrawtransaction", first);
      const second = await untilReplaced(scene, first!);
      const third = await untilReplaced(scene, second);
      expect(new Set([first, second, third]).size).toBe(3);

      await node.mineWith([raw]);
      expect(await reaches(owner, id, "confirmed")).toMatchObject({ txid: first });
      await node.mine(2);
      expect(await reaches(owner, id, "final")).toMatchObject({ txid: first });
      await look();
      expect(await node.mempool()).toEqual([]);
      expect(await balance(owner)).toMatchObject({ available: 700_000 - fee, held: 0 });
      expect(await arrivedAt(node, to, began)).toEqual([300_000]);
    },

    "every replacement spends what all before it spend, so that only one of them can confirm": async (
      scene,
    ) => {
      const { node, began, funded, send, reaches } = scene;
      for (let i = 0; i < 3; i++) await funded(150_000); // a payment needs several of these
      const owner = await funded(1_000_000);
      const to = outsideAddress();
      const { id } = await send(owner, to, 900_000);
      let { txid: newest } = await reaches(owner, id, "broadcast");
      for (let version = 2; version <= 4; version++) {
        const before = await inputsOf(scene, newest!);
        newest = await untilReplaced(scene, newest!);
        expect(await inputsOf(scene, newest)).toEqual(expect.arrayContaining(before));
      }
      await node.mine();
      expect(await reaches(owner, id, "confirmed")).toMatchObject({ txid: newest });
      expect(await arrivedAt(node, to, began)).toEqual([900_000]);
    },

    "a reorganisation that puts one replacement in the place of another pays once": async (scene) => {
      const { node, began, funded, send, reaches, look, transfer } = scene;
      const owner = await funded(1_000_000);
      const to = outsideAddress();
      const { id } = await send(owner, to, 300_000);
      const { txid: first } = await reaches(owner, id, "broadcast");
      const raw = await node.rpc<string>("getrawtransaction", first);
      const second = await untilReplaced(scene, first!);
      await node.mine();
      expect(await reaches(owner, id, "confirmed")).toMatchObject({ txid: second });
      await node.reorganise({ depth: 1, blocks: [[raw], []] });
      await until(
        () => transfer(owner, id),
        ({ txid }) => txid === first,
      );
      await node.mine();
      await reaches(owner, id, "final");
      await look();
      expect(await node.mempool()).toEqual([]);
      expect(await arrivedAt(node, to, began)).toEqual([300_000]);
    },
  },
};
