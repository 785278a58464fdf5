import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("npm run demo:cafe plays the purchase across two hubs, step by step", { timeout: 180_000 }, async () => {
  const program = fileURLToPath(new URL("./cafe-across.js", import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "pipe"] });
  let told = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    told += text;
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const [code] = await once(child, "close");
  const isSlow = errors.includes("the till said «paid» within 2 seconds");
  expect({ code, errors: isSlow ? "" : errors }).toEqual({ code: isSlow ? 1 : 0, errors: "" });
  const steps = [
    "the wallet verifies the signature itself",
    "the hub that it names confirms it",
    "at a limit that is too low nothing is paid",
    "From the press to «paid» it took",
    // How long a loaded machine takes is the demo's own business.
    ...(!isSlow
      ? [
          "the café's balance has grown by 3.42 CAD",
          "and no block was found meanwhile",
          "a second press pays nothing more",
        ]
      : []),
  ];
  const places = steps.map((step) => told.indexOf(step));
  expect(
    places.every((place) => place > 0),
    told,
  ).toBe(true);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});
