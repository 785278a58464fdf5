import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A program of this package in a process of its own, which answers one message for each that it gets. */
export interface Child {
  readonly ask: <T>(message: unknown) => Promise<T>;
  readonly end: () => Promise<void>;
  /** As a crash would: at once. */
  readonly kill: () => Promise<void>;
}

/** @param program path of the compiled file, relative to this one */
export const startChild = (program: string, execArgv: readonly string[] = []): Child => {
  const child: ChildProcess = fork(fileURLToPath(new URL(program, import.meta.url)), {
    execArgv: [...execArgv],
    serialization: "advanced",
  });
  const gone = once(child, "exit");
  return {
    ask: async <T>(message: unknown): Promise<T> => {
      const answer = once(child, "message").then(([value]) => value as T);
      child.send(message as object);
      return Promise.race([
        answer,
        gone.then(([code]) => {
          throw new Error(`${program} ended with ${code}`);
        }),
      ]);
    },
    end: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await gone;
    },
  };
};

/** In a child: answers every message; ends when its parent lets go. */
export const answering = <M>(answer: (message: M) => Promise<unknown>): void => {
  process.on("message", async (message: M) => {
    process.send!(await answer(message));
  });
};
