import { once } from "node:events";

/** Standard output takes no more than it can pass on: a long table is not gathered in memory a second time. */
export const writeOut = async (parts: Iterable<string>): Promise<void> => {
  for (const part of parts) if (!process.stdout.write(part)) await once(process.stdout, "drain");
};
