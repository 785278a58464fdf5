import { chapter, check, say, units } from "./narrator.ts";
import { available, newPerson, type Person, type World } from "./world.ts";

export const trade = async (world: World, alice: Person): Promise<void> => {
  chapter("A market");
  const carol = await newPerson(world);
  say("Carol has dollars: her bank transfer reached the operator, who credits 10,000.00 USD.");
  await world.operator.call("operator-credit", {
    to_account: carol.account,
    currency: "USD",
    amount: "10000.00",
    reference: "wire from Carol",
  });
  check("Carol has 10,000.00 USD", await available(carol, "usd"), units("10000", 2));

  say("Alice offers 0.2 BTC for 13,000 USD, which is 65,000 a coin. Nobody is there yet: it rests.");
  const offer = await alice.hub.call("place-order", {
    trade_amt: "0.2",
    trade_cur: "BTC",
    for_amt: "13000",
    for_cur: "USD",
  });
  check("her order waits in the book", offer.state, "open");
  const book = await world.hub.call("depth", { market: "BTC/USD" });
  check("anyone can see it there", [book.asks[0]?.[0], units(book.asks[0]?.[1])], ["65000.00", units("0.2")]);

  say("Carol wants 0.1 BTC and would pay up to 66,000 a coin. The orders cross.");
  const bid = await carol.hub.call("place-order", {
    trade_amt: "6600",
    trade_cur: "USD",
    for_amt: "0.1",
    for_cur: "BTC",
  });
  check(
    "she has her 0.10 BTC for 6,500.00: the price of the order that was there first",
    [bid.state, units(bid.filled_trade_amt, 2), units(bid.filled_for_amt)],
    ["filled", units("6500", 2), units("0.1")],
  );
  check("the 100.00 that she did not need are hers again", await available(carol, "usd"), units("3500", 2));

  const [sale] = (await alice.hub.call("my-trades")).trades;
  say(`Alice's side: {${sale?.side}} at {${sale?.price}}, as {${sale?.role}}, fee {${sale?.fee}}.`);
  const proceeds = units(sale?.got_amt, 2);
  check("Alice received 6,500.00 USD less her fee", proceeds + units(sale?.fee, 2), units("6500", 2));
  check("and can spend it", await available(alice, "usd"), proceeds);

  await alice.hub.call("cancel-order", { oid: offer.oid });
  check("she cancels the rest; its 0.10 BTC come back", await available(alice, "btc"), units("1"));
  const ticker = await world.hub.call("ticker", { market: "BTC/USD" });
  check("the ticker tells the world: last price 65,000.00", ticker.last, "65000.00");
};
