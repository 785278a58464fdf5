import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("npm run demo plays the whole story and every step of it holds", { timeout: 180_000 }, async () => {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./demo.js", import.meta.url))], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let told = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    told += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const [code] = await once(child, "close");
  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  const steps = [
    "they are two accounts, and both are empty",
    "1.50 BTC pending",
    "1.50 BTC available",
    "Bob has 0.40 BTC",
    "a real, signed transaction is on its way",
    "asked directly, the chain agrees",
    "she has her 0.10 BTC for 6,500.00",
    "the hub confirms it as its own",
    "it verifies the signature itself",
    "the till says paid",
    "the hub was asked to stop, and ended well",
  ];
  const places = steps.map((step) => told.indexOf(step));
  expect(
    places.every((place) => place > 0),
    told,
  ).toBe(true);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});
