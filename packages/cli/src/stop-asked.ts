/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
export const stopAsked = (): Promise<void> =>
  new Promise((resolveStop) => {
    let asked = false;
    const ask = (): void => {
      if (asked) process.exit(1);
      asked = true;
      resolveStop();
    };
    process.on("SIGINT", ask);
    process.on("SIGTERM", ask);
  });
