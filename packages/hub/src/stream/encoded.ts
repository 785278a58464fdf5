import type { StreamMessage } from "@coinholder/protocol";

/** A message as bytes, made once for all its readers: a server-sent event, and an unmasked WebSocket frame (RFC 6455, 5.2). */
export interface Encoded {
  readonly sse: () => Buffer;
  readonly ws: () => Buffer;
}

const TEXT_FRAME = 0x81;

const frame = (payload: Buffer): Buffer => {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = TEXT_FRAME;
  if (length < 126) head[1] = length;
  else if (length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
};

// What a browser's EventSource sends back as Last-Event-ID: the channel with its number, as `subscribe` takes it.
const idOf = (message: StreamMessage): string => {
  if (message.type === "update") return `id: ${message.channel}@${message.last}\n`;
  return message.type === "snapshot" ? `id: ${message.channel}@${message.seq}\n` : "";
};

export const encoded = (message: StreamMessage): Encoded => {
  const json = JSON.stringify(message);
  let sse: Buffer | undefined;
  let ws: Buffer | undefined;
  return {
    sse: () => {
      sse ??= Buffer.from(`${idOf(message)}data: ${json}\n\n`);
      return sse;
    },
    ws: () => {
      ws ??= frame(Buffer.from(json));
      return ws;
    },
  };
};
