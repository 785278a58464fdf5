import { Transaction } from "@scure/btc-signer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, until } from "../testing/harness.ts";
import {
  type Attachment,
  coinKey,
  coinOf,
  type OwnCoin,
  openOutsideHub,
  type PaymentOptions,
  payment,
} from "../testing/outside-hub.ts";
import { type AttachScene, openAttachScene } from "./attach-scene.ts";

let scene: AttachScene;
/** Confirmed coins for the cases, each taken once. */
let coins: OwnCoin[];
const coin = (): OwnCoin => coins.shift()!;
beforeAll(async () => {
  scene = await openAttachScene({ confirmations: 2 });
  coins = await scene.coins(...Array.from({ length: 60 }, () => "p2wpkh" as const));
}, 120_000);
afterAll(() => scene.end());

const toPayee = (sats = 100_000): [string, number] => [scene.address, sats];
const pays = (options: PaymentOptions = {}) => payment([coin()], [toPayee()], options);
type Case = () => Promise<Attachment>;

/** A transaction of so many inputs that nobody signed. */
const unsigned = (inputs: number, same = false): string => {
  const transaction = new Transaction({ allowUnknownOutputs: true });
  for (let index = 0; index < inputs; index++)
    transaction.addInput({ txid: "11".repeat(32), index: same ? 0 : index });
  transaction.addOutput({ script: coinKey().script, amount: 1n });
  return Buffer.from(transaction.unsignedTx).toString("hex");
};

describe("each of these is refused, and nothing is journaled or sent", () => {
  const told = (...of: Parameters<AttachScene["x"]["attach"]>) => scene.x.attach(...of);
  const json =
    (text: string): Case =>
    async () => ({ ...(await told(pays())), transfer_json: text });
  const changed =
    (change: (json: string) => string): Case =>
    () =>
      told(pays(), { json: change });
  const cases: Record<string, [Case, code: string, more?: object]> = {
    "what is not JSON": [json("x"), "transfer_malformed"],
    "a member twice": [
      changed((text) => text.replace("{", '{"identity_url":"https://x.example",')),
      "transfer_malformed",
    ],
    "a member that is no part of it": [
      changed((text) => text.replace("{", '{"more":1,')),
      "transfer_malformed",
    ],
    "base64 in another form": [
      changed((text) => text.replace(/("bitcoin_transfer":"[^"=]*)=*"/, '$1\\n"')),
      "transfer_malformed",
    ],
    "more than 100 inputs": [
      () => told({ ...pays(), raw: unsigned(101) }),
      "transfer_too_large",
      { most: 100 },
    ],
    "a coin spent twice": [() => told({ ...pays(), raw: unsigned(2, true) }), "transfer_malformed"],
    "other bytes than the identity signed": [
      async () => {
        const attachment = await told(pays());
        return { ...attachment, transfer_json: attachment.transfer_json.replace(",", ", ") };
      },
      "identity_signature_invalid",
    ],
    "another identity's signature": [
      async () => {
        const of = pays();
        const { identity_signature } = await told(of, { rotations: 7 });
        return { ...(await told(of)), identity_signature };
      },
      "identity_signature_invalid",
    ],
    "a transaction that pays nobody here": [
      () => told(payment([coin()], [[coinKey().address, 1000]])),
      "transfer_not_ours",
    ],
    "a version that nobody knows": [() => told(pays({ version: 3 })), "transfer_version"],
    "a lock time that has not come": [
      () => told(pays({ lockTime: 499_999_999 })),
      "transfer_not_final",
      { reason: "lock_time" },
    ],
    "an input that must be older": [
      () => told(pays({ sequence: 1 })),
      "transfer_not_final",
      { reason: "relative_lock", input: 0 },
    ],
    "an identity_url with a password": [
      () => told(pays(), { url: "http://me:secret@127.0.0.1/identity.js" }),
      "identity_url_refused",
    ],
    "a coin that is not confirmed": [
      async () => {
        const key = coinKey();
        const txid = await scene.hub.rpc("devchain_fund", key.address, "0.01");
        const raw = (await scene.hub.rpc("getrawtransaction", txid)) as string;
        return told(payment([coinOf(key, raw)], [toPayee()]));
      },
      "transfer_coin_missing",
    ],
    "a coin that was spent in a block": [
      async () => {
        const one = coin();
        await scene.send(payment([one], [[coinKey().address, 1000]]));
        await scene.mine();
        return told(payment([one], [toPayee()]));
      },
      "transfer_coin_missing",
    ],
    "a coin that never was": [
      () => told(payment([{ ...coin(), vout: 77 }], [toPayee()])),
      "transfer_coin_missing",
      { outpoint: expect.stringMatching(/:77$/) },
    ],
    "a fee below what this hub would pay": [() => told(pays({ fee: 50 })), "transfer_fee_low"],
    "more paid than it spends": [
      () => told(payment([{ ...coin(), amount: 5_000_000n }], [toPayee(4_000_000)])),
      "transfer_fee_low",
    ],
    "a proof that is none": [
      async () => ({ ...(await told(pays())), coinholder_signature: "smpAAAA" }),
      "coinholder_signature_invalid",
      { reason: "not_proof_of_funds" },
    ],
    "a proof in base64 of another form": [
      async () => {
        const attachment = await told(pays());
        return { ...attachment, coinholder_signature: attachment.coinholder_signature.replace(/=*$/, " ") };
      },
      "coinholder_signature_invalid",
      { reason: "malformed_base64" },
    ],
    "a proof of another message": [
      () => told(pays(), { message: "coinholder/transfer:00" }),
      "coinholder_signature_invalid",
      { reason: "other_message_or_address" },
    ],
    "a proof whose challenge is another coin's": [
      () => {
        const two = [coin(), coin()];
        return told(payment(two, [toPayee()]), { challenge: two[1]! });
      },
      "coinholder_signature_invalid",
      { reason: "other_message_or_address" },
    ],
    "a proof of the inputs in another order": [
      () => {
        const two = [coin(), coin()];
        return told(payment(two, [toPayee()]), { proven: two.toReversed() });
      },
      "coinholder_signature_invalid",
      { reason: "other_inputs" },
    ],
    "a proof of some of the inputs": [
      () => {
        const two = [coin(), coin()];
        return told(payment(two, [toPayee()]), { proven: two.slice(0, 1) });
      },
      "coinholder_signature_invalid",
      { reason: "other_inputs" },
    ],
    "a proof of other coins of its own beside the inputs": [
      () => {
        const two = [coin(), coin()];
        return told(payment(two.slice(0, 1), [toPayee()]), { proven: two });
      },
      "coinholder_signature_invalid",
      { reason: "other_inputs" },
    ],
    "a proof that lies about an amount": [
      () => {
        const one = coin();
        return told(payment([one], [toPayee()]), { proven: [{ ...one, amount: one.amount + 1n }] });
      },
      "coinholder_signature_invalid",
      { reason: "utxo_differs" },
    ],
    "a proof that lies about whose coin it is": [
      () => {
        const [one, other] = [coin(), coinKey()];
        return told(payment([one], [toPayee()]), { proven: [{ ...one, ...other }] });
      },
      "coinholder_signature_invalid",
      { reason: "utxo_differs" },
    ],
    "a transaction signed over none of its outputs": [
      () => told(pays({ sighash: 2 })),
      "transfer_signature_invalid",
    ],
    "a transaction signed over one of its outputs": [
      () => told(pays({ sighash: 3 })),
      "transfer_signature_invalid",
    ],
    "a transaction to which anyone can add inputs": [
      () => told(pays({ sighash: 0x81 })),
      "transfer_signature_invalid",
      { input: 0 },
    ],
    "a transaction whose outputs were changed after it was signed": [
      () => {
        const of = pays();
        const amount = Buffer.alloc(8);
        amount.writeBigUInt64LE(100_000n);
        const other = Buffer.alloc(8);
        other.writeBigUInt64LE(100_001n);
        const raw = of.raw.replace(amount.toString("hex"), other.toString("hex"));
        return told({ ...of, raw });
      },
      "transfer_signature_invalid",
    ],
    "a transaction that the node does not take": [
      () => told(payment([coin()], [toPayee(), [coinKey().address, 1]])),
      "transfer_not_accepted",
    ],
  };

  test.each(Object.entries(cases))("%s", async (_, [make, code, more = {}]) => {
    const attachment = await make();
    const before = [await scene.journaled(), await scene.hub.rpc("getrawmempool")];
    // Asked for again where other cases have used up what a source may.
    const { status, body } = await until(
      () => call(scene.hub.url, "attach-identity-to-transfer", attachment),
      (answered) => answered.code !== "rate_limited",
    );
    expect(body).toEqual({ error: expect.objectContaining({ code, ...more }) });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect([await scene.journaled(), await scene.hub.rpc("getrawmempool")]).toEqual(before);
  });

  test.each([
    ["answers that there is nothing", 404, "", { code: "identity_unreachable", reason: "status" }],
    ["sends elsewhere", 302, "", { code: "identity_unreachable", reason: "redirected" }],
    ["is no identity", 200, "{}", { code: "identity_unreachable", reason: "malformed" }],
    ["never ends", 200, "x".repeat(70_000), { code: "identity_unreachable", reason: "too_large" }],
  ])("an identity_url that %s", async (_, status, text, error) => {
    const other = await openOutsideHub();
    other.answer = (_request, response) => {
      response.writeHead(status, { location: other.url }).end(text);
    };
    const { body } = await call(scene.hub.url, "attach-identity-to-transfer", await other.attach(pays()));
    expect(body).toEqual({ error: expect.objectContaining(error) });
    expect(other.asked).toBe(1);
    other.close();
  });

  test("an identity_url that publishes another key: a transfer told in somebody else's name", async () => {
    const thief = await openOutsideHub();
    const attachment = await thief.attach(pays(), { url: scene.x.url });
    expect(await scene.attach(attachment)).toBe("identity_mismatch");
    thief.close();
  });
});

test("100 inputs with their proof are looked at, 320 KiB are not", async () => {
  const key = coinKey();
  const { txid, raw } = payment(
    await scene.coins("p2wpkh"),
    Array.from({ length: 100 }, () => [key.address, 5000]),
    { fee: 20_000 },
  );
  await scene.send({ txid, raw, coins: [] });
  await scene.mine();
  const first = coinOf(key, raw);
  const all = Array.from({ length: 100 }, (_, vout) => ({ ...first, vout }));
  const attachment = await scene.x.attach(payment(all, [toPayee(400_000)], { fee: 20_000 }));
  const asked = () => scene.attach(attachment);
  expect(await until(asked, (answer) => answer !== "rate_limited", 60_000)).toBe("credited");
  await scene.mine(2);
  const padded = { ...attachment, transfer_json: "x".repeat(330_000) };
  expect(await scene.attach(padded)).toBe("body_too_large");
  // Others take no more than they did.
  expect((await call(scene.hub.url, "ticker", { market: "x".repeat(66_000) })).code).toBe("body_too_large");
}, 120_000);
