import { readFileSync } from "node:fs";

/** CPU that this process's main thread has used, in microseconds; undefined where the system does not say (it is not Linux). */
export const mainThreadMicros = (): number | undefined => {
  try {
    const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
    return Number(nanoseconds) / 1000;
  } catch {
    return undefined;
  }
};
