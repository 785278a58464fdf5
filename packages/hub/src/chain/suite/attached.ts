import { expect } from "vitest";
import { call, must, until } from "../../testing/harness.ts";
import {
  coinKey,
  coinOf,
  type OutsideHub,
  type OwnCoin,
  openOutsideHub,
  type Payment,
  payment,
} from "../../testing/outside-hub.ts";
import type { Group } from "./group.ts";
import type { Owner, Scene } from "./scene.ts";

const COIN = 1_000_000;
const PAID = 400_000;

/** Another hub with a line of 0.1 BTC here, a payee, and a transfer to it that is attached. */
interface Told {
  readonly x: OutsideHub;
  readonly payee: Owner;
  readonly of: Payment;
  /** Further confirmed coins of the other hub's. */
  readonly spare: OwnCoin[];
  readonly attach: (other?: Payment) => Promise<string>;
}

const someCoins = async ({ node }: Scene, count: number): Promise<OwnCoin[]> => {
  const coins: OwnCoin[] = [];
  for (let i = 0; i < count; i++) {
    const key = coinKey();
    const { raw } = await node.fund(key.address, COIN);
    coins.push(coinOf(key, raw));
  }
  await node.mine();
  return coins;
};

const told = async (scene: Scene, run: (told: Told) => Promise<void>): Promise<void> => {
  const { account, address, hub, look } = scene;
  const x = await openOutsideHub();
  const of = { identity: x.publicKey(), ceiling: "1" };
  await must(hub().url, "operator-set-line", of, hub().operator);
  const payee = await account();
  const [coin, ...spare] = await someCoins(scene, 3);
  const pays = payment([coin!], [[await address(payee), PAID]]);
  await look();
  try {
    await run({
      x,
      payee,
      of: pays,
      spare,
      attach: async (other = pays) => {
        const attachment = await x.attach(other);
        const { body, code } = await call(hub().url, "attach-identity-to-transfer", attachment);
        return code ?? String(body.status);
      },
    });
  } finally {
    x.close();
  }
};

/** The same coins to somebody else, for more. */
const rivalOf = ({ coins }: Payment): Payment => payment(coins, [[coinKey().address, 1000]], { fee: 50_000 });

/** Whether an identity's next small transfer would be credited. */
const nextIs = async ({ address }: Scene, { attach, payee, spare }: Told): Promise<string> =>
  attach(payment([spare.shift()!], [[await address(payee), 1000]]));

const credited = { available: PAID, pending: 0, withdrawable: 0 };
const status = async ({ transfers }: Scene, payee: Owner): Promise<string | undefined> =>
  (await transfers(payee)).at(-1)?.status;

export const attached: Group = {
  settings: { confirmations: 2 },
  cases: {
    "a transfer that another hub stands behind is its payee's before it confirms, once": async (scene) => {
      await told(scene, async ({ attach, of, payee }) => {
        const { balance, look, node } = scene;
        expect(await attach()).toBe("credited");
        expect(await node.mempool()).toContain(of.txid);
        expect(await balance(payee)).toMatchObject(credited);
        await node.mineWith([of.raw]);
        await look();
        expect(await balance(payee)).toMatchObject(credited);
        expect(await attach()).toBe("credited");
        await node.mine();
        await look();
        expect(await balance(payee)).toMatchObject({ ...credited, withdrawable: PAID });
        expect(await attach()).toBe("confirmed");
        expect(await status(scene, payee)).toBe("done");
      });
    },

    "replaced in the mempool: no line until one of the two has won; if it is the first, the line is there again":
      async (scene) => {
        await told(scene, async (all) => {
          const { attach, of, payee } = all;
          const { balance, look, node } = scene;
          expect(await attach()).toBe("credited");
          await look();
          await node.send(rivalOf(of).raw);
          await look();
          expect(await balance(payee)).toMatchObject(credited);
          expect(await status(scene, payee)).toBe("credited");
          // Last: the hub may see it in the mempool at any time from now on.
          expect(await nextIs(scene, all)).toBe("noted");
          await node.mineWith([of.raw]);
          await node.mineWith([]);
          await look();
          expect(await status(scene, payee)).toBe("done");
          expect(await nextIs(scene, all)).toBe("credited");
        });
      },

    "a double spend that a block has, seen nowhere before: the loss is the hub's, never the payee's": async (
      scene,
    ) => {
      await told(scene, async (all) => {
        const { attach, of, payee } = all;
        const { balance, look, node } = scene;
        expect(await attach()).toBe("credited");
        await look();
        await node.mineWith([rivalOf(of).raw]);
        await look();
        expect(await status(scene, payee)).toBe("credited");
        await node.mineWith([]);
        await look();
        expect(await status(scene, payee)).toBe("lost");
        expect(await balance(payee)).toMatchObject({ available: PAID });
        expect(await nextIs(scene, all)).toBe("noted");
      });
    },

    "a double spend that came while the hub was not running": async (scene) => {
      await told(scene, async ({ attach, of, payee }) => {
        const { look, node, restartHub } = scene;
        expect(await attach()).toBe("credited");
        await look();
        await restartHub();
        await node.mineWith([rivalOf(of).raw]);
        await restartHub();
        await node.mineWith([]);
        await look();
        expect(await status(scene, payee)).toBe("lost");
      });
    },

    "gone from the mempool it is nobody's double spend, and what a reorganisation puts in its place is":
      async (scene) => {
        await told(scene, async (all) => {
          const { attach, of, payee } = all;
          const { balance, look, node } = scene;
          expect(await attach()).toBe("credited");
          await look();
          await node.restart(); // its mempool is empty then
          await look();
          expect(await balance(payee)).toMatchObject(credited);
          expect(await nextIs(scene, all)).toBe("credited");
          await node.mineWith([of.raw]);
          await node.mineWith([]);
          await look();
          expect(await status(scene, payee)).toBe("done");
          await node.reorganise({ depth: 2, blocks: [[rivalOf(of).raw], [], []] });
          await look();
          expect(await status(scene, payee)).toBe("lost");
          expect(await balance(payee)).toMatchObject({ available: PAID + 1000 });
        });
      },

    "while the node does not answer nothing is known, and nothing changed": async (scene) => {
      await told(scene, async ({ attach, payee }) => {
        const { balance, node } = scene;
        node.line.cut();
        expect(await attach()).toBe("node_unreachable");
        node.line.mend();
        expect(await balance(payee)).toMatchObject({ available: 0 });
        expect(await until(attach, (answer) => answer !== "node_unreachable")).toBe("credited");
      });
    },

    "signed twice: the second of two transfers of one coin is refused, and the first in doubt": async (
      scene,
    ) => {
      await told(scene, async (all) => {
        const { attach, of, payee } = all;
        const { address, look, node } = scene;
        expect(await attach()).toBe("credited");
        const second = payment(of.coins, [[await address(payee), PAID]], { fee: 50_000 });
        await look();
        expect(await attach(second)).toBe("transfer_conflict");
        expect(await node.mempool()).not.toContain(second.txid);
        expect(await nextIs(scene, all)).toBe("noted");
        await node.mineWith([of.raw]);
        await node.mineWith([]);
        await look();
        expect(await nextIs(scene, all)).toBe("credited");
      });
    },
  },
};
