import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { paths } from "./data-folder.ts";
import { restoreWallet, revealPhrase } from "./wallet-file.ts";

const PHRASE = `${"abandon ".repeat(23)}art`;
const ENVIRONMENT = ["COINHOLDER_WALLET_PASSPHRASE", "COINHOLDER_WALLET_PASSPHRASE_FILE"] as const;

let data = "";
beforeEach(() => {
  for (const name of ENVIRONMENT) delete process.env[name];
  data = mkdtempSync(join(tmpdir(), "coinholder-test-"));
});
afterEach(() => {
  for (const name of ENVIRONMENT) delete process.env[name];
  rmSync(data, { recursive: true });
});

const triesCost = (): number => JSON.parse(readFileSync(paths(data).wallet, "utf8")).header.kdf.n;

test("only where the hub keeps its own passphrase beside a wallet of the development chain are tries of one not made slow", async () => {
  await restoreWallet(data, "regtest", PHRASE);
  expect(triesCost()).toBe(2 ** 10);
  expect(await revealPhrase(data)).toBe(PHRASE);

  // The passphrase is still there, but a chain of real coins gets no weaker file by it: file and passphrase may part later.
  rmSync(paths(data).wallet);
  await restoreWallet(data, "mainnet", PHRASE);
  expect(triesCost()).toBe(2 ** 17);
  expect(await revealPhrase(data)).toBe(PHRASE);
});

test.each(ENVIRONMENT)(
  "a passphrase given by %s is slow to try on every chain, and nothing is kept beside the wallet",
  async (name) => {
    const file = join(data, "given");
    writeFileSync(file, "given\n");
    process.env[name] = name.endsWith("FILE") ? file : "given";
    await restoreWallet(data, "regtest", PHRASE);
    expect(triesCost()).toBe(2 ** 17);
    expect(await revealPhrase(data)).toBe(PHRASE);
    delete process.env[name];
    await expect(revealPhrase(data)).rejects.toThrow("passphrase is missing");
  },
);

test("without a passphrase no wallet of real coins is made", async () => {
  await expect(restoreWallet(data, "mainnet", PHRASE)).rejects.toThrow("passphrase is missing");
  await restoreWallet(data, "regtest", PHRASE);
});
