import { createServer } from "node:http";
import { signOption, signSchnorr } from "@coinholder/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { commandLine, listen } from "../testing.ts";

// The key of row 0 of BIP-340's test vectors.
const privateKey = Buffer.from(`${"0".repeat(63)}3`, "hex");
const publicKey = Buffer.from(
  "F9308A019258C31049344F85F89D5229B531C845836F99B08601F113BCE036F9",
  "hex",
).toString("base64");

const option = (expires_t: number): string =>
  JSON.stringify({
    option_id: "op-4zkq2wq6x4m5b3td",
    issuer_url: "https://hub.example",
    btc_address: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
    trade_amt: "0.01",
    trade_cur: "BTC",
    for_amt: "645.00",
    for_cur: "USD",
    premium: "0",
    expires_t,
  });
const live = option(8_640_000_000_000_000);
const sign = (json: string): string => signOption(json, (message) => signSchnorr(privateKey, message));

let at: ReturnType<typeof commandLine>;
beforeEach(() => {
  at = commandLine();
});
afterEach(() => at.remove());

test("under the key that is given: exit code 0 valid, 1 invalid or expired", async () => {
  const verify = (json: string, signature: string) =>
    at.run(["option", "verify", signature, "--key", publicKey], { input: json });
  const valid = await verify(live, sign(live));
  expect(valid).toMatchObject({ code: 0, err: "" });
  expect(valid.out).toContain("645.00");
  expect(await verify(`${live}\n`, sign(live))).toMatchObject({ code: 0 });
  expect(await verify(live.replace("645", "646"), sign(live))).toMatchObject({
    code: 1,
    out: "invalid (wrong_signature)\n",
  });
  const past = option(1);
  expect(await verify(past, sign(past))).toMatchObject({ code: 1, out: expect.stringMatching(/^expired/) });
});

test("under the key that the hub publishes; without one nobody can tell: exit code 2", async () => {
  let identity: object | undefined = { url: "https://hub.example/identity.js", public_key: publicKey };
  const server = createServer((request, response) => {
    const overview = {
      req_url: `http://${request.headers.host}/api/(function_name)`,
      req_method: "POST",
      post_body_encoding: "application/json",
      req_authentication_type: 2,
      supported_functions: [],
      identity,
    };
    response.setHeader("content-type", "application/json").end(JSON.stringify(overview));
  });
  const { url, close } = await listen(server);
  const verify = () => at.run(["--hub", url, "--json", "option", "verify", sign(live)], { input: live });
  const { code, out } = await verify();
  expect([code, JSON.parse(out)]).toEqual([0, { result: "valid", option: JSON.parse(live), expired: false }]);
  identity = undefined;
  expect(await verify()).toMatchObject({ code: 2, err: expect.stringContaining("identity_missing") });
  await close();
  expect(await verify()).toMatchObject({ code: 2, err: expect.stringContaining("hub_unreachable") });
});
