import { once } from "node:events";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** The line between the hub and its node, in the test's hands. All calls pass until something is said. */
export interface Line {
  /** "http://127.0.0.1:port", the same for the whole life of the node. */
  readonly url: string;
  /** Every connection ends, and so does each new one at once. */
  readonly cut: () => void;
  readonly mend: () => void;
  readonly isCut: () => boolean;
  /**
   * The next call of that method reaches the node, which acts on it, and its answer is lost: the caller cannot know.
   * Resolves when it has happened.
   */
  readonly loseAnswer: (method: string) => Promise<void>;
  /** The next call of that method reaches the node, which acts on it, and is answered with this error instead. */
  readonly answerWith: (method: string, error: { code: number; message: string }) => Promise<void>;
  /** The line is cut as soon as that many calls of that method were answered. Resolves then. */
  readonly cutAfter: (method: string, count: number) => Promise<void>;
  /** How many calls of that method were answered so far. */
  readonly answered: (method: string) => number;
  readonly close: () => Promise<void>;
}

interface Fault {
  readonly method: string;
  /** Absent: the answer is lost. */
  readonly error?: { code: number; message: string };
  readonly happened: () => void;
}

const readAll = async (from: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of from as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
};

const forward = async (
  request: IncomingMessage,
  body: Buffer,
  to: string,
): Promise<{ status: number; type: string; body: Buffer }> => {
  const { authorization = "" } = request.headers;
  const headers = { authorization, "content-type": "application/json", "content-length": body.length };
  const sent = http.request(to, { method: "POST", headers, agent: false });
  const [answer] = await new Promise<[IncomingMessage]>((resolve, reject) => {
    sent
      .on("response", (got) => resolve([got]))
      .on("error", reject)
      .end(body);
  });
  return {
    status: answer.statusCode ?? 0,
    type: answer.headers["content-type"] ?? "application/json",
    body: await readAll(answer),
  };
};

/** Opens a line to the node at `to()`, which may move when the node is started again. */
export const openLine = async (to: () => string): Promise<Line> => {
  const sockets = new Set<Socket>();
  const faults: Fault[] = [];
  const counts = new Map<string, number>();
  let cut = false;
  let cutAt: { method: string; left: number; happened: () => void } | undefined;

  const cutNow = (): void => {
    cut = true;
    for (const socket of sockets) socket.destroy();
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readAll(request);
    const { method = "", id = null } = JSON.parse(body.toString("utf8")) as { method?: string; id?: unknown };
    if (cut) return void response.destroy();
    const answer = await forward(request, body, to());
    const at = faults.findIndex((one) => one.method === method);
    const [fault] = at < 0 ? [] : faults.splice(at, 1);
    if (fault && !fault.error) {
      response.destroy();
      fault.happened();
      return;
    }
    const {
      status,
      type,
      body: text,
    } = fault
      ? { status: 500, type: answer.type, body: JSON.stringify({ result: null, error: fault.error, id }) }
      : answer;
    response.writeHead(status, { "content-type": type }).end(text);
    fault?.happened();
    counts.set(method, (counts.get(method) ?? 0) + 1);
    if (cutAt?.method !== method || --cutAt.left > 0) return;
    await once(response, "close");
    const { happened } = cutAt;
    cutAt = undefined;
    cutNow();
    happened();
  };

  const server = http.createServer((request, response) => {
    // A node that is down looks as it does without a line between.
    handle(request, response).catch(() => response.destroy());
  });
  server.on("connection", (socket) => {
    if (cut) return void socket.destroy();
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const fault = (method: string, error?: { code: number; message: string }): Promise<void> =>
    new Promise((happened) => faults.push({ method, happened, ...(error ? { error } : {}) }));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: cutNow,
    mend: () => {
      cut = false;
    },
    isCut: () => cut,
    loseAnswer: (method) => fault(method),
    answerWith: fault,
    cutAfter: (method, left) =>
      new Promise((happened) => {
        cutAt = { method, left, happened };
      }),
    answered: (method) => counts.get(method) ?? 0,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
