import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startHub } from "@coinholder/hub";
import { answering } from "../child.ts";

export interface Peer {
  readonly url: string;
  readonly authkey_file: string;
}
export interface Place {
  readonly data: string;
  /** Of another's development chain; undefined: it has its own. */
  readonly bitcoinRpc: string | undefined;
  readonly peer: Peer | undefined;
}
export interface Started {
  readonly url: string;
  readonly operator: { readonly account: string; readonly token: string; readonly key: string };
  /** Of its own development chain, with user and password. */
  readonly chain?: string;
}

/** A hub that tells a peer. */
answering(async ({ bitcoinRpc, data, peer }: Place): Promise<Started> => {
  const config = join(data, "config.json");
  const limits = { accounts_per_hour: 1_000_000, stream_connections_per_source: 20_000 };
  writeFileSync(config, JSON.stringify({ ...limits, peers: peer ? [peer] : [] }));
  const hub = await startHub(
    { port: 0, host: "127.0.0.1", devchainPort: 0, data, config, bitcoinRpc },
    (error) => {
      throw error;
    },
  );
  process.on("disconnect", () => hub.close().then(() => process.exit(0)));
  const { url } = hub;
  const { account, authkey } = JSON.parse(readFileSync(hub.operatorAuthkeyFile, "utf8"));
  const operator = { account, token: authkey.token, key: authkey.key };
  if (hub.devchainUrl === undefined) return { url, operator };
  const chain = new URL(hub.devchainUrl);
  chain.username = "devchain";
  chain.password = readFileSync(join(data, "devchain", "rpc-password"), "utf8").trim();
  return { url, operator, chain: chain.href };
});
