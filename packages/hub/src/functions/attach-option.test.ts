import { identityCallParams, type OptionText, signIdentityCall, signSchnorr } from "@coinholder/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, must, nonce, post } from "../testing/harness.ts";
import { type OutsideHub, type OwnCoin, openOutsideHub, payment } from "../testing/outside-hub.ts";
import { type AttachScene, openAttachScene } from "./attach-scene.ts";

const DESK = {
  most_open: 100,
  most_open_per_buyer: 50,
  markets: [{ market: "BTC/CAD", price: { rate: "100000.00" }, spread_bps: 100, most: "0.5" }],
};

let scene: AttachScene;
let coins: OwnCoin[];
beforeAll(async () => {
  scene = await openAttachScene({ desk: DESK });
  coins = await scene.coins(...Array.from({ length: 8 }, () => "p2wpkh" as const));
  const { hub } = scene;
  const credit = { to_account: hub.operator.account!, currency: "CAD", amount: "1000.00", reference: "wire" };
  await must(hub.url, "operator-credit", credit, hub.operator);
}, 120_000);
afterAll(() => scene.end());

interface Bought {
  readonly option_json: string;
  readonly option_signature: string;
  readonly option: OptionText;
}

/** What another hub buys for a new invoice of 3.42 CAD of the payee's. */
const bought = async (by: OutsideHub = scene.x): Promise<Bought> => {
  const { hub, payee } = scene;
  const { invoice } = await must(hub.url, "new-invoice", { amount: "3.42", currency: "CAD" }, payee);
  const identity = { identity_url: by.url, identity_public_key: by.publicKey() };
  const { nonce_ms, nonce_random } = nonce();
  const body = new URLSearchParams({
    trade_cur: "BTC",
    for_cur: "CAD",
    for_amt: "3.42",
    btc_address: invoice.btc_address,
    ...identityCallParams("buy-option", identity, hub.publicUrl, Number(nonce_ms), nonce_random),
  }).toString();
  const signature = signIdentityCall(Buffer.from(body), (message) => signSchnorr(by.secret(), message));
  const headers = { "content-type": "application/x-www-form-urlencoded", "x-identity-signature": signature };
  const { body: answer, status } = await post(hub.url, "buy-option", { body, headers });
  expect(status, JSON.stringify(answer)).toBe(200);
  const option_json = String(answer.option_json);
  return { option_json, option_signature: String(answer.signature), option: JSON.parse(option_json) };
};
const pays = ({ option }: Bought, options = {}) =>
  payment([coins.shift()!], [[option.btc_address, Math.round(Number(option.trade_amt) * 1e8)]], options);
const attachOption = async (
  transfer_json: string,
  { option_json, option_signature }: Omit<Bought, "option">,
) => {
  const params = { transfer_json, option_json, option_signature };
  const { body, code } = await call(scene.hub.url, "attach-option-to-transfer", params);
  return code ?? body.status;
};

test("exercised by a transfer of its buyer's before that confirms, once, however often it is told", async () => {
  const { hub, payee, x } = scene;
  const option = await bought();
  const attachment = await x.attach(pays(option));
  const told = () => attachOption(attachment.transfer_json, option);
  expect(await told()).toBe("transfer_not_attached");
  expect(await scene.attach(attachment)).toBe("credited");
  expect(await told()).toBe("exercised");
  expect(await told()).toBe("exercised");
  expect((await must(hub.url, "my-balance", {}, payee)).available).toEqual({ cad: "3.42" });
  await scene.mine(2);
  expect(await told()).toBe("exercised");

  // It is used up.
  const other = await x.attach(pays(option));
  expect(await scene.attach(other)).toBe("credited");
  expect(await attachOption(other.transfer_json, option)).toBe("option_not_open");
  await scene.mine(2);
});

test("an option that this hub did not sell, or not in these bytes, is refused", async () => {
  const { x } = scene;
  const option = await bought();
  const attachment = await x.attach(pays(option));
  const { transfer_json } = attachment;
  const refused = (changes: Partial<Bought>) => attachOption(transfer_json, { ...option, ...changes });
  expect(await scene.attach(attachment)).toBe("credited");
  expect(await attachOption("{}", option)).toBe("transfer_malformed");
  expect(await refused({ option_json: "{}" })).toBe("option_malformed");
  expect(
    await refused({ option_json: option.option_json.replace(/op-[a-z2-7]+/, "op-aaaaaaaaaaaaaaaa") }),
  ).toBe("option_unknown");
  expect(await refused({ option_json: `${option.option_json} ` })).toBe("option_signature_invalid");
  const cheaper = { ...option.option, trade_amt: "0.00000001" };
  expect(await refused({ option_json: JSON.stringify(cheaper) })).toBe("option_signature_invalid");
  expect(await refused({ option_signature: Buffer.alloc(64).toString("base64") })).toBe(
    "option_signature_invalid",
  );
});

test("only a transfer of its buyer's to its own address exercises it", async () => {
  const { x } = scene;
  const option = await bought();
  const elsewhere = await x.attach(payment([coins.shift()!], [[scene.address, 10_000]]));
  expect(await scene.attach(elsewhere)).toBe("credited");
  expect(await attachOption(elsewhere.transfer_json, option)).toBe("transfer_not_ours");

  const other = await openOutsideHub();
  const of = pays(option);
  const others = await other.attach(of);
  expect(await scene.attach(others)).toBe("noted");
  expect(await attachOption(others.transfer_json, option)).toBe("transfer_not_attached");
  // Nor does it help to name the buyer: nobody signs the text here.
  const { transfer_json } = await x.attach(of);
  expect(await attachOption(transfer_json, option)).toBe("transfer_not_attached");
  other.close();
});
