import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A wire between client and server that a test can cut, hold, or slow down. */
export type Wire = {
  /** The URL, by way of the wire. */
  through(url: string): string;
  /** Cuts all connections now. New ones are taken. */
  cut(): void;
  /** Cuts all connections as soon as so many more bytes have come from that side; the last of them still pass. */
  cutAfter(side: Side, bytes: number): void;
  /** What the server answers is kept back, while what the clients say still gets through; `cut` throws it away. */
  holdAnswers(): void;
  /** Nothing gets through in either direction, new connections included, as if the network were gone; `false` ends it. */
  blackHole(on: boolean): void;
  /** Every piece waits for so long, in milliseconds. */
  delay(milliseconds: number): void;
  /** Bytes that came from that side so far. */
  passed(side: Side): number;
  close(): Promise<void>;
};

export type Side = "client" | "server";

export const startWire = async (port: number): Promise<Wire> => {
  const pairs = new Set<[client: Socket, server: Socket]>();
  const passed = { client: 0, server: 0 };
  let limit: { side: Side; at: number } | undefined;
  let [holding, hole, wait] = [false, false, 0];

  const cut = (): void => {
    limit = undefined;
    holding = false;
    for (const [client, server] of pairs) {
      client.destroy();
      server.destroy();
    }
    pairs.clear();
  };

  const pass = (side: Side, from: Socket, to: Socket): void => {
    from.on("data", (bytes: Buffer) => {
      if (hole) return;
      let sent = bytes;
      const room = limit?.side === side ? limit.at - passed[side] : Number.POSITIVE_INFINITY;
      if (bytes.length >= room) sent = bytes.subarray(0, room);
      passed[side] += sent.length;
      const isLast = bytes.length >= room;
      if (side === "server" && holding) return isLast ? cut() : undefined;
      const send = (): void => {
        if (isLast) to.write(sent, cut);
        else to.write(sent);
      };
      if (wait > 0) setTimeout(send, wait);
      else send();
    });
    from.on("close", () => to.destroy());
    from.on("error", () => to.destroy());
  };

  const listener = createServer((client) => {
    const server = connect(port, "127.0.0.1");
    const pair: [Socket, Socket] = [client, server];
    pairs.add(pair);
    client.on("close", () => pairs.delete(pair));
    pass("client", client, server);
    pass("server", server, client);
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const own = (listener.address() as { port: number }).port;

  return {
    through: (url) => url.replace(`:${port}/`, `:${own}/`),
    cut,
    cutAfter(side, bytes) {
      limit = { side, at: passed[side] + bytes };
    },
    holdAnswers() {
      holding = true;
    },
    blackHole(on) {
      hole = on;
      if (!on) cut(); // What was lost on the way does not come any more.
    },
    delay(milliseconds) {
      wait = milliseconds;
    },
    passed: (side) => passed[side],
    async close() {
      cut();
      listener.close();
      await once(listener, "close");
    },
  };
};
