import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Hub } from "../hub.ts";
import { figures } from "./figures.ts";

export interface Metrics {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/**
 * Answers GET /metrics for Prometheus, on this machine alone: the figures are the operator's.
 * @param port 0 takes a free one
 */
export const startMetrics = async (hub: Hub, port: number): Promise<Metrics> => {
  const registry = figures(hub);
  const server = createServer(async (request, response) => {
    // Not by URL, which throws for `//`.
    const [path] = (request.url ?? "/").split("?");
    if (request.method !== "GET" || path !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    try {
      const text = await registry.metrics();
      response.writeHead(200, { "content-type": registry.contentType }).end(text);
    } catch {
      response.writeHead(500).end();
    }
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
