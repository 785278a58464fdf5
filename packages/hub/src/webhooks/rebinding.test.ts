import { createSocket, type Socket } from "node:dgram";
import { getServers, setServers } from "node:dns";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { urlProblem } from "../outside/url.ts";
import { post } from "./post.ts";

// RFC 1035: a name server that answers each question for an A record with what the test says, and others with nothing.
const HEADER = 12;
const A = 1;
const before = getServers();
let names: Socket;
let inside: Server;
let asked = 0;
let visits = 0;
let addresses: string[] = [];

const answerTo = (question: Buffer): Buffer => {
  let end = HEADER;
  while (question[end] !== 0) end += question[end]! + 1;
  const type = question.readUInt16BE(end + 1);
  const told = type === A ? addresses : [];
  if (type === A) asked++;
  const header = Buffer.from(question.subarray(0, HEADER));
  header.writeUInt16BE(0x8180, 2); // an answer, without an error
  header.writeUInt16BE(told.length, 6);
  header.writeUInt16BE(0, 10);
  const records = told.map((address) =>
    Buffer.from([0xc0, HEADER, 0, A, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split(".").map(Number)]),
  );
  return Buffer.concat([header, question.subarray(HEADER, end + 5), ...records]);
};

beforeAll(async () => {
  names = createSocket("udp4");
  names.on("message", (question, { port, address }) => names.send(answerTo(question), port, address));
  names.bind(0, "127.0.0.1");
  await once(names, "listening");
  setServers([`127.0.0.1:${names.address().port}`]);
  inside = createServer((_, response) => {
    visits++;
    response.end();
  }).listen(0, "127.0.0.1");
  await once(inside, "listening");
});
afterAll(() => {
  setServers(before);
  names.close();
  inside.close();
});

test("a name that led to a public address when it was given is asked for again at each post (DNS rebinding)", async () => {
  const url = `https://hook.example:${(inside.address() as AddressInfo).port}/`;
  expect(urlProblem(url, false)).toBeUndefined();
  for (const answer of [["127.0.0.1"], ["10.0.0.7"], ["8.8.8.8", "127.0.0.1"], ["169.254.169.254"]]) {
    addresses = answer;
    const soFar = asked;
    expect(await post(url, {}, "{}", { timeoutMs: 30_000, anywhere: false }), answer.join()).toEqual({
      problem: "address_refused",
    });
    expect(asked).toBe(soFar + 1);
  }
  expect(visits).toBe(0);
});

test("what is refused when a webhook is made outside of regtest", () => {
  for (const [url, problem] of [
    ["http://example.com/", "not_https"],
    ["https://127.0.0.1/", "not_public"],
    ["https://2130706433/", "not_public"],
    ["https://0x7f.1/", "not_public"],
    ["https://[::1]/", "not_public"],
    ["https://[::ffff:10.0.0.1]/", "not_public"],
    ["https://10.0.0.1/", "not_public"],
    ["https://localhost/", "not_public"],
    ["https://LOCALHOST./", "not_public"],
    ["https://printer/", "not_public"],
    ["https://db.internal/", "not_public"],
    ["https://nas.local/", "not_public"],
    ["https://u@example.com/", "credentials"],
    ["https://", "malformed"],
    ["", "malformed"],
    ["javascript:alert(1)", "malformed"],
  ] as const)
    expect(urlProblem(url, false), url).toBe(problem);
  for (const url of ["https://example.com/", "https://8.8.8.8:8443/x?y=1", "https://[2a00:1450::1]/"])
    expect(urlProblem(url, false), url).toBeUndefined();
  for (const url of ["http://127.0.0.1:80/", "http://localhost/", "https://printer/"])
    expect(urlProblem(url, true), url).toBeUndefined();
});
