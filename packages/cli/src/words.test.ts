import { functionNames } from "@coinholder/protocol";
import { describe, expect, test } from "vitest";
import { readCallWords } from "./call-words.ts";
import { closest } from "./closest.ts";
import { commandRow } from "./commands.ts";
import { readLine } from "./words.ts";

test("no function hides behind a command of its name", () => {
  expect(
    functionNames.filter((name) => commandRow(name) !== undefined || name === ("help" as string)),
  ).toEqual([]);
});

test("a function's name alone is a call of it, wherever the program's options stand; help is --help", async () => {
  const read = async (line: string) => (await readLine(line.split(" "))).words.join(" ");
  expect(await read("--hub http://h --json my-balance --as a")).toBe(
    "--hub http://h --json call my-balance --as a",
  );
  expect(await read("accounts my-balance")).toBe("accounts my-balance");
  expect(await read("help send-btc")).toBe("call send-btc --help");
  expect(await read("--hub help accounts")).toBe("--hub help accounts");
  expect(await read("nonsense")).toBe("nonsense");
  expect((await readLine(["--json"])).name).toBeUndefined();
});

describe("parameters", () => {
  test("that are needed may be given in their order, beside those by name", () => {
    const order = { trade_amt: "65", trade_cur: "USD", for_amt: "0.001", for_cur: "BTC" };
    expect(readCallWords("place-order", ["65", "USD", "0.001", "BTC"])).toEqual(order);
    expect(readCallWords("place-order", ["for_amt=0.001", "65", "USD", "BTC", "post_only=true"])).toEqual({
      ...order,
      post_only: "true",
    });
    expect(readCallWords("search-invoices", ["lat=-33.8", "random=a=b c"])).toEqual({
      lat: "-33.8",
      random: "a=b c",
    });
    // Base64 ends in what looks like a name's end.
    expect(readCallWords("broadcast-invoice", ['{"a":1}', "6Qg+wm/Zw=="])).toEqual({
      invoice_json: '{"a":1}',
      signature: "6Qg+wm/Zw==",
    });
  });

  test.each([
    ["my-balance", ["x"]],
    ["ticker", ["BTC/USD", "BTC/EUR"]],
    ["ticker", ["market=BTC/USD", "BTC/EUR"]],
    ["search-invoices", ["t=1", "t=2"]],
    ["unheard-of", ["x"]],
  ])("one too many is refused: %s %j", (name, words) => {
    expect(() => readCallWords(name, words)).toThrow(expect.objectContaining({ exit: 2 }));
  });
});

test("a slip of the finger finds what was meant, nonsense finds nothing", () => {
  expect(closest("tiker", functionNames)).toBe("ticker");
  expect(closest("my-balanse", functionNames)).toBe("my-balance");
  expect(closest("zzzzzz", functionNames)).toBeUndefined();
});
