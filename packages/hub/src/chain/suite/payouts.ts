import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "vitest";
import { until } from "../../testing/harness.ts";
import type { Group } from "./group.ts";
import { arrivedAt, outsideAddress } from "./outside.ts";
import { btc, type Owner, type Scene } from "./scene.ts";

const CLIENT = fileURLToPath(new URL("./client-process.js", import.meta.url));
const run = promisify(execFile);

const sendAllAtOnce = async (
  { hub }: Scene,
  owner: Owner,
  to: string,
  sats: number,
  count: number,
): Promise<Record<string, number>> => {
  const told = JSON.stringify({ url: hub().url, ...owner, to, amount: btc(sats), count });
  const { stdout } = await run(process.execPath, [CLIENT, told]);
  return JSON.parse(stdout) as Record<string, number>;
};

export const payouts: Group = {
  settings: { final_after: 3, batch_window_ms: 300 },
  cases: {
    "a withdrawal goes from reserved to final, and its debit is made once": async ({
      node,
      began,
      funded,
      send,
      reaches,
      balance,
      look,
    }) => {
      const owner = await funded(1_000_000);
      const to = outsideAddress();
      const { id, fee } = await send(owner, to, 250_000);
      const { txid } = await reaches(owner, id, "broadcast");
      expect(await node.mempool()).toEqual([txid]);
      expect(await balance(owner)).toMatchObject({ available: 750_000 - fee });
      await node.mine();
      expect(await reaches(owner, id, "confirmed")).toMatchObject({ txid });
      await node.mine(2);
      expect(await reaches(owner, id, "final")).toMatchObject({ txid, amount: btc(250_000) });
      await look();
      expect(await balance(owner)).toEqual({
        available: 750_000 - fee,
        pending: 0,
        held: 0,
        withdrawable: 750_000 - fee,
      });
      expect(await arrivedAt(node, to, began)).toEqual([250_000]);
    },

    "200 parallel withdrawals of the whole balance from two client processes: one succeeds": async (
      scene,
    ) => {
      const { node, began, funded, balance, transfers, reaches } = scene;
      await funded(5_000_000); // others' coins are there to be taken
      const owner = await funded(1_000_000);
      const to = outsideAddress();
      const both = await Promise.all([1, 2].map(() => sendAllAtOnce(scene, owner, to, 1_000_000, 100)));
      const count = (code: string): number => both.reduce((sum, answers) => sum + (answers[code] ?? 0), 0);
      expect([count("sent"), count("insufficient_funds")]).toEqual([1, 199]);
      const [withdrawal] = await transfers(owner);
      await reaches(owner, withdrawal!.transfer_id, "broadcast");
      await node.mine();
      await reaches(owner, withdrawal!.transfer_id, "confirmed");
      expect(await balance(owner)).toMatchObject({ available: 0, held: 0 });
      expect(await arrivedAt(node, to, began)).toHaveLength(1);
    },

    "withdrawals of several accounts within one window share a transaction, and each gets its amount":
      async ({ node, began, funded, send, reaches, balance }) => {
        const owners = [await funded(1_000_000), await funded(2_000_000), await funded(3_000_000)];
        const sent = await Promise.all(
          owners.map(async (owner, i) => {
            const to = outsideAddress(i === 1 ? "p2tr" : "p2wpkh");
            return { owner, to, sats: 100_000 + i, ...(await send(owner, to, 100_000 + i)) };
          }),
        );
        const built = await Promise.all(sent.map(({ owner, id }) => reaches(owner, id, "broadcast")));
        expect(new Set(built.map(({ txid }) => txid)).size).toBe(1);
        expect(await node.mempool()).toHaveLength(1);
        await node.mine();
        for (const [i, { owner, id, to, sats, fee }] of sent.entries()) {
          await reaches(owner, id, "confirmed");
          expect(await arrivedAt(node, to, began)).toEqual([sats]);
          expect(await balance(owner)).toMatchObject({
            available: (i + 1) * 1_000_000 - sats - fee,
            held: 0,
          });
        }
      },

    "a time-out after the node has taken the transaction pays once, and so does a hub that stopped there":
      async ({ node, began, funded, send, reaches, look, restartHub }) => {
        for (const stops of [false, true]) {
          const owner = await funded(1_000_000);
          const to = outsideAddress();
          const lost = node.line.loseAnswer("sendrawtransaction");
          const { id } = await send(owner, to, 300_000);
          await lost;
          if (stops) await restartHub();
          await look();
          const [txid, ...others] = await node.mempool();
          expect(others).toEqual([]);
          await node.mine();
          expect(await reaches(owner, id, "confirmed")).toMatchObject({ txid });
          await node.mine(2);
          await look();
          expect(await node.mempool()).toEqual([]);
          expect(await arrivedAt(node, to, began)).toEqual([300_000]);
        }
      },

    "an error in place of the node's yes pays once": async ({ node, began, funded, send, reaches, look }) => {
      const owner = await funded(1_000_000);
      const to = outsideAddress();
      const error = { code: -25, message: "bad-txns-inputs-missingorspent" };
      const lied = node.line.answerWith("sendrawtransaction", error);
      const { id } = await send(owner, to, 300_000);
      await lied;
      await look();
      expect(await node.mempool()).toHaveLength(1);
      await node.mine();
      await reaches(owner, id, "confirmed");
      await look();
      expect(await node.mempool()).toEqual([]);
      expect(await arrivedAt(node, to, began)).toEqual([300_000]);
    },

    "a payment that the node forgot has not failed: the same is sent again": async ({
      node,
      began,
      funded,
      send,
      reaches,
      transfer,
      balance,
      look,
    }) => {
      const owner = await funded(1_000_000);
      const to = outsideAddress();
      const { id, fee } = await send(owner, to, 300_000);
      const { txid } = await reaches(owner, id, "broadcast");
      await node.kill();
      await node.restart();
      await look();
      expect((await transfer(owner, id)).status).toMatch(/^(built|broadcast)$/);
      expect(await balance(owner)).toMatchObject({ available: 700_000 - fee });
      await untilMempoolHas(node, txid!);
      await node.mine();
      expect(await reaches(owner, id, "confirmed")).toMatchObject({ txid });
      expect(await arrivedAt(node, to, began)).toEqual([300_000]);
    },
  },
};

export const taprootPayouts: Group = {
  settings: { address_type: "p2tr" },
  cases: {
    "a wallet of taproot addresses receives, pays and keeps its change": async ({
      node,
      began,
      account,
      address,
      balance,
      look,
      send,
      reaches,
    }) => {
      const owner = await account();
      const own = await address(owner);
      expect(own).toMatch(/^bcrt1p/);
      await node.fund(own, 1_000_000);
      await node.mine();
      await look();
      const to = outsideAddress("p2tr");
      let left = 1_000_000;
      for (let i = 0; i < 2; i++) {
        const { id, fee } = await send(owner, to, 300_000); // the second spends the first one's change
        left -= 300_000 + fee;
        await reaches(owner, id, "broadcast");
      }
      await node.mine();
      await look();
      expect(await balance(owner)).toMatchObject({ available: left, held: 0 });
      expect(await arrivedAt(node, to, began)).toEqual([300_000, 300_000]);
    },
  },
};

/** The hub offers a transaction again after some seconds. */
const untilMempoolHas = (node: Scene["node"], txid: string) =>
  until(
    () => node.mempool(),
    (txids) => txids.includes(txid),
    30_000,
  );
