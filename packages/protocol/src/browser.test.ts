import { createHmac } from "node:crypto";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { build } from "vite";
import { expect, test } from "vitest";

const ENTRY = fileURLToPath(new URL("./index.js", import.meta.url));

/** The package as one script for a page: what needs Node would be left outside, and make the build fail. */
const bundled = async (): Promise<string> => {
  const result = await build({
    logLevel: "silent",
    configFile: false,
    build: {
      write: false,
      minify: false,
      target: "es2022",
      lib: { entry: ENTRY, formats: ["iife"], name: "coinholder" },
    },
  });
  const [{ output }] = result as unknown as [{ output: [{ code: string; imports: string[] }] }];
  expect(output[0].imports).toEqual([]);
  return output[0].code;
};

test("the protocol runs where there is nothing of Node: it signs, verifies, reads amounts and answers' shapes", async () => {
  const code = await bundled();
  expect(code).not.toMatch(/__vite-browser-external|require\(|from "node:/);
  // A browser's globals and no others: no process, no Buffer, no require.
  const page = {
    TextEncoder,
    TextDecoder,
    URLSearchParams,
    crypto: globalThis.crypto,
    result: undefined as unknown,
  };
  runInNewContext(
    `${code}
     const p = coinholder;
     const script = p.decodeAddress("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080");
     result = JSON.stringify({
       amount: p.parseAmount("17.50", 8),
       type: script.type,
       functions: p.functionNames.length,
       hmac: p.signCall("AAAA", new TextEncoder().encode("f=my-balance")),
       form: [...p.decodeForm("a=1&b=%C3%A9").pairs],
       verdict: p.verifyMessage(
         "bc1q9vza2e8x573nczrlzms0wvx3gsqjx7vavgkx0l",
         "Hello World",
         "smpAkcwRAIgZRfIY3p7/DoVTty6YZbWS71bc5Vct9p9Fia83eRmw2QCICK/ENGfwLtptFluMGs2KsqoNSk89pO7F29zJLUx9a/sASECx/EgAxlkQpQ9hYjgGu6EBCPMVPwVIVJqO4XCsMvViHI=",
       ).result,
     });`,
    page,
  );
  expect(JSON.parse(page.result as string)).toMatchObject({
    amount: { amount: 1_750_000_000 },
    type: "p2wpkh",
    hmac: createHmac("sha256", Buffer.from("AAAA", "base64")).update("f=my-balance").digest("base64"),
    form: [
      ["a", "1"],
      ["b", "é"],
    ],
    verdict: "valid",
  });
});
