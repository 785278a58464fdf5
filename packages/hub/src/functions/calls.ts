import type { Handlers } from "./call.ts";
import { refused } from "./call.ts";
import { callFunction } from "./registry.ts";

export const callHandlers: Handlers<"batch"> = {
  batch: async (call, { calls }) => {
    const results: unknown[] = [];
    for (const { function: fn, params } of calls) {
      const outcome =
        fn === "batch"
          ? refused("param_invalid", { param: "calls" }, "A batch cannot hold a batch.")
          : await callFunction({ ...call, inBatch: true }, fn, new Map(Object.entries(params)));
      results.push("refused" in outcome ? { error: outcome.refused } : outcome.answer);
    }
    return { results };
  },
};
