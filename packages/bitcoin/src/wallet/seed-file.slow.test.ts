import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newPhrase, seedFromPhrase } from "./seed.ts";
import { createSeedFile, openSeedFile } from "./seed-file.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wallet-"));
});
afterAll(() => rm(folder, { recursive: true }));

let count = 0;
const newPath = (): string => join(folder, `wallet-${count++}.json`);
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail("it worked"),
    (error: unknown) => error,
  );

test.each([
  // trezor/python-mnemonic vectors.json, the reference of BIP-39; these are the seeds for an empty passphrase
  [
    `${"abandon ".repeat(11)}about`,
    "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc19a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4",
  ],
  [
    `${"abandon ".repeat(23)}art`,
    "408b285c123836004f4b8842c89324c1f01382450c0d439af345ba7fc49acf705489c6fc77dbd4e3dc1dd8cc6bc9f043db8ada1e243c4a0eafb290d399480840",
  ],
])("BIP-39: %s", (phrase, seed) => {
  const shown = seedFromPhrase(phrase, "mainnet").withSeedBytes((bytes) =>
    Buffer.from(bytes).toString("hex"),
  );
  expect(shown).toBe(seed);
});

test("a new phrase has 24 words and is another every time", () => {
  expect(newPhrase().split(" ")).toHaveLength(24);
  expect(newPhrase()).not.toBe(newPhrase());
});

test("a phrase is taken as people write it, and a wrong checksum is told without the phrase", () => {
  const phrase = newPhrase();
  const written = `  ${phrase.toUpperCase().split(" ").join("  \n")} `;
  expect(seedFromPhrase(written, "regtest").revealPhrase()).toBe(phrase);
  let error: unknown;
  try {
    seedFromPhrase("abandon ".repeat(12), "regtest");
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: "invalid_phrase" });
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("abandon abandon");
});

test("what was created opens again with its network, and only its owner can read the file", async () => {
  const path = newPath();
  const created = await createSeedFile(path, { passphrase: "Å pass", network: "regtest" });
  const opened = await openSeedFile(path, "A\u030a pass"); // the same letters, composed otherwise
  expect(opened.network).toBe("regtest");
  expect(opened.revealPhrase()).toBe(created.revealPhrase());
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual([path.slice(folder.length + 1)]);
  const text = await readFile(path, "utf8");
  for (const word of created.revealPhrase().split(" ")) expect(text).not.toContain(` ${word} `);
  expect(JSON.parse(text).header.kdf).toMatchObject({ name: "scrypt", n: 131072, r: 8, p: 1 });
});

test("a given phrase is kept", async () => {
  const path = newPath();
  const phrase = newPhrase();
  const created = await createSeedFile(path, { passphrase: "p", network: "mainnet", phrase });
  expect(created.revealPhrase()).toBe(phrase);
});

test("a wrong passphrase is told apart from a damaged file, and neither shows anything", async () => {
  const path = newPath();
  const seed = await createSeedFile(path, { passphrase: "right horse", network: "regtest" });
  const text = await readFile(path, "utf8");
  const wrong = await failure(openSeedFile(path, "wrong horse"));
  expect(wrong).toMatchObject({ code: "wrong_passphrase" });
  const damages = [
    text.replace("regtest", "mainnet"),
    text.replace(/"n": \d+/, '"n": 16'),
    text.slice(0, -9),
    "",
    "{}",
  ];
  for (const damage of damages) {
    const damaged = newPath();
    await writeFile(damaged, damage);
    const error = await failure(openSeedFile(damaged, "right horse"));
    expect(error).toMatchObject({ code: "wallet_file_damaged" });
    for (const shown of [error, wrong].map((value) => inspect(value, { depth: 20, showHidden: true }))) {
      expect(shown).not.toContain("horse");
      expect(shown).not.toContain(seed.revealPhrase().split(" ").slice(0, 2).join(" "));
    }
  }
});

test("the network is authenticated: it cannot be changed even with a new checksum", async () => {
  const path = newPath();
  await createSeedFile(path, { passphrase: "p", network: "regtest" });
  const file = JSON.parse(await readFile(path, "utf8"));
  file.header.network = "mainnet";
  const sealed = JSON.stringify([file.header, file.ciphertext, file.tag]);
  file.checksum = createHash("sha256").update(sealed).digest("base64");
  await writeFile(path, JSON.stringify(file));
  expect(await failure(openSeedFile(path, "p"))).toMatchObject({ code: "wrong_passphrase" });
});

test("a wallet file is never overwritten, not even by two at once", async () => {
  const path = newPath();
  const both = await Promise.allSettled(
    ["one", "two"].map((passphrase) => createSeedFile(path, { passphrase, network: "regtest" })),
  );
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const winner = both[0]!.status === "fulfilled" ? "one" : "two";
  await openSeedFile(path, winner);
  const third = createSeedFile(path, { passphrase: "three", network: "regtest" });
  expect(await failure(third)).toMatchObject({ code: "wallet_file_exists" });
  expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("no file, and no passphrase", async () => {
  expect(await failure(openSeedFile(newPath(), "p"))).toMatchObject({ code: "wallet_file_missing" });
  const empty = createSeedFile(newPath(), { passphrase: "", network: "regtest" });
  expect(await failure(empty)).toMatchObject({ code: "empty_passphrase" });
});
