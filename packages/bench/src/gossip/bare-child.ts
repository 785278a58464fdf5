import { Agent, createServer, request } from "node:http";
import { answering } from "../child.ts";

/** The yardstick: passes on what it has not seen, by a bare HTTP call to the next, and tells whether it has it. */
answering(async ({ next, port }: { port: number; next: string | undefined }) => {
  const agent = new Agent({ keepAlive: true });
  const seen = new Set<string>();
  const server = createServer((incoming, response) => {
    let body = "";
    incoming.setEncoding("utf8").on("data", (part: string) => {
      body += part;
    });
    incoming.on("end", () => {
      if (incoming.url === "/known") return response.end(seen.has(body) ? "1" : "0");
      if (!seen.has(body)) {
        seen.add(body);
        if (next !== undefined) request(next, { method: "POST", agent }, (got) => got.resume()).end(body);
      }
      return response.end("{}");
    });
  });
  process.on("disconnect", () => process.exit(0));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {};
});
