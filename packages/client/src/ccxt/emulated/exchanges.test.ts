import { functions, isFunctionName, mismatches } from "@coinholder/protocol";
import { describe, expect, test } from "vitest";
import { connect, type HubError } from "../../index.ts";
import { answering } from "./answering.ts";
import { binance } from "./binance.ts";
import { bitfinex } from "./bitfinex.ts";
import { bitstamp } from "./bitstamp.ts";
import { coinbase } from "./coinbase.ts";
import { okx } from "./okx.ts";

const open = async (exchange: (typeof EMULATED)[number]) => {
  const emulated = answering(exchange.routes);
  const hub = await connect(`ccxt:${exchange.id}`, exchange.keys, {
    ccxt: { fetchImplementation: emulated.fetchImplementation, enableRateLimit: false },
  });
  return { hub, ...emulated };
};
const EMULATED = [bitstamp, binance, okx, bitfinex, coinbase];

for (const exchange of EMULATED) {
  describe(exchange.id, () => {
    for (const [name, { params, route, sent, answer }] of Object.entries(exchange.expected))
      test(`${name}: the request in the exchange's words, the answer in the protocol's`, async () => {
        const { hub, requests } = await open(exchange);
        requests.length = 0;
        // An order's market is learnt from the open orders.
        if (name === "cancel-order") await hub.call("my-open-orders");
        const told = await hub.callByName(name, { ...params });
        expect(isFunctionName(name) && mismatches(functions[name].result.schema, told)).toEqual([]);
        expect(told).toMatchObject(answer);
        const request = requests.find(({ method, path }) => `${method} ${path}` === route);
        expect(request?.params).toMatchObject(sent);
      });

    for (const { function: name, route, status, body, code, unknown = false } of exchange.errors)
      test(`${name}: ${JSON.stringify(body)} is ${code}`, async () => {
        const { hub, failNext } = await open(exchange);
        failNext(route, status, body);
        const params = exchange.expected[name]!.params;
        const error: HubError = await hub.callByName(name, { ...params }).then(
          () => expect.fail("it was answered"),
          (error) => error,
        );
        expect(error).toMatchObject({ name: "HubError", code, unknown });
      });
  });
}
