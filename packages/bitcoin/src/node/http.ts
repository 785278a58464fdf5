import { readFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import { BitcoinError } from "../errors.ts";
import { CALLS_AT_ONCE } from "./differences.ts";
import type { NodeOptions } from "./options.ts";

export type HttpAnswer = { status: number; text: string };

/** Posts one body. Throws BitcoinError `node_unreachable`. */
export type Transport = { post: (body: string) => Promise<HttpAnswer>; close: () => void };

/** A block is at most 8 MB of hex, a full mempool's list about 30 MB. */
const LARGEST_ANSWER_BYTES = 64 * 1024 * 1024;

const unreachable = (origin: string, reason: string, cause?: unknown): BitcoinError =>
  new BitcoinError("node_unreachable", `The node at ${origin} ${reason}`, { cause });

export const openTransport = (options: NodeOptions): Transport => {
  const url = new URL(options.url);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new TypeError("a node's URL is http or https");
  if (url.username !== "" || url.password !== "") {
    throw new TypeError("give the node's user and password beside its URL, not in it");
  }
  const { request, Agent } = url.protocol === "http:" ? http : https;
  const trusted = options.ca === undefined ? {} : { ca: options.ca };
  const agent = new Agent({ keepAlive: true, maxSockets: CALLS_AT_ONCE, ...trusted });
  const timeoutMs = options.timeoutMs ?? 30_000;

  // Core writes a new cookie at every start: it is read again whenever the last one was refused.
  let credentials = options.cookieFile === undefined ? `${options.user}:${options.password}` : undefined;
  const authorization = async (): Promise<string> => {
    if (credentials === undefined) {
      try {
        credentials = (await readFile(options.cookieFile!, "utf8")).trim();
      } catch (cause) {
        throw unreachable(url.origin, "has no readable cookie file (is it running?)", cause);
      }
    }
    return `Basic ${Buffer.from(credentials).toString("base64")}`;
  };

  /** Asked and not answered yet: given up when the transport is closed. */
  const underWay = new Set<http.ClientRequest>();
  let closed = false;

  const once = async (body: string, headers: http.OutgoingHttpHeaders): Promise<HttpAnswer | "stale"> => {
    if (closed) throw unreachable(url.origin, "is not asked any more");
    const signal = AbortSignal.timeout(timeoutMs);
    const sent = request(url, { method: "POST", agent, headers, signal });
    underWay.add(sent);
    let answered = false;
    try {
      const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
        sent.on("response", resolve).on("error", reject).end(body);
      });
      answered = true;
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > LARGEST_ANSWER_BYTES) throw unreachable(url.origin, "sent an answer without end");
        chunks.push(chunk);
      }
      return { status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") };
    } catch (cause) {
      sent.destroy();
      if (cause instanceof BitcoinError) throw cause;
      if (signal.aborted) throw unreachable(url.origin, `did not answer within ${timeoutMs} ms`);
      // The node may close an idle connection just as we use it again.
      if (!answered && sent.reusedSocket && (cause as NodeJS.ErrnoException).code === "ECONNRESET")
        return "stale";
      const { code, message } = cause as NodeJS.ErrnoException;
      throw unreachable(url.origin, `cannot be reached: ${code ?? message}`, cause);
    } finally {
      underWay.delete(sent);
    }
  };

  const send = async (body: string): Promise<HttpAnswer> => {
    const headers = {
      authorization: await authorization(),
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    };
    for (let tries = 0; tries <= CALLS_AT_ONCE; tries++) {
      const answer = await once(body, headers);
      if (answer !== "stale") return answer;
    }
    throw unreachable(url.origin, "closes every connection");
  };

  const post = async (body: string): Promise<HttpAnswer> => {
    const answer = await send(body);
    if (answer.status !== 401 || options.cookieFile === undefined) return answer;
    credentials = undefined;
    return send(body);
  };

  const close = (): void => {
    closed = true;
    for (const sent of underWay) sent.destroy();
    agent.destroy();
  };
  return { post, close };
};
