/** Bytes in use after a full collection (V8's heap and what lies outside it), and the process's resident size. */
export const memoryInUse = (): { used: number; rss: number } => {
  if (!globalThis.gc) throw new Error("run with --expose-gc");
  for (let i = 0; i < 3; i++) globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { used: heapUsed + external, rss };
};
