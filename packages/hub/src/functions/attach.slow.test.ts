import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { must } from "../testing/harness.ts";
import {
  type Attachment,
  type OwnCoin,
  openOutsideHub,
  type PaymentOptions,
  payment,
} from "../testing/outside-hub.ts";
import { type AttachScene, openAttachScene } from "./attach-scene.ts";

let scene: AttachScene;
/** Confirmed coins for the cases, each taken once. */
let coins: OwnCoin[];
const coin = (): OwnCoin => coins.shift()!;
beforeAll(async () => {
  scene = await openAttachScene({ confirmations: 2 });
  coins = await scene.coins(...Array.from({ length: 12 }, () => "p2wpkh" as const));
}, 120_000);
afterAll(() => scene.end());

const toPayee = (sats = 100_000): [string, number] => [scene.address, sats];
const pays = (options: PaymentOptions = {}) => payment([coin()], [toPayee()], options);

describe("a transfer that passes", () => {
  test("is its payee's at once, whatever the four kinds of its coins, is in the hub's own mempool, and leaves when it counts", async () => {
    const before = Number((await scene.balance()).available);
    const kinds = await scene.coins("p2wpkh", "p2tr", "p2pkh", "nested");
    const of = payment(kinds, [toPayee(3_000_000)]);
    expect(await scene.attach(await scene.x.attach(of))).toBe("credited");
    expect(await scene.hub.rpc("getrawmempool")).toContain(of.txid);
    expect(await scene.balance()).toMatchObject({
      available: (before + 0.03).toFixed(2),
      pending: "0",
    });
    await scene.mine(2);
    const { available, withdrawable } = await scene.balance();
    expect(withdrawable).toBe(available);
  });

  test("does nothing more when it is told again, also after a restart, and when it is confirmed", async () => {
    const attachment = await scene.x.attach(pays());
    expect(await scene.attach(attachment)).toBe("credited");
    const before = await scene.balance();
    const seq = await scene.journaled();
    expect(await scene.attach(attachment)).toBe("credited");
    expect(await scene.journaled()).toBe(seq);
    scene.hub = await scene.hub.restart();
    expect(await scene.attach(attachment)).toBe("credited");
    expect(await scene.balance()).toEqual(before);
    await scene.send({ raw: rawOf(attachment), txid: "", coins: [] });
    await scene.mine(2);
    expect(await scene.attach(attachment)).toBe("confirmed");
    expect((await scene.balance()).available).toBe(before.available);
  });

  test("is credited once when it is told many times at once", async () => {
    const { available } = await scene.balance();
    const attachment = await scene.x.attach(pays());
    const answers = await Promise.all(Array.from({ length: 5 }, () => scene.attach(attachment)));
    expect(new Set(answers)).toEqual(new Set(["credited"]));
    expect(Number((await scene.balance()).available)).toBeCloseTo(Number(available) + 0.001, 8);
    await scene.mine(2);
  });

  test("is noted beyond the line, or of an identity without one, and counts as any deposit", async () => {
    const stranger = await openOutsideHub();
    const { available } = await scene.balance();
    expect(await scene.attach(await stranger.attach(pays()))).toBe("noted");
    stranger.close();
    await scene.looked();
    expect(await scene.balance()).toMatchObject({ available, pending: "0.001" });
    await scene.mine(2);
    expect(Number((await scene.balance()).available)).toBeCloseTo(Number(available) + 0.001, 8);
  });

  test("may be in its writer's own words, also with white space that no form would have", async () => {
    const json = (text: string): string => `\r\n${text.replaceAll(",", ",\r\n\t")}\n`;
    expect(await scene.attach(await scene.x.attach(pays(), { json }))).toBe("credited");
    await scene.mine(2);
  });

  test("of coins whose owner cannot be known it changes nothing", async () => {
    const { available } = await scene.balance();
    const of = payment(await scene.coins("p2wsh"), [toPayee()]);
    const seq = await scene.journaled();
    expect(await scene.attach(await scene.x.attach(of))).toBe("inconclusive");
    expect(await scene.journaled()).toBe(seq);
    expect((await scene.balance()).available).toBe(available);
  });

  test("has one identity behind it: the first", async () => {
    const of = pays();
    expect(await scene.attach(await scene.x.attach(of))).toBe("credited");
    const other = await openOutsideHub();
    expect(await scene.attach(await other.attach(of))).toBe("transfer_claimed");
    other.close();
    await scene.mine(2);
  });

  test("already in a block when it is told, it needs nobody's word", async () => {
    const of = pays();
    await scene.send(of);
    await scene.mine();
    const attachment = await scene.x.attach(of);
    expect(await scene.attach(attachment)).toBe("noted");
    await scene.mine();
    expect(await scene.attach(attachment)).toBe("confirmed");
  });
});

const rawOf = ({ transfer_json }: Attachment): string =>
  Buffer.from(JSON.parse(transfer_json).bitcoin_transfer, "base64").toString("hex");

test("an identity's next key has what the old one had, which has nothing then", async () => {
  const { hub, x } = scene;
  x.publish(1);
  // Told of the new key although the old one was asked for less than a minute ago.
  expect(await scene.attach(await x.attach(pays(), { rotations: 1 }))).toBe("credited");
  expect(await scene.attach(await x.attach(pays()))).toBe("identity_mismatch");
  x.publish(2);
  expect(await scene.attach(await x.attach(pays(), { rotations: 2 }))).toBe("credited");
  await scene.mine(2);
  expect((await must(hub.url, "operator-chain", {}, hub.operator)).alarms.map(({ name }) => name)).toEqual(
    [],
  );
});
