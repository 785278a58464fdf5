import { createHmac, randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { answering } from "../child.ts";

export interface Payer {
  readonly account: string;
  readonly token: string;
  readonly key: string;
  /** Whom it pays: an address of the hub's. */
  readonly to: string;
}

export interface Load {
  readonly port: number;
  readonly payers: readonly Payer[];
  readonly calls: number;
  readonly connections: number;
  readonly clientIds: boolean;
  /** So many payments in each call, by `batch`; one by itself where left out. */
  readonly parts?: number;
}

/**
 * Signs so many payments in advance (a nonce is good for half a minute), then sends them over raw keep-alive sockets, one
 * at a time on each, and answers how many were answered 200 in a second.
 */
answering(async ({ port, payers, calls, connections, clientIds, parts }: Load) => {
  const requests = Array.from({ length: calls }, (_, i) => {
    const payer = payers[i % payers.length]!;
    return parts === undefined ? signedPayment(payer, clientIds) : signedBatch(payer, parts);
  });
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const start = process.hrtime.bigint();
  await Promise.all(sockets.map((socket) => sendOneByOne(socket, requests)));
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  for (const socket of sockets) socket.destroy();
  return calls / seconds;
});

const nonceRandom = (): string => randomBytes(8).toString("hex");

const signedPayment = (payer: Payer, clientIds: boolean): Buffer => {
  const random = nonceRandom();
  return signed(
    payer,
    "send-btc",
    "application/x-www-form-urlencoded",
    `to_btc_address=${payer.to}&amount=0.00000001${clientIds ? `&client_id=${random}` : ""}` +
      `&f=send-btc&account=${payer.account}&nonce_ms=${Date.now()}&nonce_random=${random}`,
  );
};

const signedBatch = (payer: Payer, parts: number): Buffer => {
  const part = { function: "send-btc", params: { to_btc_address: payer.to, amount: "0.00000001" } };
  const nonce = { nonce_ms: Date.now(), nonce_random: nonceRandom() };
  const call = { calls: Array(parts).fill(part), f: "batch", account: payer.account, ...nonce };
  return signed(payer, "batch", "application/json", JSON.stringify(call));
};

const signed = ({ token, key }: Payer, fn: string, contentType: string, body: string): Buffer => {
  const signature = createHmac("sha256", Buffer.from(key, "base64")).update(body).digest("base64");
  return Buffer.from(
    `POST /api/${fn} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${contentType}\r\n` +
      `X-Authkey-Token: ${token}\r\nX-Signature: ${signature}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
};

const open = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => resolve(socket)).on(
      "error",
      reject,
    );
  });

/** Takes from the one list until it is empty. */
const sendOneByOne = (socket: Socket, requests: Buffer[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const next = (): void => {
      const request = requests.pop();
      if (request) socket.write(request);
      else resolve();
    };
    let text = "";
    socket.on("close", () => reject(new Error("the server has closed a connection")));
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      const head = text.indexOf("\r\n\r\n");
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(text)![1]);
      if (text.length < head + 4 + length) return;
      if (!text.startsWith("HTTP/1.1 200 ") || text.includes('"error"')) reject(new Error(text));
      text = "";
      next();
    });
    next();
  });
