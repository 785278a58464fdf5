import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { paths } from "@coinholder/hub";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startHubProcess } from "../demo/hub-process.ts";
import { commandLine } from "../testing.ts";

let at: ReturnType<typeof commandLine>;
let data: string;

/** What a hub leaves in a folder of its own. */
const stoppedHub = async (name: string): Promise<string> => {
  const hub = await startHubProcess();
  const left = join(at.folder, name);
  await hub.stop();
  cpSync(hub.data, left, { recursive: true });
  return left;
};
const verify = async (env: Record<string, string> = {}) => {
  const { code, out, err } = await at.run(["verify", "--data", data, "--json"], { env });
  return code === 0 ? JSON.parse(out) : JSON.parse(err).error;
};

beforeAll(async () => {
  at = commandLine();
  data = await stoppedHub("data");
});
afterAll(() => at.remove());

test("a journal is verified with the passphrase of its wallet, and without it the command says what is missing", async () => {
  expect(await verify()).toMatchObject({ state_hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(await verify({ COINHOLDER_WALLET_PASSPHRASE: "guessed" })).toMatchObject({
    code: "wrong_passphrase",
    message: expect.not.stringContaining("guessed"),
  });
  const kept = paths(data).walletPassphrase;
  const elsewhere = join(at.folder, "passphrase");
  cpSync(kept, elsewhere);
  rmSync(kept);
  expect(await verify()).toMatchObject({
    code: "passphrase_missing",
    message: expect.stringContaining("COINHOLDER_WALLET_PASSPHRASE_FILE"),
  });
  expect(await verify({ COINHOLDER_WALLET_PASSPHRASE_FILE: elsewhere })).toMatchObject({
    entries: expect.any(Number),
  });
  expect(await verify({ COINHOLDER_WALLET_PASSPHRASE_FILE: join(at.folder, "nowhere") })).toMatchObject({
    code: "passphrase_missing",
  });
});

test("a journal does not verify with another wallet, nor without one", async () => {
  const other = await stoppedHub("other");
  for (const file of ["wallet", "walletPassphrase"] as const) cpSync(paths(other)[file], paths(data)[file]);
  expect(await verify()).toMatchObject({
    code: "verification_failed",
    message: expect.stringContaining("another wallet"),
  });
  rmSync(paths(data).wallet);
  expect(await verify()).toMatchObject({ code: "wallet_file_missing" });
});
