import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Hubs that know the seed alone: see packages/client/src/foreign. */
export const FOREIGN = {
  magpie: "makeMagpie",
  heron: "makeHeron",
  wren: "makeWren",
} as const;
export type Foreign = keyof typeof FOREIGN;

export const startForeign = async (name: Foreign): Promise<{ url: string; close: () => void }> => {
  const file = new URL(`../../../client/src/foreign/${name}.mjs`, import.meta.url).href;
  const { server }: { server: Server } = (await import(file))[FOREIGN[name]]();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

/** An account there, as the examples' environment wants it; `KEY_IS` for clients that do not find out themselves. */
export const foreignAccount = async (name: Foreign, url: string): Promise<Record<string, string>> => {
  if (name === "magpie") return { NAME: "alice", PASS: "wonder land&1" };
  if (name === "wren")
    return { TOKEN: "wren token/1+", KEY: "a key, with spaces & sharp s: \u00df", KEY_IS: "text" };
  const response = await fetch(`${url}/do/create-account/now`, {
    method: "POST",
    body: "{}",
    headers: { "content-type": "application/json" },
  });
  const { authkey } = (await response.json()) as { authkey: { token: string; key: string } };
  return { TOKEN: authkey.token, KEY: authkey.key, KEY_IS: "text" };
};
