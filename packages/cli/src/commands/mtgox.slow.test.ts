import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { commandLine, PROGRAM } from "../testing.ts";

let at: ReturnType<typeof commandLine>;
let euros: string;
beforeEach(() => {
  at = commandLine();
  euros = join(at.folder, "euros.json");
  const currencies = [
    { code: "BTC", decimals: 8 },
    { code: "EUR", decimals: 2 },
  ];
  writeFileSync(euros, JSON.stringify({ currencies, markets: [{ base: "BTC", quote: "EUR" }] }));
});
afterEach(() => at.remove());

const START = ["start", "--port", "0", "--devchain-port", "0", "--json"];

test("--mtgox, or its variable, is refused at the start where there is no market BTC/USD", async () => {
  for (const [words, env] of [
    [["--mtgox"], {}],
    [[], { COINHOLDER_MTGOX: "1" }],
  ] as const) {
    const { code, out, err } = await at.run([...START, "--config", euros, ...words], { env });
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain("--mtgox needs a market BTC/USD");
  }
});

test("it is off unless asked for: a variable that says no asks for nothing", async () => {
  const ask = async (words: readonly string[], env: Record<string, string>): Promise<number> => {
    const child = spawn(process.execPath, [PROGRAM, ...START, ...words], {
      cwd: at.folder,
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    const { status } = await fetch(`${JSON.parse(line).url}/code/data/ticker.php`);
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
    return status;
  };
  expect(await ask(["--config", euros], { COINHOLDER_MTGOX: "0" })).toBe(404);
  expect(await ask(["--data", "another", "--mtgox"], {})).toBe(200);
});
