import { createHmac, randomBytes } from "node:crypto";

// A client of its own: node client-process.js '{"url","account","token","key","to","amount","count"}'. Sends so many
// payments at once and prints how often each answer came, as JSON.

interface Told {
  readonly url: string;
  readonly account: string;
  readonly token: string;
  readonly key: string;
  readonly to: string;
  readonly amount: string;
  readonly count: number;
}
const { url, account, token, key, to, amount, count } = JSON.parse(process.argv[2]!) as Told;

const send = async (): Promise<string> => {
  const body = new URLSearchParams({
    f: "send-btc",
    account,
    to_btc_address: to,
    amount,
    subtract_fee: "true",
    nonce_ms: String(Date.now()),
    nonce_random: randomBytes(8).toString("hex"),
  }).toString();
  const response = await fetch(`${url}/api/send-btc`, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-authkey-token": token,
      "x-signature": createHmac("sha256", Buffer.from(key, "base64")).update(body).digest("base64"),
    },
  });
  const answer = (await response.json()) as { error?: { code: string } };
  return answer.error?.code ?? "sent";
};

const answers: Record<string, number> = {};
for (const answer of await Promise.all(Array.from({ length: count }, send)))
  answers[answer] = (answers[answer] ?? 0) + 1;
console.log(JSON.stringify(answers));
