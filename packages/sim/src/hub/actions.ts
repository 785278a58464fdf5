import type { Prng } from "../prng.ts";
import type { CallKind } from "./calls.ts";
import type { DiskFault } from "./disk.ts";
import type { NodeMood } from "./node.ts";

/**
 * One step of a simulation. A list of these is all that a run is made from: any part of it can be left out, and what is left is
 * still a run. `roll` seeds what is decided when the step is taken.
 */
export type Action =
  /** Somebody calls; the answer is not waited for. */
  | { readonly do: "call"; readonly kind: CallKind; readonly roll: number }
  /** An earlier request comes once more, byte for byte, or some of its bytes. */
  | { readonly do: "copy" | "garble"; readonly roll: number }
  /** A call with a client_id is made again, signed anew. */
  | { readonly do: "retry"; readonly roll: number }
  | { readonly do: "wait"; readonly ms: number }
  /** Everything is compared. */
  | { readonly do: "look" }
  | { readonly do: "arm"; readonly fault: DiskFault }
  /** The machine dies, and comes up again. */
  | { readonly do: "die" }
  /** The hub is stopped in good order, and started again. */
  | { readonly do: "stop" }
  | { readonly do: "fill disk" | "make room" }
  /** The machine dies, and its history with it, or an older one is put in its place. */
  | { readonly do: "lose history" | "restore history" }
  /** The node forgets its mempool. */
  | { readonly do: "restart node" }
  /** Somebody sets the clock. */
  | { readonly do: "clock"; readonly ms: number }
  | { readonly do: "node"; readonly mood: NodeMood }
  | { readonly do: "deposit" | "double-spend"; readonly roll: number }
  | { readonly do: "mine"; readonly blocks: number }
  | { readonly do: "reorganise"; readonly depth: number; readonly roll: number };

/** How often each is called. */
const CALLS: Readonly<Record<CallKind, number>> = {
  "create account": 3,
  address: 4,
  send: 20,
  withdraw: 8,
  "quoted withdrawal": 2,
  order: 24,
  cancel: 6,
  "cancel all": 1,
  amend: 3,
  credit: 5,
  "fiat out": 2,
  "settle fiat": 2,
  "buy option": 4,
  "exercise option": 3,
  invoice: 4,
  "pay invoice": 5,
  "withdraw invoice": 1,
  "invoice status": 1,
  batch: 3,
  authkey: 1.5,
  revoke: 1,
  allowlist: 1,
  halt: 0.3,
  resume: 1,
  proof: 0.6,
  settings: 1,
  balance: 10,
  lists: 3,
  market: 3,
};

const STEPS = {
  call: 100,
  copy: 5,
  garble: 2,
  retry: 6,
  wait: 30,
  look: 1.5,
  arm: 1.6,
  die: 0.6,
  stop: 0.6,
  "fill disk": 0.2,
  "lose history": 0.15,
  "restore history": 0.15,
  "restart node": 0.3,
  clock: 0.8,
  node: 1.5,
  deposit: 5,
  "double-spend": 0.8,
  mine: 5,
  reorganise: 0.8,
} as const;

const HOUR_MS = 3_600_000;

/** A run of about so many requests, from its seed alone. */
export const plan = (random: Prng, requests: number): Action[] => {
  const roll = (): number => random.below(2 ** 31);
  const actions: Action[] = [];
  const call = (kind: CallKind): void => void actions.push({ do: "call", kind, roll: roll() });
  const settle = (ms: number): void => void actions.push({ do: "wait", ms });
  // Something to begin with: without money nobody does anything.
  for (let i = 0; i < 5; i++) call("create account");
  settle(2000);
  for (let i = 0; i < 8; i++) call("address");
  for (let i = 0; i < 6; i++) call("credit");
  settle(1000);
  for (let i = 0; i < 5; i++) actions.push({ do: "deposit", roll: roll() });
  actions.push({ do: "mine", blocks: 1 });
  settle(1000);

  for (let made = 0; made < requests; ) {
    const step = random.weighted(STEPS);
    switch (step) {
      case "call":
        call(random.weighted(CALLS));
        made++;
        break;
      case "copy":
      case "garble":
      case "retry":
        made++;
        actions.push({ do: step, roll: roll() });
        break;
      case "wait":
        settle(random.pick([0, 0, 1, 2, 5, 20, 60, 200, 1000]));
        break;
      case "arm":
        actions.push({ do: "arm", fault: anyFault(random) });
        break;
      case "stop":
        // It may fail while it writes its snapshot.
        if (random.chance(0.4)) actions.push({ do: "arm", fault: anyFault(random) });
        actions.push({ do: "stop" });
        break;
      case "clock":
        actions.push({ do: "clock", ms: random.pick([-1, 1]) * random.pick([50, 900, 20_000, HOUR_MS]) });
        break;
      case "node":
        actions.push({ do: "node", mood: random.pick(["away", "slow", "mute", "busy"]) });
        settle(random.pick([200, 2000, 20_000]));
        actions.push({ do: "node", mood: "well" });
        break;
      case "fill disk":
        actions.push({ do: "fill disk" }, { do: "wait", ms: 5 });
        for (let i = random.below(4); i >= 0; i--) call(random.weighted(CALLS));
        settle(random.pick([5, 500]));
        actions.push({ do: "make room" });
        break;
      case "deposit":
      case "double-spend":
        actions.push({ do: step, roll: roll() });
        break;
      case "mine":
        actions.push({ do: "mine", blocks: random.pick([1, 1, 1, 2, 3]) });
        break;
      case "reorganise":
        actions.push({ do: "reorganise", depth: random.pick([1, 1, 2, 3, 6, 9]), roll: roll() });
        break;
      default:
        actions.push({ do: step });
    }
  }
  return actions;
};

const anyFault = (random: Prng): DiskFault => ({
  after: random.pick([0, 0, 1, 2, 5]),
  is: random.pick(["dies before", "dies in the cache", "dies in the cache", "dies after", "fails"] as const),
  kept: random.chance(0.5),
});
