import { accessSync, constants, mkdirSync, readFileSync, statSync } from "node:fs";
import { createServer, isIP } from "node:net";
import { dirname, resolve } from "node:path";
import { createSecureContext } from "node:tls";
import type { HubOptions } from "@coinholder/hub";
import { InvalidArgumentError } from "commander";
import { CommandError, usageError } from "./failure.ts";

/** What is said of --public-url before commander says which option is meant. */
export const publicUrl = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.search === "" && url.hash === "" && url.username === "" && url.password === "";
  if (!isPlain || !/^https?:\/\//.test(text))
    throw new InvalidArgumentError("It must be an http(s) URL such as https://hub.example.org.");
  return text;
};

/** Each --peer adds to those before; COINHOLDER_PEER has them with blanks between. */
export const peerUrls = (text: string, before: readonly string[] = []): string[] => [
  ...before,
  ...text
    .split(/\s+/)
    .filter((one) => one !== "")
    .map(publicUrl),
];

/** A node's RPC. What is wrong is told without the text: a password may stand in it. */
export const nodeUrl = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError("It must be an http(s) URL such as http://user:password@127.0.0.1:8332.");
  return text;
};

export const blockHeight = (text: string): number => {
  if (!/^(0|[1-9][0-9]{0,8})$/.test(text)) throw new InvalidArgumentError("It must be a block's height.");
  return Number(text);
};

export const workers = (text: string): number => {
  if (!/^([0-9]|[1-5][0-9]|6[0-4])$/.test(text))
    throw new InvalidArgumentError("It must be a number of processes from 0 to 64.");
  return Number(text);
};

/** Names that stand for networks where proxies are given. */
const NETWORK_NAMES = ["loopback", "linklocal", "uniquelocal"];

const isAddressOrNetwork = (text: string): boolean => {
  if (NETWORK_NAMES.includes(text)) return true;
  const [address, prefix, ...more] = text.split("/") as [string, ...string[]];
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  if (prefix === undefined) return true;
  return /^[1-9][0-9]{0,2}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128);
};

export const proxies = (text: string): string => {
  const wrong = text.split(",").find((one) => !isAddressOrNetwork(one.trim()));
  if (wrong !== undefined)
    throw new InvalidArgumentError(
      `${JSON.stringify(wrong.trim())} is not an IP address or a network such as 10.0.0.0/8.`,
    );
  return text;
};

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "this user may not",
  EPERM: "this user may not",
  ENOTDIR: "a part of the path is a file",
  EROFS: "the disk takes no changes",
};

const reason = (error: unknown): string => {
  const { code = String(error) } = error as { code?: string };
  return REASONS[code] ?? code;
};

const readNamed = (flag: string, file: string): Buffer => {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CommandError("file_unreadable", `${flag} ${file} cannot be read: ${reason(error)}`);
  }
};

/** Whether the PEM files, where there are some, are a certificate and its key. Throws CommandError. */
export const checkTls = ({ tlsCert, tlsKey }: Pick<HubOptions, "tlsCert" | "tlsKey">): void => {
  if (tlsCert === undefined || tlsKey === undefined) return;
  const cert = readNamed("--tls-cert", tlsCert);
  const key = readNamed("--tls-key", tlsKey);
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw new CommandError(
      "certificate_unusable",
      `--tls-cert ${tlsCert} and --tls-key ${tlsKey} are not a certificate and its key in PEM: ${(error as Error).message}`,
    );
  }
};

const checkFiles = (options: HubOptions): void => {
  const { config, bitcoinCert } = options;
  if (config !== undefined) readNamed("--config", config);
  if (bitcoinCert !== undefined) readNamed("--bitcoin-cert", bitcoinCert);
  checkTls(options);
};

const unusable = (data: string, why: string): CommandError =>
  new CommandError("data_unusable", `--data ${data} ${why}`);

/** Makes the folder. (Node 20's recursive mkdir never returns where a parent refuses with ENOENT, as /proc does.) */
const makeFolder = (data: string, path: string): void => {
  const parent = dirname(path);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found !== undefined)
    throw unusable(
      data,
      path === resolve(data) ? "is a file, not a folder" : `cannot be made: ${path} is a file`,
    );
  makeFolder(data, parent);
  mkdirSync(path, { mode: 0o700 });
};

/** Makes the data folder where it is missing. Throws CommandError. */
export const checkData = (data: string): void => {
  try {
    makeFolder(data, resolve(data));
  } catch (error) {
    throw error instanceof CommandError ? error : unusable(data, `cannot be made: ${reason(error)}`);
  }
  try {
    accessSync(data, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(data, `cannot be read and written: ${reason(error)}`);
  }
};

const listenFailure = (
  error: NodeJS.ErrnoException,
  flag: string,
  port: number,
  host: string,
): CommandError => {
  switch (error.code) {
    case "EADDRINUSE":
      return new CommandError("port_in_use", `port ${port} is in use; choose another with ${flag}`);
    case "EACCES":
      return new CommandError(
        "port_refused",
        `this user may not listen on port ${port}; choose another with ${flag}`,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new CommandError("host_unusable", `--host ${host} is not an address of this machine`);
    default:
      return new CommandError("start_failed", error.message);
  }
};

export const checkListening = (flag: string, port: number, host: string): Promise<void> =>
  new Promise((done, fail) => {
    const server = createServer();
    server.once("error", (error) => fail(listenFailure(error, flag, port, host)));
    server.listen(port, host, () => server.close(() => done()));
  });

/**
 * Looks for what stands in the way of a start and is the operator's to mend, before anything is made but the data folder
 * itself. Throws CommandError. `readConfig` reads the configuration file or throws what is wrong in it.
 */
export const checkStart = async (
  options: HubOptions,
  readConfig: (path: string | undefined) => unknown,
): Promise<void> => {
  if ((options.tlsCert === undefined) !== (options.tlsKey === undefined))
    throw usageError("--tls-cert and --tls-key go together");
  const { bitcoinRpc, bitcoinCookie, bitcoinCert } = options;
  if (bitcoinRpc === undefined && (bitcoinCookie !== undefined || bitcoinCert !== undefined))
    throw usageError("--bitcoin-cookie and --bitcoin-cert go with --bitcoin-rpc");
  if (bitcoinRpc !== undefined && bitcoinCookie === undefined && new URL(bitcoinRpc).username === "")
    throw usageError("--bitcoin-rpc needs a user and password in the URL, or --bitcoin-cookie");
  const ownChain = bitcoinRpc === undefined;
  if (ownChain && options.port !== 0 && options.port === options.devchainPort)
    throw usageError("--port and --devchain-port must be different");
  checkFiles(options);
  readConfig(options.config);
  await checkListening("--port", options.port, options.host);
  if (ownChain) await checkListening("--devchain-port", options.devchainPort, "127.0.0.1");
  checkData(options.data);
};

/** What hub, journal and Bitcoin edge throw by a code of theirs stays; all else that ends a start gets one code. */
export const startFailure = (error: unknown): Error => {
  const { code, message = String(error) } = error as { code?: unknown; message?: string };
  const isOurs = typeof code === "string" && /^[a-z]+(?:_[a-z]+)*$/.test(code);
  return isOurs && error instanceof Error ? error : new CommandError("start_failed", message);
};
