import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startHub } from "@coinholder/hub";
import { answering } from "../child.ts";
import { mainThreadMicros } from "./main-thread.ts";

export interface HubWanted {
  readonly data: string;
  readonly httpWorkers: number;
}

const start = async ({ data, httpWorkers }: HubWanted) => {
  const config = join(data, "config.json");
  writeFileSync(
    config,
    JSON.stringify({ accounts_per_hour: 1_000_000, stream_connections_per_source: 20_000 }),
  );
  const hub = await startHub(
    { port: 0, host: "127.0.0.1", devchainPort: 0, data, config, httpWorkers },
    (error) => {
      throw error;
    },
  );
  process.on("disconnect", () => hub.close().then(() => process.exit(0)));
  const { account, authkey } = JSON.parse(readFileSync(hub.operatorAuthkeyFile, "utf8"));
  const password = readFileSync(join(data, "devchain", "rpc-password"), "utf8").trim();
  return {
    url: hub.url,
    devchain: { url: hub.devchainUrl, password },
    operator: { account, token: authkey.token, key: authkey.key },
  };
};

/** A hub with its defaults, on free ports, in the folder that it is told; afterwards it says what its main thread has used. */
answering(async (message: string | HubWanted | { readonly ask: "main thread" }) => {
  if (typeof message === "string") return start({ data: message, httpWorkers: 0 });
  return "ask" in message ? mainThreadMicros() : start(message);
});
