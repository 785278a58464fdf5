import { fresh, operatorCall, type Unstamped, type World } from "./world.ts";

export const halt = (world: World): Unstamped => ({
  kind: "halt-withdrawals",
  by: operatorCall(world, "operator-halt"),
  reason: "operator",
});

export const resume = (world: World): Unstamped => ({
  kind: "resume-withdrawals",
  by: operatorCall(world, "operator-halt"),
});

export const coldAddress = (world: World): Unstamped => ({
  kind: "cold-address",
  by: operatorCall(world, "operator-cold-address"),
  address: fresh(world, "cold"),
  index: world.state.chain.nextReceive,
});

/** An address that nobody was given turns out to have been: there was a journal before this one. */
export const stray = (world: World): Unstamped => {
  const { random, state } = world;
  const branch = random.pick(["receive", "change"] as const);
  const next = branch === "receive" ? state.chain.nextReceive : state.chain.nextChange;
  const index = next + random.below(20);
  return { kind: "chain-address", branch, index, address: fresh(world, "stray") };
};
