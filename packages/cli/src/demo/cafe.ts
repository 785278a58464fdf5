import { credentialsOf, type Hub } from "@coinholder/client";
import { verifyMessage } from "@coinholder/protocol";
import { chapter, check, refusalCode, say, units } from "./narrator.ts";
import { available, newPerson, type Person, type World } from "./world.ts";

const CAFE = { lat: "45.508888", lng: "-73.561668" };
/** A few steps from the counter, and across town. */
const TABLE = { lat: "45.508990", lng: "-73.561540" };
const ACROSS_TOWN = { lat: "45.530000", lng: "-73.600000" };
const CODE = "417";
const PRICE = "0.00005";

/** A key for the counter: it makes invoices and sees whether they are paid. */
const makeTill = async (cafe: Person): Promise<Hub> => {
  const { authkey } = await cafe.hub.call("create-authkey", {
    label: "till at the counter",
    permissions: [
      [cafe.account, "new-invoice"],
      [cafe.account, "invoice-status"],
    ],
  });
  return cafe.hub.as(credentialsOf(cafe.account, authkey));
};

export const buyCoffee = async (world: World, alice: Person): Promise<void> => {
  chapter("Two espressos");
  const cafe = await newPerson(world);
  say("A café makes an account, and for its till a key that may do two things only: make invoices,");
  say("and see whether they are paid.");
  const till = await makeTill(cafe);
  const theft = till.call("send-btc", {
    to_btc_address: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
    amount: "1",
  });
  check("whoever steals the till's key cannot spend with it", await refusalCode(theft), "permission_denied");

  say(`The till posts: two espressos, ${PRICE} BTC, here, code ${CODE}.`);
  const posted = await till.call("new-invoice", {
    amount: PRICE,
    memo: "Two espressos",
    random: CODE,
    ...CAFE,
  });
  const address = posted.invoice.btc_address;
  check(
    "the till checks for itself that its invoice is signed by the invoice's own address (BIP-322)",
    verifyMessage(address, posted.invoice_json, posted.signature).result,
    "valid",
  );
  const heard = till.call("invoice-status", { btc_address: address, wait_ms: 20_000, than: "open" });
  // Awaited below; a failure before that must not end the program as nobody's.
  heard.catch(() => {});

  say(`Alice sits at a table near by. Her wallet looks around for code ${CODE}.`);
  const far = await world.hub.call("search-invoices", { ...ACROSS_TOWN, random: CODE });
  check("across town nothing is found", far.invoices.length, 0);
  const near = await world.hub.call("search-invoices", { ...TABLE, random: CODE });
  const found = near.invoices[0];
  if (found === undefined) throw new Error("the invoice was not found");
  say(`Found, {${found.distance_m} m} away: «{${found.info.memo}}», {${found.amount} ${found.currency}}.`);
  check(
    "it is the only one there, and the hub confirms it as its own",
    [near.invoices.length, found.ambiguous, found.confirmed],
    [1, false, true],
  );
  const { invoice_json, signature } = found;
  check(
    "the wallet trusts nobody: it verifies the signature itself",
    verifyMessage(found.btc_address, invoice_json, signature).result,
    "valid",
  );
  check("and shows only what was signed", JSON.parse(invoice_json), {
    btc_address: address,
    amount: PRICE,
    currency: "BTC",
    info: posted.invoice.info,
  });
  const forged = invoice_json.replace(PRICE, "0.00009");
  check(
    "with one digit changed the signature is worth nothing",
    verifyMessage(found.btc_address, forged, signature).result,
    "invalid",
  );

  say("The code is the one that the cashier read out. Alice presses Pay.");
  const before = await available(alice, "btc");
  const pressed = performance.now();
  const paid = await alice.hub.call("pay-invoice", { invoice_json, signature });
  const status = await heard;
  say(`The till hears of it {${Math.round(performance.now() - pressed)} ms} after the press.`);
  check("the payment is done", paid.status, "done");
  check("the till says paid", status.state, "paid");
  check("the café has the price of two espressos", await available(cafe, "btc"), units(PRICE));
  check("Alice paid that and nothing more", await available(alice, "btc"), before - units(PRICE));
  check(
    "nobody pays twice: the invoice is closed",
    await refusalCode(alice.hub.call("pay-invoice", { invoice_json, signature })),
    "invoice_not_open",
  );
};
