import { setTimeout as sleep } from "node:timers/promises";
import { JournalError } from "../error.ts";
import { type Address, parseAddress } from "./address.ts";
import { isLost } from "./failure.ts";
import { type Session, startSession } from "./session.ts";

/** A session that is made anew when it is lost. */
export type Link = {
  /**
   * Carries the task out, one after the other. Where the connection is lost it connects again and begins the task anew, so
   * that a task must do no harm when what it did before was done after all. When that does not help for `patience`,
   * it rejects with `journal_unavailable`; what the server refuses rejects as `Failure`.
   */
  run<T>(task: (session: Session) => Promise<T>): Promise<T>;
  /** Hangs up and rejects what is under way and all that comes. */
  destroy(why: Error): void;
  /** Waits for what is under way. */
  close(): Promise<void>;
};

export type LinkOptions = {
  /** How long to try, in milliseconds from the first failure. */
  readonly patience: number;
  /** Done with every new session before anything else. */
  readonly check?: (session: Session) => Promise<void>;
};

/** A statement without an answer for so long is as good as lost, in milliseconds. */
const ANSWER_MS = 60_000;
const PAUSES_MS = [0, 20, 50, 100, 250, 500];

export function openLink(url: string | Address, { patience, check }: LinkOptions): Link {
  const address = typeof url === "string" ? parseAddress(url) : url;
  let session: Session | undefined;
  let ended: Error | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function attempt<T>(task: (session: Session) => Promise<T>): Promise<T> {
    const isNew = session === undefined;
    session ??= startSession(address);
    const used = session;
    const hung = setTimeout(() => used.destroy(), ANSWER_MS);
    try {
      if (isNew) await check?.(used);
      return await task(used);
    } catch (error) {
      // What a failed check left is not to be used either.
      if (isNew || isLost(error)) {
        used.destroy();
        if (session === used) session = undefined;
      }
      throw error;
    } finally {
      clearTimeout(hung);
    }
  }

  async function runNow<T>(task: (session: Session) => Promise<T>): Promise<T> {
    let since: number | undefined;
    for (let tries = 0; ; tries++) {
      if (ended) throw ended;
      try {
        return await attempt(task);
      } catch (error) {
        if (ended) throw ended;
        if (!isLost(error)) throw error;
        since ??= performance.now();
        if (performance.now() - since > patience)
          throw new JournalError("journal_unavailable", (error as Error).message);
        await sleep(PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)]);
      }
    }
  }

  return {
    run(task) {
      const result = last.then(() => runNow(task));
      last = result.catch(() => {}); // Its caller is told.
      return result;
    },
    destroy(why) {
      ended ??= why;
      session?.destroy();
    },
    async close() {
      await last;
      const open = ended ? undefined : session;
      ended ??= new Error("the connection to PostgreSQL is closed");
      await open?.end();
      session = undefined;
    },
  };
}
