/** Ctrl-C and the polite ways to end a process, as a signal that what is under way can end by. The second time ends at once. */
export const onInterrupt = (): { readonly signal: AbortSignal; readonly end: () => void } => {
  const controller = new AbortController();
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const ask = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(name === "SIGINT" ? 130 : 143);
    controller.abort(name);
  };
  for (const name of names) process.on(name, ask);
  return {
    signal: controller.signal,
    end: () => {
      for (const name of names) process.off(name, ask);
    },
  };
};
