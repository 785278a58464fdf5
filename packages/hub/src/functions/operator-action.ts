import type { ToldParams } from "@coinholder/engine";
import type { Refusal } from "@coinholder/protocol";
import { byOf, type Call, carryOut } from "./call.ts";

type Refused = { refused: Refusal };

/** Writes an operator's call down that stands in no other command: what is answered after it is in the audit. */
export const writeDown = (call: Call, params: ToldParams): Refused | undefined => {
  const done = carryOut(call, { kind: "operator-action", by: byOf(call), params });
  return "refused" in done ? done : undefined;
};

const codeOf = (error: unknown): string => {
  const { code, name } = error as NodeJS.ErrnoException;
  return code ?? name ?? "unknown";
};

/**
 * Writes an operator's call down before what it is about begins, and then how that ended. If the hub is gone by then, its next start
 * writes down that nobody knows (prepare.ts).
 * @param begin waits for `durable` before it changes anything
 */
export const writeDownFirst = async <T>(
  call: Call,
  params: ToldParams,
  begin: () => Promise<T>,
  cameOf: (answer: T) => ToldParams,
): Promise<T | Refused> => {
  const { sequencer } = call.hub;
  const begun = carryOut<{ action: number }>(call, {
    kind: "operator-action",
    by: byOf(call),
    params,
    goesOn: true,
  });
  if ("refused" in begun) return begun;
  const { action } = begun.answer;
  let answer: T;
  try {
    answer = await begin();
  } catch (error) {
    const failed = { kind: "operator-action-ended", action, outcome: "failed" } as const;
    sequencer.run({ ...failed, params: { error: codeOf(error) } });
    throw error;
  }
  sequencer.run({ kind: "operator-action-ended", action, outcome: "done", params: cameOf(answer) });
  return answer;
};
