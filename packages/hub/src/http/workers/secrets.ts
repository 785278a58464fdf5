/**
 * Secrets that a worker has been told. They cannot become wrong, since no token is ever given to another key; whether a key may
 * still be used, the hub asks itself at every call. That there is no such key is not remembered: it may be made at any time.
 */
export interface Secrets {
  /** Calls back at once where the secret is known. */
  readonly find: (token: string, found: (secret: Buffer | undefined) => void) => void;
  readonly told: (token: string, secretBase64: string | null) => void;
}

/** Beyond so many, those longest known are forgotten. */
const MOST = 100_000;

export const makeSecrets = (ask: (token: string) => void): Secrets => {
  const known = new Map<string, Buffer>();
  const asked = new Map<string, ((secret: Buffer | undefined) => void)[]>();
  return {
    find: (token, found) => {
      const secret = known.get(token);
      if (secret) return found(secret);
      const waiting = asked.get(token);
      if (waiting) return void waiting.push(found);
      asked.set(token, [found]);
      ask(token);
    },
    told: (token, secretBase64) => {
      const secret = secretBase64 === null ? undefined : Buffer.from(secretBase64, "base64");
      if (secret) {
        known.set(token, secret);
        if (known.size > MOST) known.delete(known.keys().next().value!);
      }
      const waiting = asked.get(token) ?? [];
      asked.delete(token);
      for (const found of waiting) found(secret);
    },
  };
};
