import { expect, test } from "vitest";
import { built, free, mine, scene, withdraw } from "../bitcoin/testing.ts";
import { openCrossings } from "./crossings.ts";

const to = { hub_url: "https://y.example", option: { json: "{}", signature: "s" } };

const crossing = () => {
  const all = scene();
  const { hub, anna, receipt } = all;
  hub.block([receipt("tx", 1000)]);
  const { answer, effects } = hub.done(withdraw(anna, 600, 20, { pledged: true, crossing: to }));
  return { ...all, transfer: answer.transfer as number, effects };
};

test("a payment to another hub is to be told until it was, across its confirmation", () => {
  const { hub, anna, transfer, effects } = crossing();
  expect(effects.at(-1)).toEqual({ is: "crossing", transfer, account: anna.index });
  expect(openCrossings(hub.state)).toMatchObject([{ transfer, to }]);
  hub.done(built(hub, "payout", [transfer], free(hub), 15, 385));
  mine(hub, 1);
  expect(openCrossings(hub.state)).toHaveLength(1);
  const told = { kind: "crossing-told", transfer, identity: "credited", option: "exercised" } as const;
  hub.done(told);
  expect(openCrossings(hub.state)).toEqual([]);
  expect(hub.state.crossings.get(transfer)!.told).toMatchObject({
    identity: "credited",
    option: "exercised",
  });
  expect(hub.refused(told)).toBe("transfer_unknown");
  expect(hub.refused({ ...told, transfer: 999 })).toBe("transfer_unknown");
});

test("it is forgotten with its withdrawal", () => {
  const { hub, transfer } = crossing();
  hub.done(built(hub, "payout", [transfer], free(hub), 15, 385));
  mine(hub, 1);
  for (let depth = 0; depth < 200; depth++) hub.block();
  expect(hub.state.crossings.size).toBe(0);
});

test("given up and paid by another transaction, it is told anew", () => {
  const { hub, transfer, receipt } = crossing();
  hub.done(built(hub, "payout", [transfer], free(hub), 15, 385));
  hub.done({ kind: "crossing-told", transfer, given_up: true });
  hub.block([receipt("other", 2000)], [["tx:0", "thief"]]);
  for (let depth = 0; depth < 6; depth++) hub.block();
  const by = hub.operator.calls("operator-abandon-payout");
  const { effects } = hub.done({ kind: "payout-abandoned", by, payout: 1 });
  expect(effects.filter((effect) => effect.is === "crossing")).toHaveLength(1);
  expect(openCrossings(hub.state)).toHaveLength(1);
});

test("an address that turned out to be the hub's own crosses nothing", () => {
  const { hub, anna } = crossing();
  const bert = hub.account();
  const inside = withdraw(anna, 10, 1, { pledged: true, crossing: to, address: hub.address(bert) });
  hub.done(inside);
  expect(hub.state.crossings.size).toBe(1);
});
