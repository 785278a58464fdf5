import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { post } from "./post.ts";
import { newSecret, signedHeaders } from "./sign.ts";

const EXAMPLE = fileURLToPath(new URL("../../../../examples/receive-webhooks.mjs", import.meta.url));

test("the receiver among the examples takes an event once, and nothing that is not signed", async () => {
  const secret = newSecret();
  const child = spawn(process.execPath, [EXAMPLE], {
    env: { ...process.env, SECRET: secret, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  try {
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const line = async (): Promise<string> => (await lines.next()).value;
    const port = /listening on ([0-9]+)/.exec(await line())![1];
    const send = (id: string, signedBy: string) => {
      const body = JSON.stringify({ event: 8, type: "fills", account: "ac-a", t: 1, data: { id } });
      const headers = signedHeaders(signedBy, id, Date.now(), body);
      return post(`http://127.0.0.1:${port}/`, headers, body, { timeoutMs: 30_000, anywhere: true });
    };
    expect(await send("forged", newSecret())).toEqual({ status: 400 });
    for (const id of ["a", "a", "b"]) expect(await send(id, secret)).toEqual({ status: 204 });
    expect([await line(), await line()]).toEqual(['8 fills {"id":"a"}', '8 fills {"id":"b"}']);
  } finally {
    child.kill();
    await exited;
  }
});
