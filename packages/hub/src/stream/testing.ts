import { createHmac } from "node:crypto";
import { once } from "node:events";
import { type ClientRequest, get, type IncomingMessage } from "node:http";
import {
  type AccountChannel,
  type DrawnBook,
  drawBook,
  type StreamMessage,
  type StreamSnapshot,
  type StreamUpdate,
} from "@coinholder/protocol";
import { WebSocket } from "ws";
import { type Key, nonce } from "../testing/harness.ts";

/** A reader for tests, over either kind of connection. */
export interface TestReader {
  readonly messages: StreamMessage[];
  /** Waits for a message, past or future. */
  readonly until: <M extends StreamMessage = StreamMessage>(
    is: (message: StreamMessage) => boolean,
  ) => Promise<M>;
  readonly gone: Promise<unknown>;
  readonly close: () => void;
}

const collect = (): Pick<TestReader, "messages" | "until"> & {
  take: (text: string) => void;
  fail: () => void;
} => {
  const messages: StreamMessage[] = [];
  const waiting: (() => void)[] = [];
  let over = false;
  const wake = (): void => {
    for (const go of waiting.splice(0)) go();
  };
  return {
    messages,
    take: (text) => {
      messages.push(JSON.parse(text));
      wake();
    },
    fail: () => {
      over = true;
      wake();
    },
    until: async <M extends StreamMessage>(is: (message: StreamMessage) => boolean) => {
      for (let at = 0; ; at++) {
        while (at >= messages.length) {
          if (over) throw new Error(`the stream ended; ${JSON.stringify(messages.slice(-5))}`);
          await new Promise<void>((resolve) => waiting.push(resolve));
        }
        if (is(messages[at]!)) return messages[at] as M;
      }
    },
  };
};

/** The query of a signed subscription. */
export const signedQuery = (
  channels: string,
  { token, key, account = token }: Key,
  f = "subscribe",
): string => {
  const query = new URLSearchParams({ channels, f, account, ...nonce() }).toString();
  const signature = createHmac("sha256", Buffer.from(key, "base64")).update(query).digest("base64");
  return `${query}&x-authkey-token=${token}&x-signature=${encodeURIComponent(signature)}`;
};

export const readSse = async (
  url: string,
  channels: string,
  key?: Key,
  headers: Record<string, string> = {},
): Promise<TestReader & { response: IncomingMessage }> => {
  const query = key ? signedQuery(channels, key) : new URLSearchParams({ channels }).toString();
  const request: ClientRequest = get(`${url}/api/stream?${query}`, { headers, agent: false });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const { messages, until, take, fail } = collect();
  response.setEncoding("utf8");
  let text = "";
  if (response.statusCode === 200)
    response.on("data", (part: string) => {
      text += part;
      const events = text.split("\n\n");
      text = events.pop()!;
      for (const event of events) take(/^data: (.*)$/m.exec(event)![1]!);
    });
  const gone = new Promise((resolve) => response.on("close", resolve)).then(fail);
  response.on("error", () => {});
  return { messages, until, gone, response, close: () => request.destroy() };
};

export interface TestSocket extends TestReader {
  readonly socket: WebSocket;
  readonly send: (f: "subscribe" | "unsubscribe", channels: string, key?: Key, id?: string) => void;
}

export const openSocket = async (url: string): Promise<TestSocket> => {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/api/stream`);
  const { messages, until, take, fail } = collect();
  socket.on("message", (data) => take(String(data)));
  socket.on("error", () => {});
  const gone = new Promise((resolve) => socket.on("close", (code, why) => resolve([code, String(why)])));
  void gone.then(fail);
  await once(socket, "open");
  return {
    messages,
    until,
    gone,
    socket,
    close: () => socket.terminate(),
    send: (f, channels, key, id) => {
      const { token, account = token } = key ?? {};
      const body = new URLSearchParams({
        channels,
        f,
        ...(key ? { account: account!, ...nonce() } : {}),
      }).toString();
      const signature =
        key && createHmac("sha256", Buffer.from(key.key, "base64")).update(body).digest("base64");
      const call = { body, id, "x-authkey-token": token, "x-signature": signature };
      socket.send(JSON.stringify(call));
    },
  };
};

export const isOf =
  (channel: string, ...types: StreamMessage["type"][]) =>
  (message: StreamMessage): message is StreamSnapshot | StreamUpdate =>
    "channel" in message &&
    message.channel === channel &&
    (types.length === 0
      ? message.type === "snapshot" || message.type === "update"
      : types.includes(message.type));

/** Every state of the book that the messages lead through; throws where one does not follow on the one before. */
export const drawAll = (
  messages: readonly StreamMessage[],
  channel: string,
  from?: DrawnBook,
): DrawnBook[] => {
  const drawn: DrawnBook[] = [];
  const copied = ({ seq, bids, asks }: DrawnBook): DrawnBook => ({
    seq,
    bids: new Map(bids),
    asks: new Map(asks),
  });
  let book = from && copied(from);
  for (const message of messages.filter(isOf(channel))) {
    book = drawBook(book, message);
    if (!book) throw new Error(`a gap: ${JSON.stringify(message).slice(0, 300)}`);
    drawn.push(copied(book));
  }
  return drawn;
};

export type { AccountChannel };
