import { Worker } from "node:worker_threads";
import type { Answers, FromThread, Permit, Request } from "./messages.ts";

/** The outbox's thread as its asker sees it. */
export interface Thread {
  /** Rejects once it has failed. */
  readonly ask: <R extends Request>(request: R) => Promise<Answers[R["ask"]]>;
  readonly failed: () => boolean;
  readonly end: () => Promise<void>;
}

export interface ThreadParts {
  readonly permit: (of: { webhook: string; type: Extract<FromThread, { is: "permit" }>["type"] }) => Permit;
  readonly onGone: (webhook: string) => void;
  readonly onWaiting: (events: number) => void;
  /** Called once. What was stored is sound: opening it again goes on from its position. */
  readonly onFailure: (error: Error) => void;
}

export const startThread = ({ permit, onGone, onWaiting, onFailure }: ThreadParts): Thread => {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { name: "webhooks" });
  const asked: { resolve: (value: unknown) => void; reject: (error: Error) => void }[] = [];
  let failure: Error | undefined;
  let ended = false;
  const fail = (error: Error): void => {
    if (!failure && !ended) onFailure(error);
    failure ??= error;
    for (const { reject } of asked.splice(0)) reject(error);
  };
  worker.on("message", (message: FromThread) => {
    if (message.is === "answer") asked.shift()!.resolve(message.value);
    else if (message.is === "failed") fail(new Error(message.message));
    else if (ended) return;
    else if (message.is === "permit") worker.postMessage({ permit: message.number, given: permit(message) });
    else if (message.is === "gone") onGone(message.webhook);
    else onWaiting(message.events);
  });
  worker.on("error", (error: Error) => fail(error));
  worker.on("exit", () => fail(new Error("the outbox's thread has ended")));
  const ask = (request: Request): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (failure || ended) return reject(failure ?? new Error("the outbox is closed"));
      asked.push({ resolve, reject });
      worker.postMessage(request);
    });
  return {
    ask: ask as Thread["ask"],
    failed: () => failure !== undefined,
    end: async () => {
      const closed = ask({ ask: "close" });
      ended = true;
      await closed.catch(() => {}); // It has failed before, and told so.
      await worker.terminate();
    },
  };
};
