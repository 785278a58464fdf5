import { fresh, operatorCall, type Unstamped, type World, withOnce } from "./world.ts";

const anyReason = (world: World): { why?: string } =>
  world.random.chance(0.5) ? { why: fresh(world, "why") } : {};

export const halt = (world: World): Unstamped => ({
  kind: "halt-withdrawals",
  by: operatorCall(world, "operator-halt"),
  reason: "operator",
  ...anyReason(world),
});

export const resume = (world: World): Unstamped => ({
  kind: "resume-withdrawals",
  by: operatorCall(world, "operator-halt"),
  ...anyReason(world),
});

/** A call that changes nothing in the books: done with at once, or under way for a while. */
export const action = (world: World): Unstamped => ({
  kind: "operator-action",
  by: operatorCall(world, "operator-publish-proof"),
  params: { to: fresh(world, "cold"), coins: world.random.below(9) },
  ...(world.random.chance(0.7) ? { goesOn: true } : {}),
});

export const actionEnded = ({ random, twin }: World): Unstamped | undefined => {
  if (twin.underWay.size === 0) return undefined;
  const outcome = random.pick(["done", "failed", "unknown"] as const);
  return { kind: "operator-action-ended", action: random.pick([...twin.underWay]), outcome, params: {} };
};

export const coldAddress = (world: World): Unstamped => ({
  kind: "cold-address",
  by: operatorCall(world, "operator-cold-address"),
  address: fresh(world, "cold"),
  index: world.state.chain.nextReceive,
});

export const rotateIdentity = (world: World): Unstamped =>
  withOnce(world, { kind: "rotate-identity", by: operatorCall(world, "operator-rotate-identity") });

/** An address that nobody was given turns out to have been: there was a journal before this one. */
export const stray = (world: World): Unstamped => {
  const { random, state } = world;
  const branch = random.pick(["receive", "change"] as const);
  const next = branch === "receive" ? state.chain.nextReceive : state.chain.nextChange;
  const index = next + random.below(20);
  return { kind: "chain-address", branch, index, address: fresh(world, "stray") };
};
