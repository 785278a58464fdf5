import { randomBytes } from "node:crypto";
import { hashRaw } from "@node-rs/argon2";

// Argon2id with 19 MiB and two passes: OWASP's recommendation for passwords (Password Storage Cheat Sheet).
const ARGON2ID = 2;
const COST = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;

/** Hashes under way and waiting; more are turned away, so that guesses cannot use up the machine. */
const AT_ONCE = 2;
const WAITING = 64;

export const SHORTEST_PASSWORD = 8;

/** A salt for accounts that do not exist, so that they take as long as others. */
const NOBODYS_SALT = randomBytes(16).toString("base64");

export interface Passwords {
  /** Base64 of the hash, or undefined when too many are waiting. */
  readonly hash: (password: string, saltBase64: string | undefined) => Promise<string | undefined>;
}

export const makePasswords = (): Passwords => {
  let running = 0;
  const queue: (() => void)[] = [];
  return {
    hash: async (password, salt) => {
      if (running >= AT_ONCE) {
        if (queue.length >= WAITING) return undefined;
        await new Promise<void>((go) => queue.push(go));
      }
      running++;
      try {
        const bytes = await hashRaw(password, { ...COST, salt: Buffer.from(salt ?? NOBODYS_SALT, "base64") });
        return bytes.toString("base64");
      } finally {
        running--;
        queue.shift()?.();
      }
    },
  };
};
