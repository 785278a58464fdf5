import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Where a call of a function is, as seen from the hub that is called. */
export type Moment = `${"before" | "after"} ${string}`;

/** Stands before a hub under an address that stays: lets it vanish at a moment of a call, and come back, elsewhere if it was restarted. */
export interface Front {
  readonly url: string;
  /** Where the hub is now. */
  target: string;
  /** At that moment, once: nothing is answered any more, and nobody gets through until `mend`. `then` is done first. */
  readonly vanishAt: (moment: Moment, then?: () => Promise<void>) => void;
  readonly vanish: () => void;
  readonly mend: () => void;
  /** Resolves when it has vanished. */
  readonly vanished: () => Promise<void>;
  /** Functions that were answered, in order. */
  readonly answered: string[];
  readonly close: () => Promise<void>;
}

const readAll = async (stream: AsyncIterable<Buffer>): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
};

export const openFront = async (): Promise<Front> => {
  let gone = false;
  let at: { moment: Moment; then: (() => Promise<void>) | undefined } | undefined;
  let onVanished: () => void = () => {};
  let vanished = new Promise<void>((resolve) => {
    onVanished = resolve;
  });
  const vanish = (): void => {
    gone = true;
    onVanished();
  };
  const isNow = async (moment: Moment): Promise<boolean> => {
    if (gone) return true;
    if (at?.moment !== moment) return false;
    const { then } = at;
    at = undefined;
    vanish();
    await then?.();
    return true;
  };

  const forward = (
    incoming: IncomingMessage,
    body: Buffer,
  ): Promise<{ status: number; body: Buffer; type: string }> =>
    new Promise((resolve, reject) => {
      const { host: _, connection: __, ...headers } = incoming.headers;
      const call = request(
        new URL(incoming.url!, front.target),
        { method: incoming.method, headers, agent: false },
        (response) => {
          const type = String(response.headers["content-type"]);
          readAll(response).then((all) => resolve({ status: response.statusCode!, body: all, type }), reject);
        },
      );
      call.on("error", reject);
      call.end(body);
    });

  const serve = async (incoming: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const fn = /^\/(?:api\/)?([^?]*)/.exec(incoming.url!)![1]!;
    const body = await readAll(incoming);
    if (await isNow(`before ${fn}`)) return void answer.destroy();
    const told = await forward(incoming, body);
    if (await isNow(`after ${fn}`)) return void answer.destroy();
    front.answered.push(fn);
    answer.writeHead(told.status, { "content-type": told.type }).end(told.body);
  };
  const server = createServer((incoming, answer) => {
    serve(incoming, answer).catch(() => answer.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const front: Front = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: "",
    answered: [],
    vanish,
    vanishAt: (moment, then) => {
      at = { moment, then };
    },
    mend: () => {
      gone = false;
      at = undefined;
      vanished = new Promise<void>((resolve) => {
        onVanished = resolve;
      });
    },
    vanished: () => vanished,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return front;
};
