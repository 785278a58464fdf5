/** What was opened, in order: closed in reverse, whether the start fails or the hub stops. */
export interface Closers {
  readonly add: (...closers: readonly (() => Promise<void> | void)[]) => void;
  /** Closes all that was added since, and rejects with the first failure. */
  readonly close: () => Promise<void>;
}

export const makeClosers = (): Closers => {
  const closers: (() => Promise<void> | void)[] = [];
  return {
    add: (...more) => void closers.push(...more),
    close: async () => {
      const failures: unknown[] = [];
      for (const one of closers.splice(0).reverse())
        try {
          await one();
        } catch (error) {
          // The others are closed all the same: the journal must be.
          failures.push(error);
        }
      if (failures.length > 0) throw failures[0];
    },
  };
};
