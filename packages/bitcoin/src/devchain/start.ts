import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { closeDevchain, type Devchain, openDevchain } from "./devchain.ts";
import { premine } from "./faucet.ts";
import { createRpcHttpServer } from "./http.ts";
import { answer, rpcServer } from "./rpc/answer.ts";

export type DevchainOptions = {
  /** 0 takes a free one. */
  readonly port: number;
  /** Loopback unless given. */
  readonly host?: string;
  /** Made if need be. One process at a time. */
  readonly dataDir: string;
  readonly user: string;
  readonly password: string;
  /** Milliseconds since 1970; the system's unless given. */
  readonly clock?: () => number;
};
export type RunningDevchain = {
  /** "http://127.0.0.1:port", without the name and password. */
  readonly url: string;
  readonly chain: Devchain;
  close(): Promise<void>;
};

/**
 * Starts the embedded development chain: a regtest node in this process that answers the JSON-RPC calls of Bitcoin
 * Core a hub uses, over HTTP with basic authentication. There is no way to start it on any other network.
 */
export async function startDevchain(options: DevchainOptions): Promise<RunningDevchain> {
  const { port, host = "127.0.0.1", dataDir, user, password, clock = Date.now } = options;
  const chain = openDevchain(dataDir, clock);
  const rpc = rpcServer(chain);
  const http = createRpcHttpServer(user, password, (body) => answer(rpc, body));
  try {
    premine(chain);
    http.listen(port, host);
    await once(http, "listening");
  } catch (error) {
    closeDevchain(chain);
    throw error;
  }
  const address = http.address() as AddressInfo;
  const shownHost = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return {
    url: `http://${shownHost}:${address.port}`,
    chain,
    close: async () => {
      const closed = once(http, "close");
      http.close();
      http.closeAllConnections();
      await closed;
      closeDevchain(chain);
    },
  };
}
