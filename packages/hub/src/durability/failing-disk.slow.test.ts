import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { callsIn, hasStrace, type SystemCall, underStrace } from "@coinholder/journal/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { paths } from "../data-folder.ts";
import { FULL_BYTES } from "../disk-room.ts";
import { type Answered, accountOf, call, type Key, must, newFolder, until } from "../testing/harness.ts";
import { journalKey, verifyData } from "../verify.ts";
import { units } from "./books.ts";
import { type ChildHub, startChildHub } from "./child-hub.ts";

let data: string;
let hub: ChildHub | undefined;
let alice: Key & { account: string };
let bob: Key & { account: string };
let address: string;

beforeEach(() => {
  data = newFolder();
});
afterEach(async () => {
  await hub?.kill();
  hub = undefined;
  rmSync(data, { recursive: true, force: true });
});

const log = (): string => join(paths(data).journal, "journal.db-wal");

const start = async (under?: readonly string[]): Promise<ChildHub> => {
  hub = await startChildHub(data, undefined, under);
  return hub;
};

/** Two accounts, one with a bitcoin. */
const invite = async (on: ChildHub): Promise<void> => {
  [alice, bob] = [await accountOf(on.url), await accountOf(on.url)];
  ({ btc_address: address } = await must(on.url, "new-btc-address", {}, bob));
  const { btc_address } = await must(on.url, "new-btc-address", {}, alice);
  await on.rpc("devchain_fund", btc_address, "1");
  await on.rpc("devchain_mine", 1);
  await until(
    () => must(on.url, "my-balance", {}, alice),
    ({ available }) => available.btc !== undefined,
    60_000,
  );
};

const operatorOf = (folder: string): Key => {
  const { account, authkey } = JSON.parse(readFileSync(paths(folder).operatorAuthkey, "utf8"));
  return { account, token: authkey.token, key: authkey.key };
};

const pay = (on: ChildHub, n: number): Promise<Answered | undefined> =>
  call(
    on.url,
    "send-btc",
    { to_btc_address: address, amount: "0.00001", client_id: `pay-${n}` },
    alice,
  ).catch(() => undefined);

/** Pays one after the other until the hub does not do it any more. The last of the answers is that of the first that was not done. */
const payUntilItFails = async (on: ChildHub): Promise<(Answered | undefined)[]> => {
  const answers: (Answered | undefined)[] = [];
  while (answers.length < 20_000) {
    answers.push(await pay(on, answers.length));
    if (answers.at(-1)?.status !== 200) return answers;
  }
  throw new Error("it never failed");
};

const bobHas = async (on: ChildHub): Promise<number> =>
  units((await must(on.url, "my-balance", {}, bob)).available.btc, "btc");

/** What was answered is there, once; what was not is done when it is asked for again, once. */
const expectKept = async (on: ChildHub, answers: readonly (Answered | undefined)[]): Promise<void> => {
  for (const [n, answer] of answers.entries()) {
    const again = await pay(on, n);
    expect(again?.status, JSON.stringify(again)).toBe(200);
    if (answer?.status === 200) expect(again!.body).toEqual(answer.body);
  }
  expect(await bobHas(on)).toBe(answers.length * 1000);
};

describe.skipIf(!hasStrace)("as the system saw it", () => {
  const isAnswer = ({ name, on, text }: SystemCall, port: string): boolean =>
    name.startsWith("write") && on.includes(`:${port}->`) && text.includes("HTTP/1.1 200");

  test("every answer follows a sync of what was written for it: none leaves before its group is on disk", {
    timeout: 180_000,
  }, async () => {
    const file = join(data, "trace");
    const on = await start(underStrace(file, { trace: "pwrite64,fsync,fdatasync,write,writev" }));
    await invite(on);
    const alone = 25;
    for (let n = 0; n < alone; n++) expect((await pay(on, n))?.status).toBe(200);
    const pid = on.pid;
    await on.kill();
    const calls = await callsIn(file, pid);
    const { port } = new URL(on.url);
    const answers = calls.flatMap((one, at) => (isAnswer(one, port) ? [at] : [])).slice(-alone - 1);
    expect(answers).toHaveLength(alone + 1);
    for (const [i, at] of answers.entries()) {
      if (i === 0) continue;
      const meanwhile = calls.slice(answers[i - 1]! + 1, at).filter((one) => one.on === log());
      const written = meanwhile.findIndex(({ name }) => name === "pwrite64");
      expect(written, `something was written for payment ${i}`).toBeGreaterThanOrEqual(0);
      const synced = meanwhile.findIndex(
        ({ name, result }, n) => n > written && name !== "pwrite64" && result === 0,
      );
      expect(synced, `and synced before its answer`).toBeGreaterThan(written);
    }
    const { groups } = await verifyData(data, await journalKey(data));
    const syncs = calls.filter(({ name, on: path }) => path === log() && name !== "pwrite64");
    expect(syncs.length, "one for each group at least").toBeGreaterThanOrEqual(groups);
  });

  test("a sync that fails (EIO) ends the hub: nothing of that group is answered, and nothing is tried again", {
    timeout: 180_000,
  }, async () => {
    const file = join(data, "trace");
    const what = { trace: "pwrite64,fsync,fdatasync", only: [log()] };
    const on = await start(underStrace(file, { ...what, inject: ["fsync,fdatasync:error=EIO:when=60+"] }));
    await invite(on);
    const answers = await payUntilItFails(on);
    expect(answers.length).toBeGreaterThan(10);
    expect(answers.at(-1)?.code ?? "outcome_unknown").toBe("outcome_unknown");
    expect(await on.stop(), "it ends by itself").toBe(3);
    const calls = await callsIn(file, on.pid);
    const failed = calls.findIndex(({ injected }) => injected);
    expect(calls.slice(failed + 1).filter(({ name }) => name === "pwrite64")).toEqual([]);
    await expectKept(await start(), answers);
  });
});

describe.skipIf(process.platform === "win32")("a full disk", () => {
  /** A file system of its own, where this user may make one. */
  const mounted = (megabytes: number): boolean =>
    spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "none", data]).status === 0;
  const unmount = (): void => void spawnSync("umount", ["-l", data]);

  test("refuses what changes anything, answers what reads, and goes on once there is room", {
    timeout: 240_000,
  }, async ({ skip }) => {
    if (!mounted(256)) return skip("this user may not mount a file system");
    try {
      const on = await start();
      await invite(on);
      for (let n = 0; n < 10; n++) expect((await pay(on, n))?.status).toBe(200);
      const ballast = join(data, "ballast");
      const { bavail, bsize } = statfsSync(data);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize - FULL_BYTES / 2));
      const refused = await until(
        () => pay(on, 10),
        (answer) => answer?.status !== 200,
        10_000,
      );
      expect(refused).toMatchObject({ status: 503, body: { error: { code: "disk_full" } } });
      const had = await bobHas(on);
      for (let n = 11; n < 200; n++) expect((await pay(on, n))?.code).toBe("disk_full");
      expect(await bobHas(on), "nothing was changed").toBe(had);
      const { alarms } = await must(on.url, "operator-chain", {}, operatorOf(data));
      expect(alarms).toMatchObject([{ name: "disk_full", level: "error" }]);
      // The chain goes on coming in: what it brings cannot be refused.
      await on.rpc("devchain_mine", 1);
      rmSync(ballast);
      await until(
        () => pay(on, 10),
        (answer) => answer?.status === 200,
        10_000,
      );
      for (let n = 11; n < 30; n++) expect((await pay(on, n))?.status).toBe(200);
      expect(await hub!.stop(), "in the same life").toBe(0);
      await verifyData(data, await journalKey(data));
    } finally {
      await hub?.kill();
      unmount();
    }
  });

  test("that comes all at once ends the hub before anything is answered that is not there; with room again it goes on", {
    timeout: 240_000,
  }, async () => {
    // No file may grow beyond this many kilobytes (the limit is in blocks of 512 bytes): the disk itself tells of much room.
    const on = await start(["sh", "-c", 'ulimit -f "$0"; exec "$@"', String(600 * 2)]);
    await invite(on);
    const answers = await payUntilItFails(on);
    expect(answers.length).toBeGreaterThan(10);
    expect(answers.at(-1)?.code ?? "outcome_unknown").toBe("outcome_unknown");
    expect(await on.stop(), "it ends by itself").toBe(3);
    await verifyData(data, await journalKey(data));
    await expectKept(await start(), answers);
    expect(await hub!.stop()).toBe(0);
  });
});
