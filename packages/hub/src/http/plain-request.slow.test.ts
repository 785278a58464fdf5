import { createServer } from "node:http";
import { Duplex } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readPlainRequest } from "./plain-request.ts";

// What is taken as plain never reaches Node's parser (llhttp). It is the twin here: two readers of one connection that read the same
// bytes differently are how requests get smuggled.

const plain = (
  headers: readonly string[] = ["Host: hub", "Content-Length: 3"],
  body = "f=a",
  first = "POST /api/ticker HTTP/1.1",
): string => [first, ...headers, "", body].join("\r\n");

const bytesOf = (text: string): Buffer => Buffer.from(text, "latin1");
const isPlain = (text: string): boolean => readPlainRequest(bytesOf(text)) !== undefined;

const SENTINEL = "GET /sentinel HTTP/1.1\r\nhost: s\r\n\r\n";

interface Read {
  readonly line: string;
  readonly headers: unknown;
  readonly body: string;
  readonly keepsAlive: boolean;
}

/** What Node's server reads in a connection, up to its end or the first thing that it refuses. */
const byNode = (bytes: Buffer): Promise<Read[]> =>
  new Promise((resolve) => {
    const read: Read[] = [];
    const connection = new Duplex({ read: () => {}, write: (_part, _encoding, done) => done() });
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const { method, url, httpVersion, headers } = request;
        read.push({
          line: `${method} ${url} HTTP/${httpVersion}`,
          headers: { ...headers },
          body: Buffer.concat(parts).toString("latin1"),
          keepsAlive: response.shouldKeepAlive,
        });
        response.end();
        if (url === "/sentinel") resolve(read);
      });
    });
    server.on("clientError", (error) => resolve([...read, error as unknown as Read]));
    server.emit("connection", connection);
    connection.push(bytes);
    connection.push(SENTINEL);
  });

/** Whether it is taken; if so, Node must read the same, and nothing more nor less. */
const judge = async (bytes: Buffer): Promise<boolean> => {
  const request = readPlainRequest(bytes);
  if (request === undefined) return false;
  const { fn, headers, body } = request;
  expect(await byNode(bytes), JSON.stringify(bytes.toString("latin1"))).toEqual([
    { line: `POST /api/${fn} HTTP/1.1`, headers, body: body.toString("latin1"), keepsAlive: true },
    { line: "GET /sentinel HTTP/1.1", headers: { host: "s" }, body: "", keepsAlive: true },
  ]);
  return true;
};

test("a plain call is read: function, headers by their names in lower case, the body's bytes", () => {
  const text = plain(["hOST: hub:80", "X-Signature: a b=", "content-length: 4", "Cookie:c"], "\xff\r\n\0");
  expect(readPlainRequest(bytesOf(text))).toEqual({
    fn: "ticker",
    headers: { host: "hub:80", "x-signature": "a b=", "content-length": "4", cookie: "c" },
    body: Buffer.from([0xff, 13, 10, 0]),
  });
  expect(isPlain(plain(["host: h", "content-length: 0"], ""))).toBe(true);
  expect(isPlain(plain(["host: h", "content-length: 3", "connection: Keep-Alive"]))).toBe(true);
});

const HOST = "host: h";
const LENGTH = "content-length: 3";
test.each([
  ["another method", plain(undefined, undefined, "GET /api/ticker HTTP/1.1")],
  ["another version", plain(undefined, undefined, "POST /api/ticker HTTP/1.0")],
  ["another path", plain(undefined, undefined, "POST /code/ticker HTTP/1.1")],
  ["no function", plain(undefined, undefined, "POST /api/toString HTTP/1.1")],
  ["no function's name at all", plain(undefined, undefined, "POST /api/ HTTP/1.1")],
  ["a query", plain(undefined, undefined, "POST /api/ticker?a=b HTTP/1.1")],
  ["a path written otherwise", plain(undefined, undefined, "POST /api/%74icker HTTP/1.1")],
  ["two spaces", plain(undefined, undefined, "POST /api/ticker  HTTP/1.1")],
  ["an empty line before it", `\r\n${plain()}`],
  ["lines that end with LF", plain().replaceAll("\r\n", "\n")],
  ["one line that ends with LF", plain([`${HOST}\n${LENGTH}`])],
  ["a CR within a line", plain([`${HOST}\rx`, LENGTH])],
  ["a line that goes on in the next", plain([HOST, LENGTH, "accept: a", " b"])],
  ["a space before the colon", plain(["host : h", LENGTH])],
  ["a header without a colon", plain([HOST, LENGTH, "accept"])],
  ["a header without a name", plain([HOST, LENGTH, ": a"])],
  ["a header without a value", plain([HOST, LENGTH, "accept:"])],
  ["a tab before the value", plain([HOST, LENGTH, "accept:\ta"])],
  ["a space after the value", plain([HOST, "content-length: 3 "])],
  ["a control character", plain([HOST, LENGTH, "accept: a\0b"])],
  ["letters beyond ASCII", plain([HOST, LENGTH, "accept: \xe9"])],
  ["no host", plain([LENGTH])],
  ["two hosts", plain([HOST, "Host: h", LENGTH])],
  ["no length", plain([HOST])],
  ["the same length twice", plain([HOST, LENGTH, LENGTH])],
  ["two lengths", plain([HOST, LENGTH, "Content-Length: 4"])],
  ["a length with a sign", plain([HOST, "content-length: +3"])],
  ["a length with a zero before it", plain([HOST, "content-length: 03"])],
  ["a length of other digits", plain([HOST, "content-length: 0x3"])],
  ["a list of lengths", plain([HOST, "content-length: 3, 3"])],
  ["a length of more than fits", plain([HOST, "content-length: 18446744073709551619"])],
  ["a body in pieces", plain([HOST, LENGTH, "transfer-encoding: chunked"])],
  ["a wish to close", plain([HOST, LENGTH, "connection: close"])],
  ["a wish to upgrade", plain([HOST, LENGTH, "connection: keep-alive, upgrade", "upgrade: h2c"])],
  ["an expectation", plain([HOST, LENGTH, "expect: 100-continue"])],
  ["a header that is not known", plain([HOST, LENGTH, "x-other: a"])],
  ["what only a worker may say", plain([HOST, LENGTH, "x-coinholder-source: 192.0.2.1"])],
  ["an object's own name", plain([HOST, LENGTH, "__proto__: a"])],
  ["a body that is too short", plain(undefined, "f=")],
  ["two requests", plain() + plain()],
  ["one byte more", `${plain()}x`],
  ["long headers", plain([HOST, LENGTH, `cookie: ${"c".repeat(8192)}`])],
  ["a body over the limit", plain([HOST, "content-length: 65537"], "a".repeat(65_537))],
])("Node's server is left to judge %s", (_what, text) => {
  expect(isPlain(text)).toBe(false);
});

test("no part of a request is taken for the whole", () => {
  const bytes = bytesOf(plain(["host: h", "content-length: 12", "accept: */*"], "market=BTC/U"));
  for (let length = 0; length < bytes.length; length++)
    expect(readPlainRequest(bytes.subarray(0, length))).toBeUndefined();
});

/** Bytes that mean something to HTTP, and some that do not. */
const SPECIAL = [...'\0\t\n\v\r !"#+,-./019:;=?@AZ\\_az{~\x7f\x80\x85\xa0\xff'];

test("whatever byte is put, changed or left out anywhere in the head: what is still taken Node reads the same", async () => {
  const text = plain(["Host: h", "Connection: keep-alive", "Content-Length: 3", "X-Signature: a="]);
  let taken = 0;
  for (let at = 0; at <= text.indexOf("f=a"); at++)
    for (const byte of [...SPECIAL, ""])
      for (const until of byte === "" ? [at + 1] : [at, at + 1])
        if (await judge(bytesOf(text.slice(0, at) + byte + text.slice(until)))) taken++;
  expect(taken).toBeGreaterThan(300);
}, 60_000);

const SNIPPETS = [
  ...SPECIAL,
  ...["\r\n", "\r\n\r\n", "\r\n ", "HTTP/1.0", "POST /api/ticker HTTP/1.1\r\n", "POST ", "\u00c3\u00a9"],
  ...["Content-Length: 0\r\n", "content-length:3\r\n", "Transfer-Encoding: chunked\r\n", "Host: x\r\n"],
  ...[
    "Connection: close\r\n",
    "Expect: 100-continue\r\n",
    "Upgrade: h2c\r\n",
    "TE: trailers\r\n",
    "0\r\n\r\n",
  ],
  ...["X-Forwarded-For: 192.0.2.1\r\n", "Accept: a\r\n", "Trailer: a\r\n", "Keep-Alive: 1\r\n"],
];

const header = fc.oneof(
  fc.constantFrom(
    ...["Accept: */*", "ACCEPT-ENCODING:gzip", "User-Agent: a/1 (b; c)", "Cookie: a=b; c=d", "x-other: 1"],
    ...[
      "Content-Type: application/json",
      "X-Authkey-Token: ak-1",
      "X-Signature: q+/=",
      "Connection: keep-alive",
    ],
    ...["Sec-Fetch-Mode: cors", "Origin: null", "connection: close"],
  ),
  fc
    .tuple(fc.constantFrom("referer", "Priority"), fc.string({ maxLength: 20 }))
    .map((pair) => pair.join(": ")),
);

const request = fc
  .record({
    fn: fc.constantFrom("ticker", "send-btc", "batch", "my-balance"),
    before: fc.array(header, { maxLength: 4 }),
    after: fc.array(header, { maxLength: 4 }),
    body: fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom("", "a\r\n\r\nb", plain(), SENTINEL)),
  })
  .map(({ fn, before, after, body }) => {
    const bytes = Buffer.from(body);
    const lines = [...before, "Host: h", ...after, `Content-Length: ${bytes.length}`];
    return plain(lines, bytes.toString("latin1"), `POST /api/${fn} HTTP/1.1`);
  });

const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  left: fc.constantFrom(0, 0, 1, 2),
  snippet: fc.constantFrom(...SNIPPETS, ""),
});

test("of requests changed at random, what is taken Node reads the same", async () => {
  const count = { taken: 0, left: 0 };
  const changed = fc.tuple(request, fc.array(change, { maxLength: 3 })).map(([text, changes]) =>
    changes.reduce((now, { at, left, snippet }) => {
      const place = Math.floor(at * now.length);
      return now.slice(0, place) + snippet + now.slice(place + left);
    }, text),
  );
  await fc.assert(
    fc.asyncProperty(changed, async (text) => {
      count[(await judge(bytesOf(text))) ? "taken" : "left"]++;
    }),
    { seed: 20_261_123, numRuns: 30_000 },
  );
  expect(count.taken).toBeGreaterThan(1000);
  expect(count.left).toBeGreaterThan(1000);
}, 60_000);
