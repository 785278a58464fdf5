import { randomBytes } from "node:crypto";
import { hashRaw } from "@node-rs/argon2";

// Argon2id with 19 MiB and two passes: OWASP's recommendation for passwords (Password Storage Cheat Sheet).
const ARGON2ID = 2;
const COST = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;

/** Hashes under way and waiting; more are turned away, so that guesses cannot use up the machine. */
const AT_ONCE = 2;
const WAITING = 64;
/** Of those, how many one source may have: a stranger with guesses does not turn everybody else away. */
const WAITING_OF_SOURCE = 16;

export const SHORTEST_PASSWORD = 8;

/** A salt for accounts that do not exist, so that they take as long as others. */
const NOBODYS_SALT = randomBytes(16).toString("base64");

export interface Passwords {
  /** Base64 of the hash, or undefined when too many are waiting. */
  readonly hash: (
    password: string,
    saltBase64: string | undefined,
    source: string,
  ) => Promise<string | undefined>;
}

export const makePasswords = (): Passwords => {
  let running = 0;
  const queue: { source: string; go: () => void }[] = [];
  return {
    hash: async (password, salt, source) => {
      if (running < AT_ONCE) running++;
      else {
        if (queue.length >= WAITING) return undefined;
        if (queue.filter((one) => one.source === source).length >= WAITING_OF_SOURCE) return undefined;
        await new Promise<void>((go) => queue.push({ source, go }));
      }
      try {
        const bytes = await hashRaw(password, {
          ...COST,
          salt: Buffer.from(salt ?? NOBODYS_SALT, "base64"),
        });
        return bytes.toString("base64");
      } finally {
        // Its place goes to who has waited longest, and is never free in between.
        const next = queue.shift();
        if (next) next.go();
        else running--;
      }
    },
  };
};
