import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { HttpAnswer } from "./rpc/answer.ts";

/** Core's own limit on a request. */
const LONGEST_BODY = 0x0200_0000;

/**
 * Hands the body of every POST to / with the right name and password (basic authentication) to `answer`, one after
 * the other.
 */
export function createRpcHttpServer(
  user: string,
  password: string,
  answer: (body: string) => HttpAnswer,
): Server {
  const expected = digest(`Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url !== "/") return reply(response, 404, "");
    if (request.method !== "POST")
      return reply(response, 405, "JSONRPC server handles only POST requests", "text/plain");
    if (!timingSafeEqual(digest(request.headers.authorization ?? ""), expected)) {
      response.setHeader("WWW-Authenticate", 'Basic realm="jsonrpc"');
      return reply(response, 401, "");
    }
    const body = await readBody(request);
    if (body === undefined) return reply(response, 413, "");
    const { status, body: text } = answer(body);
    reply(response, status, text);
  }

  return createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
}

/** Both sides are hashed, so that comparing them takes the same time whatever was sent. */
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

function reply(response: ServerResponse, status: number, body: string, type = "application/json"): void {
  response.writeHead(status, { "Content-Type": type });
  response.end(body);
}

/** Undefined when it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > LONGEST_BODY) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
