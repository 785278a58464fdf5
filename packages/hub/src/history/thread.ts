import { Worker } from "node:worker_threads";
import { HistoryError } from "./error.ts";
import type { Answer, Answers, Request } from "./messages.ts";

/** The worker as its asker sees it: questions and, once, a failure. */
export type Thread = {
  /** Rejects with `history_unavailable` or `history_behind`; what answers `store` may also be a `history_gap`. */
  ask<R extends Request>(request: R): Promise<Answers[R["ask"]]>;
  /** Not an early question, and not what comes of ending it. */
  readonly failure: HistoryError | undefined;
  end(): Promise<void>;
};

type Waiting = { resolve(value: unknown): void; reject(error: Error): void };

/** @param script beside this file */
export function startThread(script: string, onFailure: (error: HistoryError) => void): Thread {
  const worker = new Worker(new URL(script, import.meta.url), { name: "history" });
  const asked: Waiting[] = [];
  let failure: HistoryError | undefined;
  let ended = false;

  function fail(error: HistoryError): void {
    if (failure || ended) return;
    failure = error;
    onFailure(error);
  }

  function breakOff(message: string, cause?: unknown): void {
    const error = new HistoryError("history_unavailable", message, cause);
    fail(error);
    for (const { reject } of asked.splice(0)) reject(error);
  }

  worker.on("message", (answer: Answer) => {
    const { resolve, reject } = asked.shift()!;
    if ("value" in answer) return resolve(answer.value);
    const error = new HistoryError(answer.error.code, answer.error.message);
    if (error.code !== "history_behind") fail(error);
    reject(error);
  });
  worker.on("error", (error) => breakOff(error.message, error));
  worker.on("exit", () => breakOff("the thread of history has ended"));

  const ask: Thread["ask"] = (request) =>
    new Promise((resolve, reject) => {
      if (failure) return reject(new HistoryError("history_unavailable", failure.message, failure));
      if (ended) return reject(new HistoryError("history_unavailable", "history is closed"));
      asked.push({ resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage(request);
    });

  return {
    ask,
    get failure() {
      return failure;
    },
    async end() {
      const closed = ask({ ask: "close" });
      ended = true;
      await closed.catch(() => {}); // It has failed before, and told so.
      await worker.terminate();
    },
  };
}
