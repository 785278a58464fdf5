import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { paths } from "./data-folder.ts";
import { startHub } from "./start.ts";
import { must, newFolder, startTestHub, until } from "./testing/harness.ts";

const PASSWORD = "correct-horse-battery";

/** Takes connections and never says a word. */
const silentNode = async (): Promise<{ url: string; asked: () => number; close: () => void }> => {
  const sockets: net.Socket[] = [];
  const server = net.createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://hub:${PASSWORD}@127.0.0.1:${port}`,
    asked: () => sockets.length,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};

const nobody = "http://hub:correct-horse-battery@127.0.0.1:1";
const options = (data: string) => ({ port: 0, host: "127.0.0.1", devchainPort: 0, logLevel: "silent", data });
const fatal = (error: unknown): void => {
  throw error;
};

test("a hub that has its wallet serves accounts without its node, and a stop does not wait for a node that hangs", async () => {
  const first = await startTestHub();
  const { data } = first;
  await first.close();
  const node = await silentNode();
  const hub = await startTestHub({ bitcoinRpc: node.url, logLevel: "silent" }, data);
  await hub.newAccount();
  await until(
    async () => node.asked(),
    (count) => count > 0,
  );
  // Within a test's own time limit: a call of the node's is waited for thirty seconds.
  await hub.end();
  node.close();
});

test("what is in the way of a start is told without the node's password, and nothing is left behind that listens", async () => {
  const data = mkdtempSync(join(tmpdir(), "coinholder-start-"));
  for (const bitcoinRpc of [nobody, nobody.replace("127.0.0.1:1", "no such host"), `${nobody}/%`]) {
    const failed = await startHub({ ...options(data), bitcoinRpc }, fatal).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failed).toBeInstanceOf(Error);
    expect(inspect(failed, { depth: 10, showHidden: true })).not.toContain(PASSWORD);
  }
  expect(existsSync(paths(data).wallet)).toBe(false);
  rmSync(data, { recursive: true });
});

test("a start that fails, for whatever reason, tells the first of them and can be repeated at once in the same process", async () => {
  const first = await startTestHub();
  const { data } = first;
  const alice = await first.newAccount();
  await first.close();
  const { journal, wallet, walletPassphrase } = paths(data);
  const snapshots = join(journal, "snapshots");
  const [snapshot] = readdirSync(snapshots)
    .map((name) => join(snapshots, name))
    .sort()
    .reverse();
  const fails = async (because: object | string, changed = {}): Promise<void> => {
    const failing = expect(startHub({ ...options(data), ...changed }, fatal)).rejects;
    await (typeof because === "string" ? failing.toThrow(because) : failing.toMatchObject(because));
  };
  const starts = async (): Promise<void> => {
    const hub = await startTestHub({}, data);
    await must(hub.url, "my-balance", {}, alice);
    await hub.close();
  };
  const kept = new Map([wallet, walletPassphrase, snapshot!].map((path) => [path, readFileSync(path)]));
  const putBack = (): void => {
    for (const [path, bytes] of kept) writeFileSync(path, bytes);
  };

  writeFileSync(walletPassphrase, "another");
  await fails({ code: "wrong_passphrase" });
  // Also where the journal is damaged: who cannot open the wallet learns nothing of it.
  const head = join(journal, "journal.head");
  const rightHead = readFileSync(head);
  const { hash, ...at } = JSON.parse(rightHead.toString("latin1"));
  writeFileSync(head, JSON.stringify({ ...at, hash: "0".repeat(hash.length) }));
  truncateSync(snapshot!, 600);
  await fails({ code: "wrong_passphrase" });
  rmSync(walletPassphrase);
  await fails("passphrase is missing");
  putBack();
  writeFileSync(wallet, kept.get(wallet)!.subarray(1));
  await fails({ code: "wallet_file_damaged" });
  putBack();
  await fails({ code: "journal_damaged" });
  writeFileSync(head, rightHead);
  const busy = net.createServer().listen(0, "127.0.0.1");
  await once(busy, "listening");
  await fails({ code: "EADDRINUSE" }, { devchainPort: (busy.address() as AddressInfo).port });
  busy.close();

  await starts();
  // A snapshot cut short is passed over.
  truncateSync(join(snapshots, readdirSync(snapshots).sort().at(-1)!), 600);
  await starts();
  rmSync(data, { recursive: true });
});

test("a rescan without the node is told as such, before anything is served", async () => {
  const first = await startTestHub();
  const { data, url } = first;
  await first.close();
  const port = Number(new URL(url).port);
  const asked = { ...options(data), port, bitcoinRpc: nobody, rescanFrom: 1 };
  await expect(startHub(asked, fatal)).rejects.toMatchObject({ code: "node_unreachable" });
  await expect(fetch(`${url}/api/overview.js`)).rejects.toThrow();
  rmSync(data, { recursive: true });
});

test("a start that fails late gives back its port and its journal", async () => {
  const taken = net.createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const metricsPort = (taken.address() as AddressInfo).port;
  const data = newFolder();
  const config = join(data, "config.json");
  writeFileSync(config, "{}");
  await expect(startHub({ ...options(data), config, metricsPort }, fatal)).rejects.toThrow("EADDRINUSE");
  const hub = await startTestHub({}, data);
  await must(hub.url, "create-account");
  await hub.end();
  taken.close();
});

test("a hub is restarted with a rescan from the command line, and calls find everything in its place", async () => {
  const hub = await startTestHub();
  const holder = await hub.fundedAccount("0.25");
  await hub.close();
  const again = await startTestHub({ rescanFrom: 1 }, hub.data);
  expect((await must(again.url, "my-balance", {}, holder)).available.btc).toBe("0.25");
  await again.end();
}, 60_000);
