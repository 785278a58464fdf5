import { newData } from "../chain/suite/scene.ts";
import { call, type Key, must, startTestHub, type TestHub, until } from "../testing/harness.ts";
import {
  type CoinType,
  coinKey,
  coinOf,
  type OutsideHub,
  type OwnCoin,
  openOutsideHub,
  type Payment,
} from "../testing/outside-hub.ts";

/** A hub on its development chain, a payee there, and another hub that has a ceiling of 1 BTC, so a line of 0.1. */
export interface AttachScene {
  hub: TestHub;
  readonly x: OutsideHub;
  readonly payee: Key & { account: string };
  /** The payee's. */
  readonly address: string;
  /** Confirmed coins of 0.01 BTC of the other hub's, one of each type given. */
  readonly coins: (...types: CoinType[]) => Promise<OwnCoin[]>;
  readonly mine: (blocks?: number) => Promise<void>;
  /** The hub has looked at all that the node has. */
  readonly looked: () => Promise<void>;
  /** Status, or the code of a refusal. */
  readonly attach: (params: Readonly<Record<string, string>>) => Promise<string>;
  readonly balance: () => Promise<{ available: string; pending: string; withdrawable: string }>;
  readonly journaled: () => Promise<number>;
  readonly send: (of: Payment) => Promise<unknown>;
  readonly end: () => Promise<void>;
}

export const openAttachScene = async (settings: object = {}): Promise<AttachScene> => {
  const x = await openOutsideHub();
  const { config, data } = newData(settings);
  const scene = { hub: await startTestHub({ config }, data) } as { hub: TestHub };
  await must(
    scene.hub.url,
    "operator-set-line",
    { identity: x.publicKey(), ceiling: "1" },
    scene.hub.operator,
  );
  const payee = await scene.hub.newAccount();
  const { btc_address: address } = await must(scene.hub.url, "new-btc-address", {}, payee);

  const looked = async (): Promise<void> => {
    const { hub } = scene;
    const [height, mempool] = [await hub.rpc("getblockcount"), (await hub.rpc("getrawmempool")) as unknown[]];
    await until(
      () => must(hub.url, "operator-chain", {}, hub.operator),
      ({ mempool_watched, tip }) => tip.height === height && mempool_watched === mempool.length,
      60_000,
    );
  };
  const mine = async (blocks = 1): Promise<void> => {
    await scene.hub.rpc("devchain_mine", blocks);
    await looked();
  };
  return Object.assign(scene, {
    x,
    payee,
    address,
    looked,
    mine,
    coins: async (...types: CoinType[]) => {
      const keys = types.map((type) => coinKey(type));
      const raws: string[] = [];
      for (const key of keys) {
        const txid = await scene.hub.rpc("devchain_fund", key.address, "0.01");
        raws.push((await scene.hub.rpc("getrawtransaction", txid)) as string);
      }
      await mine();
      return keys.map((key, i) => coinOf(key, raws[i]!));
    },
    attach: async (params: Readonly<Record<string, string>>) => {
      const { body, code } = await call(scene.hub.url, "attach-identity-to-transfer", params);
      return code ?? String(body.status);
    },
    balance: async () => {
      const { available, pending, withdrawable } = await must(scene.hub.url, "my-balance", {}, payee);
      const of = (some?: Record<string, string>) => some?.btc ?? "0";
      return { available: of(available), pending: of(pending), withdrawable: of(withdrawable) };
    },
    journaled: async () => (await must(scene.hub.url, "operator-status", {}, scene.hub.operator)).journal_seq,
    send: ({ raw }: Payment) => scene.hub.rpc("sendrawtransaction", raw),
    end: async () => {
      x.close();
      await scene.hub.end();
    },
  });
};
