import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { until } from "../testing/harness.ts";
import { outsidePrice, readPrice } from "./outside-price.ts";

const T = 1_795_348_800_000;
const answer = (more: object = {}): string =>
  JSON.stringify({ bid: "64990.00", ask: "65010.5", t: T, ...more });

test("a ticker's answer is read exactly; what is finer than the currency widens the spread", () => {
  expect(readPrice(answer(), 2)).toEqual({ bid: 6_499_000, ask: 6_501_050, t: T });
  expect(readPrice(answer({ bid: "1.999", ask: "2.001" }), 2)).toEqual({ bid: 199, ask: 201, t: T });
  expect(readPrice(answer({ bid: "1.99000", ask: "2.000" }), 2)).toEqual({ bid: 199, ask: 200, t: T });
  expect(readPrice(answer({ bid: "64990.9", ask: "65010.1" }), 0)).toEqual({
    bid: 64_990,
    ask: 65_011,
    t: T,
  });
});

test.each([
  "",
  "{",
  "null",
  "[]",
  answer({ bid: undefined }),
  answer({ bid: 64_990 }),
  answer({ bid: "NaN" }),
  answer({ ask: "Infinity" }),
  answer({ bid: "-1" }),
  answer({ bid: "1e5" }),
  answer({ ask: "9".repeat(15) }),
  answer({ ask: "9".repeat(40) }),
  answer({ t: undefined }),
  answer({ t: "1795348800000" }),
  answer({ t: 1.5 }),
])("%s is no price", (text) => {
  expect(readPrice(text, 2)).toBeUndefined();
});

test("a source that fails, or talks nonsense or without end, leaves the last price standing", async () => {
  let mode = "well";
  let asked = 0;
  const server = createServer((_request, response) => {
    asked++;
    if (mode === "well") response.end(answer());
    else if (mode === "error") response.writeHead(500).end(answer({ bid: "1.00" }));
    else if (mode === "nonsense") response.end("<html>");
    else if (mode === "endless") response.end(`${answer({ bid: "1.00" })}${" ".repeat(100_000)}`);
    else response.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const source = outsidePrice(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, 2, 5);
  const latest = () => source.latest();
  await until(
    async () => latest(),
    (price) => price !== undefined,
  );
  for (mode of ["error", "nonsense", "endless", "cut off"]) {
    const before = asked;
    await until(
      async () => asked,
      (now) => now > before + 2,
    );
    expect(latest(), mode).toEqual({ bid: 6_499_000, ask: 6_501_050, t: T });
  }
  source.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
