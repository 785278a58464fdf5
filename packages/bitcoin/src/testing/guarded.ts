import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const GUARD = fileURLToPath(new URL("./guard.js", import.meta.url));
/** Of what it printed, so much is kept for the error message. */
const KEPT_CHARS = 4000;

/** A program that runs beside the test and never outlives it, not even a test process that was killed. */
export interface Guarded {
  /** Undefined while it runs, else the end of what it printed. */
  readonly ended: () => string | undefined;
  /** SIGTERM; resolves when it is gone. */
  readonly stop: () => Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  readonly kill: () => Promise<void>;
}

export const startGuarded = (program: string, args: readonly string[]): Guarded => {
  const guard = spawn(process.execPath, [GUARD, program, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  let printed = "";
  let over = false;
  const keep = (text: string): void => {
    printed = (printed + text).slice(-KEPT_CHARS);
  };
  guard.stdout.setEncoding("utf8").on("data", keep);
  guard.stderr.setEncoding("utf8").on("data", keep);
  guard.stdin.on("error", () => {}); // It may be gone before it is told to.
  const gone = once(guard, "close").then(() => {
    over = true;
  });
  const tell = async (what: "stop" | "kill"): Promise<void> => {
    if (!over) guard.stdin.write(`${what}\n`);
    await gone;
  };
  return { ended: () => (over ? printed : undefined), stop: () => tell("stop"), kill: () => tell("kill") };
};

/** A port of loopback on which nobody listens at the moment. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
};
