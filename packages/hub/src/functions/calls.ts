import type { Handlers } from "./call.ts";
import { refused } from "./call.ts";
import { callFunction } from "./registry.ts";

/** Parts carried out before others have their turn: some check a signature, which takes a millisecond or two. */
const PARTS_A_TURN = 5;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const callHandlers: Handlers<"batch"> = {
  batch: async (call, { calls }) => {
    const results: unknown[] = [];
    for (const { function: fn, params = {} } of calls) {
      if (results.length % PARTS_A_TURN === PARTS_A_TURN - 1) await turn();
      const outcome =
        fn === "batch"
          ? refused("param_invalid", { param: "calls" }, "A batch cannot hold a batch.")
          : await callFunction({ ...call, inBatch: true }, fn, new Map(Object.entries(params)));
      results.push("refused" in outcome ? { error: outcome.refused } : outcome.answer);
    }
    return { results };
  },
};
