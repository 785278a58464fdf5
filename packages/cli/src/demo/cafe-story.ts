import { credentialsOf, type Hub, type StreamEvent } from "@coinholder/client";
import { verifyMessage } from "@coinholder/protocol";
import { startTimes, type Times } from "./cafe-times.ts";
import { type Guest, newGuest, type Town } from "./cafe-town.ts";
import { chapter, check, refusalCode, say, units, until } from "./narrator.ts";

const COUNTER = { lat: "45.508888", lng: "-73.561668" };
const TABLE = { lat: "45.508990", lng: "-73.561540" };
const CODE = "417";
const PRICE = "3.42";
/** The till must say «paid» so long after the press, at most. */
const WITHIN_MS = 2_000;

type Invoice = Awaited<ReturnType<typeof post>>;

const makeTill = async (cafe: Guest): Promise<Hub> => {
  const { authkey } = await cafe.hub.call("create-authkey", {
    label: "till at the counter",
    permissions: [
      [cafe.account, "new-invoice"],
      [cafe.account, "invoice-status"],
    ],
  });
  return cafe.hub.as(credentialsOf(cafe.account, authkey));
};

const post = (till: Hub) =>
  till.call("new-invoice", {
    amount: PRICE,
    currency: "CAD",
    memo: "Two espressos",
    random: CODE,
    ...COUNTER,
  });

/** What the till sees, each state as it comes, until it is paid. */
const watchTill = async (till: Hub, btc_address: string, times: Times): Promise<number> => {
  let than = (await till.call("invoice-status", { btc_address })).state;
  for (;;) {
    const { state } = await till.call("invoice-status", { btc_address, wait_ms: 20_000, than });
    const at = times.mark(`the till at Y: «${state}»`);
    if (state === "paid") return at;
    if (state === than || state === "expired") throw new Error(`the till waits in vain: ${state}`);
    than = state;
  }
};

type Told = { status?: string; crossing?: { identity?: string; option?: string } };
const textOf = ({ crossing, status }: Told): string =>
  crossing?.identity !== undefined
    ? `Y told X: the coins are ${crossing.identity}, the option is ${crossing.option}`
    : `X's payment is ${status}`;

/** What the customer's wallet sees of the payment, over X's stream. */
const watchWallet = async (events: AsyncIterable<StreamEvent>, times: Times): Promise<void> => {
  for await (const event of events) {
    if (event.type !== "update") continue;
    const { changed = [], transfers = [] } = event.data as { changed?: Told[]; transfers?: Told[] };
    for (const one of [...transfers, ...changed]) times.mark(textOf(one));
  }
};

const search = async (town: Town): Promise<Invoice["invoice_json"]> => {
  const { x, y } = town;
  const found = await until("the invoice is found at X", async () => {
    const near = await x.hub.call("search-invoices", { ...TABLE, random: CODE });
    return near.invoices[0];
  });
  const { amount, ambiguous, btc_address, confirmed, currency, distance_m, info, invoice_json, signature } =
    found;
  say(`Found, {${distance_m} m} away: «{${info.memo}}», {${amount} ${currency}}, of {${info.hub_url}}.`);
  check("it is the only one there with that code", ambiguous, false);
  check(
    "the wallet verifies the signature itself",
    verifyMessage(btc_address, invoice_json, signature).result,
    "valid",
  );
  check("to X it is a stranger's claim", confirmed, false);
  const there = await y.hub.call("invoice-status", { btc_address });
  check(
    "the hub that it names confirms it",
    [there.confirmed, there.amount, there.currency],
    [true, PRICE, "CAD"],
  );
  return invoice_json;
};

export const buyEspressos = async (town: Town, customer: Guest): Promise<void> => {
  const { node, x, y } = town;
  chapter("The till");
  const cafe = await newGuest(y);
  const till = await makeTill(cafe);
  const { invoice, invoice_json, signature } = await post(till);
  say(`The café's till posts on Y: {${PRICE} CAD}, here, code {${CODE}}.`);
  const posted = performance.now();
  say("Y signs it and passes it on to X.");

  chapter("The phone");
  say("A customer of X stands near, and looks around for that code.");
  check("what was found is what was posted", await search(town), invoice_json);
  say(`Seen {${Math.round(performance.now() - posted)} ms} after it was there.`);
  const dear = x.hub
    .as(customer.hub.credentials!)
    .call("pay-invoice", { invoice_json, signature, max_amount: "0.00000500" });
  check("at a limit that is too low nothing is paid", await refusalCode(dear), "price_above_limit");

  chapter("Pay");
  const before = units((await cafe.hub.call("my-balance")).available.cad, 2);
  const had = units((await customer.hub.call("my-balance")).available.btc);
  const height = await node.height();
  const left = new AbortController();
  const events = customer.hub.subscribe("transfers", { signal: left.signal });
  await events.next();
  const times = startTimes();
  const paidAt = watchTill(till, invoice.btc_address, times);
  // Awaited below; a failure before that must not end the program as nobody's.
  paidAt.catch(() => {});
  const wallet = watchWallet(events, times);
  const pressed = times.mark("the customer presses Pay");
  const payment = { invoice_json, signature, max_amount: "0.0001", client_id: "two-espressos" };
  const sent = await customer.hub.call("pay-invoice", payment);
  times.mark(`X answers: ${sent.transfer_id}, ${sent.status}`);
  const took = (await paidAt) - pressed;
  const transfer = await until("both sides were told", async () => {
    const { transfers } = await customer.hub.call("my-transfers", { limit: 10 });
    return transfers.find(
      (one) => one.transfer_id === sent.transfer_id && one.crossing?.option !== undefined,
    );
  });
  left.abort();
  await wallet;
  times.print();
  say(`From the press to «paid» it took {${Math.round(took)} ms}.`);
  check(`the till said «paid» within ${WITHIN_MS / 1000} seconds`, took <= WITHIN_MS);
  const now = units((await cafe.hub.call("my-balance")).available.cad, 2);
  check(`the café's balance has grown by ${PRICE} CAD`, now - before, units(PRICE, 2));
  check("and no block was found meanwhile", await node.height(), height);
  check("both sides know: credited, exercised", transfer.crossing, {
    identity: "credited",
    option: "exercised",
  });
  const cost = units(transfer.amount) + units(transfer.fee);
  check(
    `it cost the customer ${transfer.amount} BTC and ${transfer.fee} for the miners`,
    had - units((await customer.hub.call("my-balance")).available.btc),
    cost,
  );
  check("a second press pays nothing more", await customer.hub.call("pay-invoice", payment), sent);
  check(
    "and nobody pays the same invoice again",
    await refusalCode(customer.hub.call("pay-invoice", { ...payment, client_id: "again" })),
    "invoice_not_open",
  );

  chapter("The block");
  await node.mine();
  await until("X's payment is confirmed", async () => {
    const { transfers } = await customer.hub.call("my-transfers", { limit: 10 });
    const status = transfers.find((one) => one.transfer_id === sent.transfer_id)?.status;
    return status === "confirmed" || status === "final" ? true : undefined;
  });
  check("a block holds the payment: what Y gave on X's word is covered", true);
};
