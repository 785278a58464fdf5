/** A broken promise of our own code, never the caller's mistake. The hub stops on it rather than go on wrongly. */
export class BrokenInvariant extends Error {
  override readonly name = "BrokenInvariant";
}

/** For where the check is made so often that its words must not be put together before they are needed. */
export const broken = (what: string): never => {
  throw new BrokenInvariant(what);
};

/** Stays on in production: going on after a wrong balance is worse than stopping. */
export function assert(holds: boolean, what: string): asserts holds {
  if (!holds) throw new BrokenInvariant(what);
}
