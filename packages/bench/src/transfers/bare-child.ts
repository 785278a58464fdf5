import { createHmac, timingSafeEqual } from "node:crypto";
import { SIGNATURE_HEADER, TOKEN_HEADER } from "@coinholder/protocol";
import Fastify from "fastify";
import { answering } from "../child.ts";

/** The yardstick: the same framework, which only checks the same HMAC and answers what the hub answered once. */
answering(async ({ keys, answer }: { keys: ReadonlyMap<string, string>; answer: object }) => {
  const secrets = new Map([...keys].map(([token, key]) => [token, Buffer.from(key, "base64")]));
  const server = Fastify({ logger: false });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  server.post("/api/:fn", async (request, reply) => {
    const secret = secrets.get(String(request.headers[TOKEN_HEADER]));
    const expected = createHmac("sha256", secret ?? "")
      .update(request.body as Buffer)
      .digest();
    const given = Buffer.from(String(request.headers[SIGNATURE_HEADER]), "base64");
    if (!secret || given.length !== expected.length || !timingSafeEqual(given, expected))
      return reply.code(401).send();
    return reply.header("content-type", "application/json; charset=utf-8").send(JSON.stringify(answer));
  });
  process.on("disconnect", () => process.exit(0));
  return { url: await server.listen({ port: 0, host: "127.0.0.1" }) };
});
