import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type OutsideHub, openOutsideHub } from "../testing/outside-hub.ts";
import { makeIdentities } from "./lookup.ts";

const ANYWHERE = { anywhere: true, isTrusted: () => false, isKnown: () => true };

let x: OutsideHub;
beforeEach(async () => {
  x = await openOutsideHub();
});
afterEach(() => x.close());

test("what is published is asked for once, also by many at a time", async () => {
  const identities = makeIdentities(ANYWHERE);
  x.publish(2);
  const identity = { publicKey: x.key(2), previous: [x.key(0), x.key(1)] };
  const all = await Promise.all(Array.from({ length: 5 }, () => identities.at(x.url)));
  for (const found of [...all, await identities.at(x.url)]) expect(found).toEqual({ identity });
  expect(x.asked).toBe(1);
});

test("an answer that was asked for too early is asked for again", async () => {
  const identities = makeIdentities(ANYWHERE);
  await identities.at(x.url);
  x.publish(1);
  expect(await identities.at(x.url)).toEqual({ identity: { publicKey: x.key(0), previous: [] } });
  const now = performance.now();
  expect(await identities.at(x.url, now)).toEqual({
    identity: { publicKey: x.key(1), previous: [x.key(0)] },
  });
  await identities.at(x.url, now);
  expect(x.asked).toBe(2);
});

test("what is no identity is told why, and not asked for again at once", async () => {
  const identities = makeIdentities(ANYWHERE);
  const answers = {
    status: [500, "{}"],
    redirected: [301, ""],
    malformed: [200, '{"public_key":"AAAA","previous":[]}'],
    too_large: [200, "x".repeat(70_000)],
    not_text: [200, Buffer.of(0xff)],
  } as const;
  for (const [problem, [status, body]] of Object.entries(answers)) {
    x.answer = (_request, response) => {
      response.writeHead(status, { location: x.url }).end(body);
    };
    const url = `${x.url}?${problem}`;
    expect(await identities.at(url)).toEqual({ problem });
    const { asked } = x;
    expect(await identities.at(url)).toEqual({ problem });
    expect(x.asked).toBe(asked);
  }
});

test("on a public network nothing of the hub's own is called: no socket is opened", async () => {
  let connections = 0;
  const server = createServer(() => connections++).listen(0, "127.0.0.1");
  await once(server, "listening");
  const identities = makeIdentities({ ...ANYWHERE, anywhere: false });
  const { port } = server.address() as { port: number };
  for (const host of ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254"])
    expect(await identities.at(`https://${host}:${port}/identity.js`), host).toEqual({
      problem: "address_refused",
    });
  expect(await identities.at(x.url)).toEqual({ problem: "url_refused" });
  expect([connections, x.asked]).toEqual([0, 0]);
  server.close();
});
