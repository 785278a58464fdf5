import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** Stands before a hub, under its public address: lets it go away and come back. */
export interface Gate {
  readonly url: string;
  /** Where the hub is. */
  target: string;
  /** Nobody gets through until `open`. */
  readonly shut: () => void;
  /** Shuts as soon as that function is called: `before` it gets there, or `after` it was carried out, without its answer. */
  readonly shutAt: (when: "before" | "after", fn: string) => void;
  /** Resolves once it has been shut. */
  readonly isShut: () => Promise<void>;
  readonly open: () => void;
  readonly close: () => Promise<void>;
}

export const openGate = async (): Promise<Gate> => {
  let shut = false;
  let due: string | undefined;
  const waiting = new Set<() => void>();
  const upgraded = new Set<Socket>();
  const shutNow = (): void => {
    shut = true;
    due = undefined;
    for (const resolve of waiting) resolve();
    waiting.clear();
    for (const socket of upgraded) socket.destroy();
  };
  const isShutAt = (moment: string): boolean => {
    if (moment === due) shutNow();
    return shut;
  };
  const serve = (call: IncomingMessage, answer: ServerResponse): void => {
    const fn = /^\/(?:api\/)?([^?]*)/.exec(call.url!)![1]!;
    if (isShutAt(`before ${fn}`)) return void answer.destroy();
    const { method, headers, url } = call;
    const asked = request(new URL(url!, gate.target), { method, headers, agent: false }, (got) => {
      if (isShutAt(`after ${fn}`)) return void answer.destroy();
      answer.writeHead(got.statusCode!, got.headers);
      got.pipe(answer);
    });
    asked.on("error", () => answer.destroy());
    answer.on("close", () => asked.destroy());
    call.pipe(asked);
  };
  const server = createServer(serve);
  // The stream: bytes go to and fro.
  server.on("upgrade", ({ headers, method, url }: IncomingMessage, socket: Socket) => {
    if (shut) return void socket.destroy();
    const { hostname, port } = new URL(gate.target);
    const inner = connect(Number(port), hostname);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
    inner.write(`${method} ${url} HTTP/1.1\r\n${lines.join("")}\r\n`);
    upgraded.add(socket);
    for (const [one, other] of [
      [socket, inner],
      [inner, socket],
    ] as const) {
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
    socket.on("close", () => upgraded.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const gate: Gate = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: "",
    shut: shutNow,
    shutAt: (when, fn) => {
      due = `${when} ${fn}`;
    },
    isShut: () => (shut ? Promise.resolve() : new Promise((resolve) => waiting.add(resolve))),
    open: () => {
      shut = false;
      due = undefined;
    },
    close: async () => {
      for (const socket of upgraded) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return gate;
};
