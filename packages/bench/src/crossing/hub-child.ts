import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startHub } from "@coinholder/hub";
import { answering } from "../child.ts";

export interface Start {
  readonly data: string;
  readonly bitcoinRpc: string;
  readonly config: object;
}

/** A hub on a node that others are on, too. */
answering(async ({ bitcoinRpc, config, data }: Start) => {
  const file = join(data, "config.json");
  writeFileSync(file, JSON.stringify({ accounts_per_hour: 1_000_000, ...config }));
  const hub = await startHub(
    { port: 0, host: "127.0.0.1", devchainPort: 0, data, bitcoinRpc, config: file },
    (error) => {
      throw error;
    },
  );
  process.on("disconnect", () => hub.close().then(() => process.exit(0)));
  const { account, authkey } = JSON.parse(readFileSync(hub.operatorAuthkeyFile, "utf8"));
  return { url: hub.url, operator: { account, token: authkey.token, key: authkey.key } };
});
