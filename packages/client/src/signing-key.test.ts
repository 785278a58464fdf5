import { FORM } from "@coinholder/protocol";
import { expect, test } from "vitest";
import { connect, importKey } from "./index.ts";
import { KEY, startSeedHub } from "./testing.ts";

test("a key in WebCrypto's keeping signs what a hub takes, and cannot be read out", async () => {
  const server = await startSeedHub({ method: "POST", encoding: FORM, type: 2, ours: true });
  try {
    const key = await importKey(KEY.key);
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
    const hub = await connect(server.url, { ...KEY, key });
    await hub.call("my-balance");
    expect(server.calls.at(-1)).toMatchObject({ name: "my-balance", signed: true });
    expect(JSON.stringify(hub.credentials)).not.toContain(KEY.key);
  } finally {
    await server.close();
  }
});
