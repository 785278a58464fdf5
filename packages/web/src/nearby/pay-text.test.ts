import { expect, test } from "vitest";
import { pathOf, payText, pointerOf, readPayText } from "./pay-text.ts";

const btc_address = "bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk";
const info = { memo: "Tea & cake, 100% <b>", lat: "45.508888", lng: "-73.561668", random: "417" };

test("an invoice in BTC is a BIP-21 link, in another currency a link to the page; both are read back", () => {
  const btc = { btc_address, amount: "0.0021", currency: "BTC", info };
  const text = payText(btc, "https://hub.example");
  expect(text).toBe(
    `bitcoin:${btc_address}?amount=0.0021&message=Tea%20%26%20cake%2C%20100%25%20%3Cb%3E&code=417&lat=45.508888&lng=-73.561668`,
  );
  expect(readPayText(text)).toEqual(pointerOf(btc));
  const cad = { ...btc, amount: "3.42", currency: "CAD" };
  const link = payText(cad, "https://hub.example");
  expect(link).toBe(`https://hub.example${pathOf(pointerOf(cad))}`);
  expect(readPayText(link)).toEqual(pointerOf(cad));
});

test("a wallet's own code is read for its address alone; what is no payment is not", () => {
  expect(readPayText(`BITCOIN:${btc_address.toUpperCase()}?amount=1`)).toEqual({
    address: btc_address.toUpperCase(),
  });
  expect(readPayText(`bitcoin:${btc_address}`)).toEqual({ address: btc_address });
  expect(readPayText(`bitcoin:${btc_address}?lat=200&lng=1&code=${"9".repeat(33)}`)).toEqual({
    address: btc_address,
  });
  for (const text of [
    "",
    "hello",
    "bitcoin:nonsense",
    "https://hub.example/wallet/pay/x",
    "https://hub.example/nearby",
  ])
    expect(readPayText(text)).toBeUndefined();
});
