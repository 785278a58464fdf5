import type { IncomingMessage, ServerResponse } from "node:http";
import {
  BODY_LIMIT,
  functionRow,
  IDENTITY_SIGNATURE_HEADER,
  isFunctionName,
  refusal,
  SIGNATURE_HEADER,
  TOKEN_HEADER,
} from "@coinholder/protocol";
import { type Response, refusedWith } from "./answer-form.ts";
import type { Request } from "./door.ts";
import { ANSWER_HEADERS } from "./headers.ts";

const NOTHING = Buffer.alloc(0);
/** How long a stop waits for calls under way. */
const STOP_MS = 10_000;
const PATH = "/api/";

/** Of a request, who sent it and what else it says. */
export type Caller = Pick<IncomingMessage, "headers" | "socket">;

/** Answers a request; what it is answered with comes back once. */
export type AnswerRequest = (request: Request, respond: (response: Response) => void) => void;

/**
 * Calls of functions, on Node's own request and response: nothing stands between them and the hub, since a web framework's way
 * of reading and answering would cost half as much as all the rest of a call.
 */
export interface CallRoute {
  /** The function that a path names in plain letters; all other paths are the framework's to judge. */
  readonly functionOf: (request: IncomingMessage) => string | undefined;
  readonly serve: (request: IncomingMessage, response: ServerResponse, fn: string) => void;
  /** The same, when the body (or the query of a GET) is there. */
  readonly answer: (
    fn: string,
    method: "GET" | "POST",
    bytes: Buffer,
    caller: Caller,
    respond: (response: Response) => void,
  ) => void;
  /** Takes no more calls; resolves when those under way are answered. */
  readonly stop: () => Promise<void>;
}

const header = ({ headers }: Caller, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
};

const write = (response: ServerResponse, { status, body }: Response, close = false): void => {
  const text = JSON.stringify(body);
  const headers = [...ANSWER_HEADERS, "content-length", String(Buffer.byteLength(text))];
  const wait = (body as { error?: { retry_after_ms?: number } }).error?.retry_after_ms;
  if (wait !== undefined) headers.push("retry-after", String(Math.ceil(wait / 1000)));
  if (close) headers.push("connection", "close");
  response.writeHead(status, headers);
  response.end(text);
};

/** Reads the body; one that is too long is not read to its end, and is undefined. */
export const readBody = (
  request: IncomingMessage,
  limit: number,
  done: (body: Buffer | undefined) => void,
): void => {
  if (Number(request.headers["content-length"] ?? 0) > limit) {
    done(undefined);
    return;
  }
  const parts: Buffer[] = [];
  let length = 0;
  request.on("data", (part: Buffer) => {
    if (length > limit) return;
    length += part.length;
    if (length > limit) done(undefined);
    else parts.push(part);
  });
  request.on("end", () => {
    // Nearly always it comes in one piece.
    if (length <= limit) done(parts.length === 1 ? parts[0] : Buffer.concat(parts));
  });
};

export const makeCallRoute = (answer: AnswerRequest, sourceOf: (caller: Caller) => string): CallRoute => {
  let underWay = 0;
  let stopping = false;
  let lastAnswered = (): void => {};

  const called: CallRoute["answer"] = (fn, method, bytes, caller, respond) => {
    if (stopping) {
      respond(refusedWith(refusal("overloaded")));
      return;
    }
    underWay++;
    answer(
      {
        fn,
        method,
        bytes,
        contentType: header(caller, "content-type"),
        token: header(caller, TOKEN_HEADER),
        signature: header(caller, SIGNATURE_HEADER),
        identitySignature: header(caller, IDENTITY_SIGNATURE_HEADER),
        source: sourceOf(caller),
      },
      (answered) => {
        respond(answered);
        if (--underWay === 0) lastAnswered();
      },
    );
  };

  return {
    answer: called,
    functionOf: ({ url, method }) => {
      if (!url?.startsWith(PATH) || (method !== "POST" && method !== "GET")) return undefined;
      const query = url.indexOf("?");
      const fn = query < 0 ? url.slice(PATH.length) : url.slice(PATH.length, query);
      return isFunctionName(fn) ? fn : undefined;
    },
    serve: (request, response, fn) => {
      const respond = (answered: Response): void => write(response, answered);
      if (request.method === "GET") {
        const query = request.url!.indexOf("?");
        const bytes = query < 0 ? NOTHING : Buffer.from(request.url!.slice(query + 1), "latin1");
        return called(fn, "GET", bytes, request, respond);
      }
      const limit = (isFunctionName(fn) ? functionRow(fn).bodyLimit : undefined) ?? BODY_LIMIT;
      readBody(request, limit, (body) =>
        body === undefined
          ? write(response, refusedWith(refusal("body_too_large")), true)
          : called(fn, "POST", body, request, respond),
      );
    },
    stop: async () => {
      stopping = true;
      if (underWay > 0)
        await new Promise<void>((resolve) => {
          lastAnswered = resolve;
          setTimeout(resolve, STOP_MS).unref();
        });
      // What was written last gets onto its way before the connections are closed.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
};
