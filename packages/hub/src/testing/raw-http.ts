import { connect, type Socket } from "node:net";

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends bytes as they are, which fetch would not, and reads until the hub closes. A request without `connection: close` is one
 * that the hub must refuse to go on with.
 */
export const exchange = (
  url: string,
  request: string | Uint8Array,
  further?: (socket: Socket) => void,
): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const parts: Buffer[] = [];
    socket.on("data", (part) => parts.push(part));
    // What was answered before the hub reset the connection counts.
    socket.on("error", (error) => parts.length === 0 && reject(error));
    socket.on("close", () => resolve(parse(Buffer.concat(parts).toString("latin1"))));
    socket.write(typeof request === "string" ? Buffer.from(request, "latin1") : request);
    further?.(socket);
  });

const parse = (text: string): RawAnswer => {
  const end = text.indexOf("\r\n\r\n");
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { status: Number(first.split(" ")[1]), headers, body: text.slice(end + 4) };
};

/** The bytes of a request with a body, as one string of Latin-1. */
export const requestText = (
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body = "",
): string =>
  [
    `${method} ${path} HTTP/1.1`,
    "host: hub",
    "connection: close",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body, "latin1")}`,
    "",
    body,
  ].join("\r\n");
