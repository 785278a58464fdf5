import type { State } from "./state.ts";

/** The hub's next identity key is the one that it signs with from now on. Answers how many were before it. */
export const rotateIdentity = (state: State): object => ({ rotations: ++state.ownKey });
