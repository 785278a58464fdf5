import { Worker } from "node:worker_threads";
import { JournalError } from "../error.ts";
import type { Answer, Answers, Request } from "./messages.ts";

/** The worker as its asker sees it. Answers come in the order of the questions. */
export type Thread = {
  ask<R extends Request>(request: R): Promise<Answers[R["ask"]]>;
  /** Closes what is open there, and ends it. */
  end(): Promise<void>;
};

type Waiting = { resolve(value: unknown): void; reject(error: Error): void };

export function startThread(): Thread {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { name: "journal" });
  const waiting: Waiting[] = [];
  let broken: Error | undefined;
  let ended = false;

  worker.on("message", (answer: Answer) => {
    const asked = waiting.shift()!;
    try {
      asked.resolve(valueIn(answer));
    } catch (error) {
      asked.reject(error as Error);
    }
  });
  worker.on("error", breakOff);
  worker.on("exit", () => {
    if (!ended) breakOff(new Error("the journal's thread has ended"));
  });

  function breakOff(error: Error): void {
    broken ??= error;
    for (const asked of waiting.splice(0)) asked.reject(broken);
  }

  const ask: Thread["ask"] = (request) =>
    new Promise((resolve, reject) => {
      if (broken) return reject(broken);
      waiting.push({ resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage(request);
    });

  return {
    ask,
    async end() {
      try {
        if (!broken) await ask({ ask: "close" });
      } finally {
        ended = true;
        await worker.terminate();
      }
    },
  };
}

/** What was answered; throws what went wrong. */
export function valueIn(answer: Answer): Answers[keyof Answers] {
  if ("value" in answer) return answer.value;
  const { message, code, group } = answer.error;
  if (code === undefined) throw new Error(message);
  throw new JournalError(code, message, group === undefined ? {} : { group });
}
