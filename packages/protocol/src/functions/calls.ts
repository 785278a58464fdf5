import * as p from "../param.ts";
import * as s from "../shape.ts";
import { row } from "./row.ts";

export interface BatchCall {
  readonly function: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

const isParams = (value: unknown): boolean =>
  value === undefined || (typeof value === "object" && value !== null && !Array.isArray(value));

const isCall = (value: unknown): value is BatchCall =>
  typeof value === "object" &&
  value !== null &&
  Object.keys(value).every((key) => key === "function" || key === "params") &&
  typeof (value as BatchCall).function === "string" &&
  isParams((value as BatchCall).params);

export const callFunctions = {
  batch: row({
    group: "calls",
    summary: "Up to 100 calls in one.",
    about:
      "Carried out in order, each on its own: one that is refused does not stop the rest. The key needs the permission of each. " +
      "Each result is what the call alone would have answered: its answer, or an object with `error`. A batch cannot hold a batch, or wait.",
    access: "account",
    changes: true,
    params: {
      calls: p.json<readonly BatchCall[]>(
        'A list of {"function", "params"}; params may be left out.',
        {
          type: "array",
          maxItems: 100,
          minItems: 1,
          items: {
            type: "object",
            properties: { function: { type: "string" }, params: { type: "object" } },
            required: ["function"],
          },
        },
        (value) =>
          Array.isArray(value) && value.length >= 1 && value.length <= 100 && value.every(isCall)
            ? value
            : undefined,
        'a list of 1 to 100 objects {"function", "params"}',
        64 * 1024,
      ),
    },
    result: s.obj({ results: s.list(s.anything("An answer, or an object with `error`.")) }),
    errors: [],
    example: {
      request: { calls: '[{"function":"my-balance","params":{}}]' },
      answer: {
        results: [{ available: { btc: "17.50" }, pending: {}, held: {}, withdrawable: { btc: "17.50" } }],
      },
    },
  }),
};
