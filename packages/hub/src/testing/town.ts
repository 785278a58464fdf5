import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startDevchain } from "@coinholder/bitcoin/devchain";
import { paths } from "../data-folder.ts";
import { type RunningHub, startHub } from "../start.ts";
import { call, type Key, must, newFolder, until } from "./harness.ts";
import type { Random } from "./random.ts";

/** A hub of a town: several that follow one development chain and know each other. */
export interface TownHub extends RunningHub {
  readonly data: string;
  readonly operator: Key;
}

/** A port that was free a moment ago: peers are named before they are started. */
export const freePorts = async (count: number): Promise<number[]> => {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
};

export const operatorOf = (file: string): Key => {
  const { account, authkey } = JSON.parse(readFileSync(file, "utf8"));
  return { account, token: authkey.token, key: authkey.key };
};

/** The RPC of a hub's development chain, for others to follow. */
export const chainUrlOf = (hub: Pick<RunningHub, "devchainUrl">, data: string): string => {
  const url = new URL(hub.devchainUrl!);
  url.username = "devchain";
  url.password = readFileSync(paths(data).devchainPassword, "utf8").trim();
  return url.href;
};

export interface TownHubOptions {
  readonly port?: number;
  readonly data?: string;
  readonly bitcoinRpc?: string | undefined;
  readonly peers?: readonly { readonly url: string; readonly authkey_file?: string }[];
}

/** In this process, on the chain of another if one is named. */
export const startTownHub = async (options: TownHubOptions = {}): Promise<TownHub> => {
  const { data = newFolder(), port = 0, bitcoinRpc, peers = [] } = options;
  const config = join(data, "config.json");
  writeFileSync(config, JSON.stringify({ accounts_per_hour: 1_000_000, peers }));
  const hub = await startHub(
    {
      port,
      host: "127.0.0.1",
      devchainPort: 0,
      data,
      config,
      bitcoinRpc,
      logLevel: "error",
      trustProxy: "127.0.0.1",
    },
    (error) => {
      throw error;
    },
  );
  return { ...hub, data, operator: operatorOf(hub.operatorAuthkeyFile) };
};

/** What an operator gives to a peer: a key of the operator's account that may tell of invoices and nothing else. */
export const keyForPeer = async (
  { url, operator }: { readonly url: string; readonly operator: Key },
  peerUrl: string,
): Promise<{ account: string; authkey: { type: string; token: string; key: string } }> => {
  const account = operator.account!;
  const { authkey } = await must(
    url,
    "create-authkey",
    {
      label: peerUrl,
      permissions: JSON.stringify([
        [account, "broadcast-invoice"],
        [account, "withdraw-invoice"],
      ]),
    },
    operator,
  );
  return { account, authkey: { type: "hmac-sha256", token: authkey.token, key: authkey.key! } };
};

/** Whether a hub knows the invoice, and how it stands there. */
export const stateAt = async (url: string, btc_address: string): Promise<string | undefined> => {
  const { body } = await call(url, "invoice-status", { btc_address });
  return body.state as string | undefined;
};

/** A development chain of its own, that hubs may come and go on. */
export const startTownChain = async (): Promise<{ rpc: string; end: () => Promise<void> }> => {
  const data = newFolder();
  const chain = await startDevchain({ port: 0, dataDir: data, user: "town", password: "town" });
  const url = new URL(chain.url);
  url.username = "town";
  url.password = "town";
  return {
    rpc: url.href,
    end: async () => {
      await chain.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
};

/** Pairs of hubs, by number, that are each other's peers. */
export type Shape = readonly (readonly [number, number])[];

export const shapes = (
  count: number,
  random: Random,
): Readonly<Record<"line" | "ring" | "star" | "tree" | "web", Shape>> => {
  const line: Shape = Array.from({ length: count - 1 }, (_, i) => [i, i + 1]);
  const tree: Shape = Array.from({ length: count - 1 }, (_, i) => [random.below(i + 1), i + 1]);
  const web: (readonly [number, number])[] = [...tree];
  for (let i = 0; i < count / 2; i++) {
    const a = random.below(count);
    const b = (a + 1 + random.below(count - 1)) % count;
    if (!web.some(([c, d]) => (a === c && b === d) || (a === d && b === c))) web.push([a, b]);
  }
  return {
    line,
    ring: [...line, [count - 1, 0]],
    star: Array.from({ length: count - 1 }, (_, i) => [0, i + 1]),
    tree,
    web,
  };
};

export const neighbours = (shape: Shape, hub: number): number[] =>
  shape.flatMap(([a, b]) => (a === hub ? [b] : b === hub ? [a] : []));

/** Waits until all peers of a hub are up and know all that there is. */
export const settled = ({ url, operator }: Pick<TownHub, "url" | "operator">) =>
  until(
    () => call(url, "operator-peers", {}, operator),
    ({ body }) =>
      (body.peers as { up: boolean; queue: number }[]).every(({ up, queue }) => up && queue === 0),
    120_000,
  );

const program = fileURLToPath(new URL("./town-process.js", import.meta.url));

export interface TownProcess {
  readonly url: string;
  readonly operator: Key;
  /** SIGKILL; resolves when the process is gone. */
  readonly kill: () => Promise<void>;
}

/** The same in a process of its own. */
export const startTownProcess = async (
  options: Required<Omit<TownHubOptions, "bitcoinRpc">> & { readonly bitcoinRpc: string },
): Promise<TownProcess> => {
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = `${errors}${text}`.slice(-4000);
  });
  child.stdin.on("error", () => {});
  const exited = once(child, "close");
  const line = once(createInterface(child.stdout), "line") as Promise<[string]>;
  const printed = await Promise.race([line, exited.then(() => undefined)]);
  if (!printed) throw new Error(`the hub did not start: ${errors}`);
  const { url, operatorAuthkeyFile } = JSON.parse(printed[0]) as Record<string, string>;
  return {
    url: url!,
    operator: operatorOf(operatorAuthkeyFile!),
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
};
