import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startFailure } from "../start-checks.ts";
import { commandLine, listen } from "../testing.ts";

let at: ReturnType<typeof commandLine>;
let taken: Awaited<ReturnType<typeof listen>>;
let data: string;

beforeEach(async () => {
  at = commandLine();
  data = join(at.folder, "data");
  taken = await listen(createServer());
});
afterEach(async () => {
  await taken.close();
  at.remove();
});

/** Starts that must not come about: whatever is given last counts. */
const start = (...words: string[]) =>
  at.run(["start", "--data", data, "--port", "0", "--devchain-port", "0", ...words]);

test("a port that is in use is told with its flag, and nothing is made", async () => {
  for (const flag of ["--port", "--devchain-port"])
    expect(await start(flag, String(taken.port))).toEqual({
      code: 1,
      out: "",
      err: `error port_in_use: port ${taken.port} is in use; choose another with ${flag}\n`,
    });
  expect(await start("--port", "18000", "--devchain-port", "18000")).toMatchObject({ code: 2 });
  expect((await start("--host", "192.0.2.1")).err).toContain("error host_unusable: --host 192.0.2.1");
  expect(existsSync(data)).toBe(false);
});

test("a file that cannot be used is told with its flag, and nothing is made", async () => {
  const text = join(at.folder, "text");
  writeFileSync(text, "words");
  const none = join(at.folder, "none");
  expect(await start("--config", none)).toMatchObject({
    code: 1,
    err: `error file_unreadable: --config ${none} cannot be read: there is no such file\n`,
  });
  expect((await start("--config", text)).err).toMatch(/^error start_failed: configuration file: .*text/);
  expect((await start("--tls-cert", text, "--tls-key", none)).err).toContain(
    `--tls-key ${none} cannot be read`,
  );
  expect((await start("--tls-cert", none, "--tls-key", text)).err).toContain(
    `--tls-cert ${none} cannot be read`,
  );
  const unusable = await start("--tls-cert", text, "--tls-key", text, "--json");
  expect(JSON.parse(unusable.err).error.code).toBe("certificate_unusable");
  expect(existsSync(data)).toBe(false);
});

test("a data folder that is a file, or cannot be made, is told", async () => {
  const file = join(at.folder, "file");
  writeFileSync(file, "");
  expect((await start("--data", file)).err).toBe(
    `error data_unusable: --data ${file} is a file, not a folder\n`,
  );
  const inside = join(file, "deeper", "data");
  expect(await start("--data", inside)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^error data_unusable: --data .* cannot be made: /),
  });
  if (process.platform === "linux")
    expect((await start("--data", "/proc/coinholder/data")).err).toContain("cannot be made");
});

test("what is in the way inside of the data folder ends the start by a code, never as internal", async () => {
  mkdirSync(data);
  writeFileSync(join(data, "devchain"), "");
  const ran = await start();
  expect(ran).toMatchObject({ code: 1, out: "" });
  expect(ran.err).toMatch(/^error start_failed: /m);
  expect(readdirSync(data)).toContain("devchain");
});

test("codes of ours stay, those of the system and errors without one become start_failed", () => {
  const coded = Object.assign(new Error("The journal is in use."), { code: "journal_in_use" });
  expect(startFailure(coded)).toBe(coded);
  for (const error of [new Error("x"), Object.assign(new Error("x"), { code: "ENOSPC" })])
    expect(startFailure(error)).toMatchObject({ code: "start_failed", message: "x", exit: 1 });
  expect(startFailure("x")).toMatchObject({ code: "start_failed", message: "x" });
});
