import { expect, test } from "vitest";
import { load } from "../load.ts";
import { at, stateText } from "../testing.ts";
import { lineOf } from "./rule.ts";
import {
  attach,
  attached,
  btc,
  ceiling,
  conflicted,
  IDENTITY,
  OTHER,
  output,
  recordOf,
  scene,
  tallies,
  told,
} from "./testing.ts";

const NEXT = { identity: OTHER, succeeds: [IDENTITY] } as const;
type Scene = ReturnType<typeof scene>;
const confirm = ({ hub, address }: Scene, txid: string, value: number): void => {
  const coin = output(txid, value, address);
  attached(hub, [coin]);
  hub.block([coin]);
  hub.block();
};

test("record, ceiling and what is open move to the next key, once", () => {
  const all = scene();
  const { hub, anna, address } = all;
  confirm(all, "a", 1000);
  expect(attached(hub, [output("open", 400, address)])).toBe("credited");
  expect(lineOf(recordOf(hub), at(hub.t))).toBe(1500);

  const { answer, effects } = hub.done(attach([output("b", 1100, address)], NEXT));
  expect(answer).toEqual({ status: "credited" });
  expect(told(effects)).toContain("line: succeeded");
  expect(hub.state.lines.identities.has(IDENTITY)).toBe(false);
  expect(recordOf(hub, OTHER)).toMatchObject({ ceiling: 10_000, open: 1500, kept: 3 });
  expect(tallies(hub, OTHER)).toEqual({ seen: [3, 2500], confirmed: [1, 1000] });
  // The old key has no line any more, whoever has it.
  expect(attached(hub, [output("stolen", 1, address)])).toBe("noted");
  expect(recordOf(hub).ceiling).toBe(0);
  const open = [output("open", 400, address), output("b", 1100, address)];
  hub.block(open);
  hub.block();
  expect(btc(hub, anna)).toEqual([2500, 0, 2500]);
  expect(lineOf(recordOf(hub, OTHER), at(hub.t))).toBe(2250);
  expect(recordOf(hub, OTHER).open).toBe(0);
});

test("a transfer that the old key attached is told to the new one as it stands", () => {
  const { hub, address } = scene();
  const coin = output("a", 400, address);
  attached(hub, [coin]);
  expect(attached(hub, [coin], NEXT)).toBe("credited");
  expect(hub.refused(attach([coin], { identity: OTHER }))).toBe("transfer_claimed");
});

test("a new key brings no way out of what the old one did", () => {
  const { hub, address } = scene();
  attached(hub, [output("a", 400, address)]);
  conflicted(hub, "a");
  expect(attached(hub, [output("b", 1, address)], NEXT)).toBe("noted");
  hub.block();
  hub.block();
  conflicted(hub, "a", 2);
  expect(recordOf(hub, OTHER).ended).toMatchObject({ txid: "a" });
  expect(attached(hub, [output("c", 1, address)], NEXT)).toBe("noted");

  const ended = scene();
  attached(ended.hub, [output("a", 400, ended.address)]);
  ended.hub.block();
  ended.hub.block();
  conflicted(ended.hub, "a", 2);
  expect(attached(ended.hub, [output("b", 1, ended.address)], NEXT)).toBe("noted");
  expect(recordOf(ended.hub, OTHER).ended).toMatchObject({ txid: "a" });
});

test("what a reorganisation takes back of the old key's record is taken from the new one's", () => {
  const all = scene();
  const { hub, address } = all;
  hub.done(ceiling(hub, 20_000, OTHER));
  confirm(all, "a", 1000);
  attached(hub, [output("b", 10, address)], NEXT);
  expect(recordOf(hub, OTHER)).toMatchObject({ ceiling: 20_000, earned: [[expect.any(Number), 1000]] });
  hub.undo();
  hub.undo();
  expect(recordOf(hub, OTHER).earned).toEqual([]);
  expect(tallies(hub, OTHER)).toEqual({ seen: [2, 1010] });
});

test("the hub's own key is counted, kept in a dump, and no part of one before the first rotation", async () => {
  const { hub } = scene();
  expect(stateText(hub.state)).not.toContain("own-key");
  const by = hub.operator.calls("operator-rotate-identity");
  expect(hub.done({ kind: "rotate-identity", by }).answer).toEqual({ rotations: 1 });
  expect(hub.done({ kind: "rotate-identity", by }).answer).toEqual({ rotations: 2 });
  expect((await load(stateText(hub.state).split("\n"))).ownKey).toBe(2);
});
