import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startHub } from "@coinholder/hub";
import { answering } from "../child.ts";

/** A hub with its defaults, on free ports. */
answering(async (data: string) => {
  const config = join(data, "config.json");
  writeFileSync(
    config,
    JSON.stringify({ accounts_per_hour: 1_000_000, stream_connections_per_source: 20_000 }),
  );
  const hub = await startHub({ port: 0, host: "127.0.0.1", devchainPort: 0, data, config }, (error) => {
    throw error;
  });
  process.on("disconnect", () => hub.close().then(() => process.exit(0)));
  const { account, authkey } = JSON.parse(readFileSync(hub.operatorAuthkeyFile, "utf8"));
  const password = readFileSync(join(data, "devchain", "rpc-password"), "utf8").trim();
  return {
    url: hub.url,
    devchain: { url: hub.devchainUrl, password },
    operator: { account, token: authkey.token, key: authkey.key },
  };
});
