import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { commandLine } from "../testing.ts";

// The key, address and signatures of the BIP's basic test vectors (BIP-322, «Test vectors»: simple).
const KEY = "L3VFeEujGtevx9w18HD1fhRbCH67Az2dpCymeRE1SoPK6XQtaN2k";
const ADDRESS = "bc1q9vza2e8x573nczrlzms0wvx3gsqjx7vavgkx0l";
const SIGNATURE =
  "smpAkcwRAIgZRfIY3p7/DoVTty6YZbWS71bc5Vct9p9Fia83eRmw2QCICK/ENGfwLtptFluMGs2KsqoNSk89pO7F29zJLUx9a/sASECx/EgAxlkQpQ9hYjgGu6EBCPMVPwVIVJqO4XCsMvViHI=";

let at: ReturnType<typeof commandLine>;
beforeEach(() => {
  at = commandLine();
});
afterEach(() => at.remove());

const verify = (address: string, signature: string, input: string | Buffer) =>
  at.run(["message", "verify", address, signature], { input });

test("the BIP's own signature is valid, of exactly its message: exit code 0, else 1", async () => {
  expect(await verify(ADDRESS, SIGNATURE, "Hello World")).toEqual({ code: 0, out: "valid\n", err: "" });
  expect(await verify(ADDRESS, SIGNATURE, "Hello World\n")).toMatchObject({ code: 1 });
  expect(await verify("bc1qnonsense", SIGNATURE, "Hello World")).toMatchObject({ code: 1 });
});

test("what nobody can judge: exit code 2, also when it is the command line", async () => {
  expect(await verify(ADDRESS, `pof${SIGNATURE.slice(3)}`, "Hello World")).toMatchObject({ code: 2 });
  expect(await at.run(["message", "verify", ADDRESS])).toMatchObject({ code: 2 });
});

test("the key comes from the environment or a file, as WIF or hex, and makes signatures that verify", async () => {
  const message = Buffer.from([0, 255, 10, 128]);
  const byEnvironment = await at.run(["message", "sign", ADDRESS], {
    input: message,
    env: { COINHOLDER_PRIVATE_KEY: KEY },
  });
  expect(byEnvironment.code).toBe(0);
  const file = join(at.folder, "key");
  writeFileSync(file, `${KEY}\n`);
  const byFile = await at.run(["message", "sign", ADDRESS, "--key-file", file], { input: message });
  expect(byFile.out).toBe(byEnvironment.out);
  expect(await verify(ADDRESS, byFile.out.trim(), message)).toMatchObject({ code: 0 });
});

test("a hex key signs for its legacy address, in the full form", async () => {
  // The private key 1 and its p2pkh address.
  const one = "1".padStart(64, "0");
  const legacy = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH";
  const signed = await at.run(["message", "sign", legacy, "--json"], {
    input: "hello",
    env: { COINHOLDER_PRIVATE_KEY: one },
  });
  const { signature } = JSON.parse(signed.out);
  expect(signature).toMatch(/^ful/);
  expect(await verify(legacy, signature, "hello")).toMatchObject({ code: 0 });
});

test("a wrong key is refused and never repeated", async () => {
  const wrong = `${KEY.slice(0, -1)}A`;
  for (const [key, code] of [
    [wrong, "malformed_private_key"],
    ["ab".repeat(32), "not_address_of_key"],
  ] as const) {
    const ran = await at.run(["message", "sign", ADDRESS], { env: { COINHOLDER_PRIVATE_KEY: key } });
    expect(ran).toMatchObject({ code: 1, out: "" });
    expect(ran.err).toContain(code);
    expect(ran.err).not.toContain(key);
  }
  expect(await at.run(["message", "sign", ADDRESS])).toMatchObject({ code: 2 });
});
