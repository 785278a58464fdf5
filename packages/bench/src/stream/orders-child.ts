import { createHmac, randomBytes } from "node:crypto";
import { Agent, request } from "node:http";
import type { TextKeyCredentials } from "@coinholder/client";
import { answering } from "../child.ts";

export interface Orders {
  readonly port: number;
  /** Sell and buy in turn, so that the book stays as large as it is. */
  readonly sellers: readonly TextKeyCredentials[];
  readonly buyers: readonly TextKeyCredentials[];
  readonly perSecond: number;
  readonly seconds: number;
}

export interface Latencies {
  /** In milliseconds. */
  readonly p99: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64, noDelay: true });

const order = (port: number, { account, token, key }: TextKeyCredentials, params: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const body = `${params}&f=place-order&account=${account}&nonce_ms=${Date.now()}&nonce_random=${randomBytes(8).toString("hex")}`;
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      "content-length": body.length,
      "x-authkey-token": token,
      "x-signature": createHmac("sha256", Buffer.from(key, "base64")).update(body).digest("base64"),
    };
    const sent = request({
      port,
      host: "127.0.0.1",
      method: "POST",
      path: "/api/place-order",
      headers,
      agent,
    });
    sent.on("error", reject);
    sent.on("response", (response) => {
      response.resume();
      response.on("end", () =>
        response.statusCode === 200
          ? resolve()
          : reject(new Error(`an order was answered ${response.statusCode}`)),
      );
    });
    sent.end(body);
  });

/**
 * Sends orders at a steady rate, whether those before were answered or not, and takes the time from when each was due: who is
 * kept waiting counts in full.
 */
answering(async ({ port, sellers, buyers, perSecond, seconds }: Orders): Promise<Latencies> => {
  const count = perSecond * seconds;
  const times: number[] = [];
  const start = performance.now();
  const under: Promise<void>[] = [];
  for (let i = 0; i < count; i++) {
    const due = start + (i * 1000) / perSecond;
    while (performance.now() < due)
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    const pair = i >> 1;
    // Prices a little apart, so that levels come and go.
    const quote = (10 + (pair % 7)) / 100;
    const sells = i % 2 === 0;
    const params = sells
      ? `trade_amt=0.00001&trade_cur=BTC&for_amt=${quote.toFixed(2)}&for_cur=USD`
      : "trade_amt=0.20&trade_cur=USD&for_amt=0.00001&for_cur=BTC";
    const side = sells ? sellers : buyers;
    under.push(
      order(port, side[pair % side.length]!, params).then(() => {
        times.push(performance.now() - due);
      }),
    );
  }
  await Promise.all(under);
  times.sort((a, b) => a - b);
  return { p99: times[Math.floor(count * 0.99)]! };
});
