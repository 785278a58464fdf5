import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { signerAt, testFolder } from "./testing.ts";

const newPath = testFolder();

/** A process that signs one payment after the other and tells each once it has it. */
const script = (path: string, from: number): string => `
  const bitcoin = await import(${JSON.stringify(new URL("../index.js", import.meta.url).href)});
  const { MAX_SATS, openSigner, openWallet, planPayout, seedFromPhrase } = bitcoin;
  const wallet = openWallet(seedFromPhrase("abandon ".repeat(11) + "about", "regtest"));
  const limits = { perDay: MAX_SATS, perPayout: MAX_SATS, feeRate: 10_000 };
  const signer = openSigner({ wallet, path: ${JSON.stringify(path)}, limits });
  for (let n = ${from}; ; n++) {
    const address = wallet.address("receive", n).address;
    const coin = { txid: n.toString(16).padStart(64, "0"), vout: 0, value: 50_000, type: "p2wpkh",
      branch: "receive", index: n, confirmed: true };
    const plan = planPayout({ network: "regtest", coins: [coin], outputs: [{ address, amount: 10_000 }],
      changeAddresses: [wallet.address("change", n).address], feeRate: 1, maxFee: 10_000 });
    const withdrawals = [{ transfer: n, address, amount: 10_000 }];
    const outcome = signer.sign({ is: "payment", plan, withdrawals, changeIndexes: [n] });
    process.stdout.write(outcome.signed.txid + "\\n");
  }
`;

test("killed in the middle of signing, again and again: all that was given out is remembered", async () => {
  const path = newPath();
  const given: string[] = [];
  for (let round = 0; round < 5; round++) {
    const from = round * 1_000 + 1;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script(path, from)], {
      cwd: fileURLToPath(new URL(".", import.meta.url)),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    const until = given.length + 5 + round * 3;
    for await (const line of createInterface({ input: child.stdout })) {
      given.push(line);
      if (given.length === until) child.kill("SIGKILL");
    }
    await ended;
    const signer = signerAt(path, { now: Date.now, expected: true });
    const remembered = signer.records().map(({ txid }) => txid);
    signer.close();
    for (const txid of given) expect(remembered).toContain(txid);
    expect(remembered.length).toBeLessThanOrEqual(given.length + 5);
  }
}, 120_000);
