import { type Call, type Handlers, refused } from "./call.ts";
import type { CallOutcome } from "./registry.ts";

/** Parts carried out before others have their turn: some check a signature, which takes a millisecond or two. */
const PARTS_A_TURN = 5;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Carries one function out, as `registry.ts` does for a call alone. */
type CallFunction = (
  call: Call,
  fn: string,
  given: ReadonlyMap<string, unknown>,
) => CallOutcome | Promise<CallOutcome>;

export const callHandlers = (callFunction: CallFunction): Handlers<"batch"> => ({
  batch: async (call, { calls }) => {
    const results: unknown[] = [];
    const part: Call = { ...call, inBatch: true };
    for (const { function: fn, params = {} } of calls) {
      if (results.length % PARTS_A_TURN === PARTS_A_TURN - 1) await turn();
      const carried =
        fn === "batch"
          ? refused("param_invalid", { param: "calls" }, "A batch cannot hold a batch.")
          : callFunction(part, fn, new Map(Object.entries(params)));
      // Without waiting where there is nothing to wait for: nobody comes between parts of the same turn.
      const outcome = carried instanceof Promise ? await carried : carried;
      results.push("refused" in outcome ? { error: outcome.refused } : outcome.answer);
    }
    return { results };
  },
});
