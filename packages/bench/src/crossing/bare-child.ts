import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { signSchnorr, taggedHash, verifySchnorr } from "@coinholder/protocol";
import { schnorr } from "@noble/curves/secp256k1.js";
import { answering } from "../child.ts";

/** Where the other one is, for the one that is pressed. */
export interface Bare {
  readonly peer?: string;
  readonly calls: number;
}

const key = new Uint8Array(32).fill(7);
const publicKey = schnorr.getPublicKey(key);

const post = (url: string, body: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const call = request(url, { method: "POST", agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve(text));
    });
    call.on("error", reject);
    call.end(body);
  });

const signed = (text: string): string => {
  const signature = signSchnorr(key, taggedHash("bench", Buffer.from(text)));
  return JSON.stringify({ text, signature: Buffer.from(signature).toString("base64") });
};
const isSigned = (body: string): boolean => {
  const { signature, text } = JSON.parse(body) as { signature: string; text: string };
  return verifySchnorr(publicKey, taggedHash("bench", Buffer.from(text)), Buffer.from(signature, "base64"));
};

/** Checks one signature a call, and where it has a peer makes as many signed calls there as a payment does. */
answering(async ({ calls, peer }: Bare) => {
  const server = createServer((incoming, response) => {
    let body = "";
    incoming.setEncoding("utf8").on("data", (part: string) => {
      body += part;
    });
    incoming.on("end", async () => {
      const good = isSigned(body);
      if (peer !== undefined) for (let i = 0; i < calls; i++) await post(peer, signed(`call ${i}`));
      response.end(JSON.stringify({ good }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  process.on("disconnect", () => process.exit(0));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { url, body: signed("press") };
});
