import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, type Hub } from "@coinholder/client";
import {
  ANSWER_HEADERS,
  CORS,
  makeCallRoute,
  makeListener,
  makeSource,
  refusedWith,
  type Tls,
  VERSION,
} from "@coinholder/hub";
import {
  type ErrorCode,
  isFunctionName,
  refusal,
  SIGNATURE_HEADER,
  TOKEN_HEADER,
} from "@coinholder/protocol";
import type { KeyEntry } from "../keyring.ts";
import { makeAnswer } from "./answer.ts";
import { openCallNotes } from "./call-notes.ts";
import { type Keys, secretsOf } from "./exchange-keys.ts";
import { wrapperOpenApi, wrapperOverview } from "./offered.ts";
import { redacting } from "./told-error.ts";

export interface WrapperOptions extends Tls {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Private folder; made before. */
  readonly data: string;
  /** How clients reach it, without a slash at the end; http(s)://host:port unless given. */
  readonly publicUrl?: string | undefined;
}

export interface RunningWrapper {
  readonly url: string;
  readonly publicUrl: string;
  readonly functions: readonly string[];
  /** Answers the calls under way, and takes no more. */
  readonly close: () => Promise<void>;
}

/** The exchange with its keys, and without them for strangers. Throws HubError. */
export const connectExchange = async (
  url: string,
  keys: Keys | undefined,
  ccxt: Readonly<Record<string, unknown>> = {},
): Promise<{ hub: Hub; stranger: Hub }> => {
  const hub = await connect(url, keys, { ccxt });
  // A hub tells some things to a key's owner that it does not tell to all; an exchange's public data are the same for both.
  const stranger = keys !== undefined && /^https?:/.test(url) ? await connect(url) : hub;
  return { hub, stranger };
};

const PREFLIGHT = {
  ...CORS,
  "access-control-allow-methods": "GET, POST",
  "access-control-allow-headers": `content-type, ${TOKEN_HEADER}, ${SIGNATURE_HEADER}`,
  "access-control-max-age": "86400",
};

/** Serves an exchange as a hub over HTTP. */
export const serveWrapped = async (
  { hub, stranger }: { readonly hub: Hub; readonly stranger: Hub },
  about: {
    /** What was connected to, for people. */
    readonly exchange: string;
    readonly key: KeyEntry;
    readonly keys: Keys | undefined;
    readonly log: (line: string) => void;
  },
  options: WrapperOptions,
): Promise<RunningWrapper> => {
  const { exchange, key, keys } = about;
  const redact = redacting([...secretsOf(keys), key.authkey.key]);
  const log = (line: string): void => about.log(redact(line));
  const notes = openCallNotes(options.data);
  // A clock that was set back would let old calls in again.
  let latest = notes.lastT;
  const now = (): number => {
    latest = Math.max(latest, Date.now());
    return latest;
  };
  const answer = makeAnswer({ hub, stranger, exchange, key, notes, now, redact, log });
  const calls = makeCallRoute(
    (request, respond) => void answer(request).then(respond),
    makeSource(undefined),
  );

  let told: { readonly overview: object; readonly openApi: object } | undefined;
  const write = (response: ServerResponse, status: number, body: unknown): void => {
    const text = JSON.stringify(body);
    response.writeHead(status, [...ANSWER_HEADERS, "content-length", String(Buffer.byteLength(text))]);
    response.end(text);
  };
  const refuse = (response: ServerResponse, code: ErrorCode): void => {
    const { status, body } = refusedWith(refusal(code));
    write(response, status, body);
  };
  /** All that is no call of a function. */
  const other = (request: IncomingMessage, response: ServerResponse): void => {
    const { method, url = "" } = request;
    const path = url.split("?")[0]!;
    request.resume();
    const fn = /^\/api\/([^/]+)$/.exec(path)?.[1];
    if (method === "GET" && path === "/api/overview.js") write(response, 200, told!.overview);
    else if (method === "GET" && path === "/api/openapi.json") write(response, 200, told!.openApi);
    else if (fn === undefined || !isFunctionName(fn)) refuse(response, "function_unknown");
    else if (method === "OPTIONS") response.writeHead(204, PREFLIGHT).end();
    else {
      response.setHeader("allow", "GET, POST, OPTIONS");
      refuse(response, "method_not_allowed");
    }
  };

  const server = makeListener(options, (request, response) => {
    const fn = calls.functionOf(request);
    if (fn === undefined) other(request, response);
    else calls.serve(request, response, fn);
  });
  server.listen(options.port, options.host);
  try {
    await once(server, "listening");
  } catch (error) {
    notes.close();
    throw error;
  }
  const scheme = options.tlsCert === undefined ? "http" : "https";
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  const url = `${scheme}://${host}:${port}`;
  const publicUrl = (options.publicUrl ?? url).replace(/\/+$/, "");
  const overview = wrapperOverview(hub, exchange, publicUrl);
  told = { overview, openApi: wrapperOpenApi(overview, publicUrl, VERSION) };

  return {
    url,
    publicUrl,
    functions: overview.supported_functions,
    close: async () => {
      await calls.stop();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      notes.close();
    },
  };
};
