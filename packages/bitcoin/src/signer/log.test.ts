import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import { openWallet } from "../wallet/keys.ts";
import { seedFromPhrase } from "../wallet/seed.ts";
import { openSignerLog } from "./log.ts";
import { coin, PHRASE, payment, signed, signerAt, testFolder, wallet, withdrawal } from "./testing.ts";

const newPath = testFolder();

/** A memory with three records. */
const filled = (): { path: string; lines: string[]; raws: string[] } => {
  const path = newPath();
  const signer = signerAt(path);
  const raws = [1, 2, 3].map((number) => signed(signer, payment([withdrawal(number)], [coin(number)])).raw);
  signer.close();
  return { path, lines: readFileSync(path, "utf8").trimEnd().split("\n"), raws };
};
const write = (path: string, lines: readonly string[]): void =>
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
const opening = (path: string, more = {}) => {
  try {
    const signer = signerAt(path, more);
    const raws = signer.records().map(({ raw }) => raw);
    signer.close();
    return raws;
  } catch (error) {
    return (error as { code?: string }).code;
  }
};
const DAMAGED = "signer_log_damaged";

test("forged, edited, reordered, doubled and removed lines are refused", () => {
  const { path, lines } = filled();
  const [first, a, b, c] = lines as [string, string, string, string];
  const forgeries: string[][] = [
    [first, a.replace('"transfer":1', '"transfer":9'), b, c],
    [first, a, b, c.replace(/^./, (digit) => (digit === "0" ? "1" : "0"))],
    [first, b, a, c],
    [first, a, b, c, c],
    [first, a, c],
    [first, b, c],
    [a, b, c],
    [first, a, b, c, `${"0".repeat(64)} {"is":"forgotten","txids":[],"why":"abandoned"}`],
    [first, a, b, c, "nonsense"],
    [first, a, b, c, ""],
    ["", first, a, b, c],
  ];
  for (const forgery of forgeries) {
    write(path, forgery);
    expect(opening(path)).toBe(DAMAGED);
  }
});

test("taking away the last lines is refused, and so is an older head, a forged one and none", () => {
  const { path, lines } = filled();
  const head = readFileSync(`${path}.head`, "utf8");
  for (const left of [0, 1, 2, 3]) {
    write(path, lines.slice(0, left));
    expect(opening(path)).toBe(DAMAGED);
  }
  rmSync(path);
  expect(opening(path)).toBe(DAMAGED);
  write(path, lines.slice(0, 3));
  for (const forged of [
    head.replace(" 4 ", " 3 "),
    `${"0".repeat(64)} 3 ${lines[2]!.slice(0, 64)}\n`,
    "",
    "nonsense",
    head.slice(0, -9),
  ]) {
    writeFileSync(`${path}.head`, forged);
    expect(opening(path)).toBe(DAMAGED);
  }
  write(path, lines);
  rmSync(`${path}.head`);
  expect(opening(path)).toBe(DAMAGED);
  writeFileSync(`${path}.head`, head);
  expect(opening(path)).toHaveLength(3);
});

test("the memory of another seed, or of another network of the same seed, is refused", () => {
  const { path } = filled();
  const other = openWallet(seedFromPhrase(`${"abandon ".repeat(23)}art`, "regtest"));
  expect(opening(path, { wallet: other })).toBe(DAMAGED);
  const signet = openWallet(seedFromPhrase(PHRASE, "signet")); // the same keys
  expect(opening(path, { wallet: signet })).toBe(DAMAGED);
});

test("a memory that must be there is not begun anew", () => {
  const path = newPath();
  expect(opening(path, { expected: true })).toBe("signer_log_missing");
  expect(existsSync(path)).toBe(false);
  expect(opening(path)).toEqual([]);
  expect(opening(path, { expected: true })).toEqual([]); // begun; all payouts were signed outside
  rmSync(`${path}.head`);
  expect(opening(path, { expected: true })).toBe("signer_log_missing"); // made to look as if just begun
});

test("a crash at any byte of a line, of its head, or of the beginning: what was given out is remembered", () => {
  const whole = newPath();
  const signer = signerAt(whole);
  const raws = [signed(signer, payment([withdrawal(1)], [coin(1)])).raw];
  const path = newPath();
  const restore = (): void => {
    copyFileSync(whole, path);
    copyFileSync(`${whole}.head`, `${path}.head`);
  };
  copyFileSync(`${whole}.head`, `${path}.head`);
  const before = statSync(whole).size;
  raws.push(signed(signer, payment([withdrawal(2)], [coin(2)])).raw);
  signer.close();
  const headBefore = readFileSync(`${path}.head`);
  const { size } = statSync(whole);
  for (let cut = before; cut <= size; cut += cut < size - 3 ? 37 : 1) {
    restore();
    truncateSync(path, cut);
    writeFileSync(`${path}.head`, headBefore);
    writeFileSync(`${path}.head.tmp`, "torn");
    expect(opening(path)).toEqual(cut < size ? raws.slice(0, 1) : raws);
    expect(opening(path, { expected: true })).toEqual(cut < size ? raws.slice(0, 1) : raws);
    // Once the head has counted it, a torn line is no crash.
    restore();
    truncateSync(path, cut);
    expect(opening(path)).toEqual(cut < size ? DAMAGED : raws);
  }
  const begun = newPath();
  const beginning = readFileSync(whole).subarray(0, readFileSync(whole).indexOf(10) + 1);
  for (let cut = 0; cut <= beginning.length; cut += 9) {
    writeFileSync(begun, beginning.subarray(0, cut));
    rmSync(`${begun}.head`, { force: true });
    expect(opening(begun)).toEqual([]);
    expect(opening(begun)).toEqual([]);
  }
});

test("a last line of which any part did not reach the disk is a torn one; once the head has counted it, it is damage", () => {
  const { path, raws } = filled();
  const whole = readFileSync(path);
  const begin = whole.lastIndexOf(10, whole.length - 2) + 1;
  const heads = [readFileSync(`${path}.head`)];
  const signer = signerAt(path);
  signed(signer, payment([withdrawal(4)], [coin(4)]));
  signer.close();
  heads.push(readFileSync(`${path}.head`));
  const longer = readFileSync(path);
  for (let at = whole.length; at < longer.length; at += 64) {
    const torn = Buffer.from(longer).fill(0, at, Math.min(at + 64, longer.length));
    for (const [i, head] of heads.entries()) {
      writeFileSync(path, torn);
      writeFileSync(`${path}.head`, head);
      expect(opening(path)).toEqual(i === 0 ? raws : DAMAGED);
    }
  }
  writeFileSync(path, Buffer.from(whole).fill(0, begin, begin + 1));
  writeFileSync(`${path}.head`, heads[0]!);
  expect(opening(path)).toBe(DAMAGED);
});

test("zeros are no reason to begin a memory anew whose head is missing", () => {
  const { path } = filled();
  rmSync(`${path}.head`);
  appendFileSync(path, Buffer.alloc(8));
  const before = readFileSync(path);
  expect(opening(path)).toBe(DAMAGED);
  expect(readFileSync(path)).toEqual(before);
});

test("a start writes the last line anew: the process before may have failed to sync it", () => {
  const { path, raws } = filled();
  const before = readFileSync(path);
  utimesSync(path, 0, 0);
  expect(opening(path)).toEqual(raws);
  expect(statSync(path).mtimeMs).toBeGreaterThan(0);
  expect(readFileSync(path)).toEqual(before);
});

test("after a torn line the next one is written in its place", () => {
  const { path, raws } = filled();
  appendFileSync(path, "00ff torn");
  const signer = signerAt(path);
  raws.push(signed(signer, payment([withdrawal(4)], [coin(4)])).raw);
  signer.close();
  expect(opening(path)).toEqual(raws);
});

test("what cannot be written is not signed, and nothing after it", () => {
  const { path, raws } = filled();
  const signer = signerAt(path);
  mkdirSync(`${path}.head.tmp`); // stands in the head's way
  const request = payment([withdrawal(4)], [coin(4)]);
  expect(() => signer.sign(request)).toThrow();
  rmSync(`${path}.head.tmp`, { recursive: true });
  expect(() => signer.sign(payment([withdrawal(5)], [coin(5)]))).toThrow(/nothing more is signed/);
  expect(signer.records()).toHaveLength(3);
  signer.close();
  // The next start finds the record, which is safe: it was never given out.
  const found = opening(path) as string[];
  expect(found.slice(0, 3)).toEqual(raws);
});

test("two signers cannot write to one memory", () => {
  const { path } = filled();
  const one = signerAt(path);
  const two = signerAt(path);
  signed(one, payment([withdrawal(4)], [coin(4)]));
  expect(() => two.sign(payment([withdrawal(5)], [coin(5)]))).toThrow(/something else/);
  one.close();
  two.close();
  expect(opening(path)).toHaveLength(4);
});

test("entries with any characters come back as they were", () => {
  const path = newPath();
  const options = { path, key: wallet.deriveKey("signer"), network: "regtest", expected: false } as const;
  const entries = [{ text: "a\nb\u2028c\u0000 Ünïcode" }, { n: 1 }, []];
  const log = openSignerLog(options);
  for (const entry of entries) log.append(entry);
  log.close();
  const again = openSignerLog(options);
  expect(again.entries).toEqual(entries);
  again.close();
});
