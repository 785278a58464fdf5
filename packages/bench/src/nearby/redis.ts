import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, connect as open } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A Redis of our own, with nothing kept on disk. */
export interface Redis {
  /** Sends commands together and waits for all their answers. */
  readonly all: (commands: readonly (readonly string[])[]) => Promise<void>;
  readonly end: () => Promise<void>;
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
};

const written = (command: readonly string[]): string =>
  `*${command.length}\r\n${command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;

/** Where a RESP answer that begins at `at` ends; -1 where it is not whole yet. Throws for an error. */
const endOf = (bytes: Buffer, at: number): number => {
  const line = bytes.indexOf("\r\n", at);
  if (line < 0) return -1;
  const head = bytes.toString("latin1", at, line);
  const [kind, count] = [head[0], Number(head.slice(1))];
  if (kind === "-") throw new Error(`Redis: ${head}`);
  if (kind === "$") {
    const end = line + 2 + (count < 0 ? 0 : count + 2);
    return end <= bytes.length ? end : -1;
  }
  let end = line + 2;
  if (kind === "*") for (let i = 0; i < count && end >= 0; i++) end = endOf(bytes, end);
  return end;
};

const talk = (port: number): Promise<Pick<Redis, "all"> & { close: () => void }> =>
  new Promise((resolve, reject) => {
    const socket = open({ port, host: "127.0.0.1", noDelay: true });
    let rest: Buffer = Buffer.alloc(0);
    let missing = 0;
    let done: { resolve: () => void; reject: (error: unknown) => void } | undefined;
    socket.on("error", (error) => (done ? done.reject(error) : reject(error)));
    socket.on("data", (part) => {
      rest = rest.length === 0 ? part : Buffer.concat([rest, part]);
      try {
        let at = 0;
        for (let end = endOf(rest, at); end >= 0; end = at < rest.length ? endOf(rest, at) : -1) {
          at = end;
          missing--;
        }
        rest = rest.subarray(at);
        if (missing === 0) done?.resolve();
      } catch (error) {
        done?.reject(error);
      }
    });
    socket.on("connect", () =>
      resolve({
        all: (commands) =>
          new Promise((resolve, reject) => {
            missing = commands.length;
            done = { resolve, reject };
            socket.write(commands.map(written).join(""));
          }),
        close: () => socket.destroy(),
      }),
    );
  });

/** Starts `redis-server` of the PATH on a free port; undefined where there is none. */
export const startRedis = async (folder: string): Promise<Redis | undefined> => {
  const port = await freePort();
  const args = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
    "--dir",
    folder,
  ];
  const server = spawn("redis-server", args, { stdio: "ignore" });
  const gone = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const missing = await Promise.race([
    once(server, "spawn").then(() => false),
    once(server, "error").then(() => true),
  ]).catch(() => true);
  if (missing) return undefined;
  for (let tries = 0; ; tries++)
    try {
      const { all, close } = await talk(port);
      return {
        all,
        end: async () => {
          close();
          server.kill("SIGTERM");
          await gone;
        },
      };
    } catch (error) {
      if (tries === 100) throw error;
      await sleep(50);
    }
};
