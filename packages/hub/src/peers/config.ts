import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { HmacAuthkey } from "@coinholder/protocol";
import { hubUrl } from "../crossings/hub-url.ts";
import { urlProblem } from "../outside/url.ts";

/** Another hub that this one tells of invoices. */
export interface PeerConfig {
  /** Its public URL, without a slash at the end. */
  readonly url: string;
  /** What its operator gave us to sign calls with; without it we are a stranger there. */
  readonly authkey: PeerAuthkey | undefined;
}

export interface PeerAuthkey {
  readonly account: string;
  readonly authkey: HmacAuthkey;
}

/** As the configuration file has it. */
export interface FilePeer {
  url: string;
  /** A file such as `coinholder peers key` writes; relative to the configuration file. */
  authkey_file?: string;
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const readAuthkey = (path: string): PeerAuthkey => {
  let read: { account?: unknown; authkey?: Partial<Record<keyof HmacAuthkey, unknown>> } | null;
  try {
    read = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    // The text is a secret: only what the system says of the file is told.
    throw new Error(`peers: ${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? "not JSON"}`);
  }
  const { account, authkey: { key, token, type } = {} } = read ?? {};
  if (!isText(account) || !isText(token) || !isText(key) || type !== "hmac-sha256")
    throw new Error(
      `peers: ${path} is no authkey file: {account, authkey: {type: "hmac-sha256", token, key}}`,
    );
  return { account, authkey: { type, token, key } };
};

/** A peer's URL in the writing that peers are known by. Throws what is wrong with it. */
export const readPeerUrl = (text: unknown): string => {
  // Whom to tell is the operator's choice: addresses of the own network, too.
  if (!isText(text) || urlProblem(text, true) !== undefined)
    throw new Error(`peers: ${String(text)} is no http(s) URL such as https://hub.example.org`);
  const { hash, search } = new URL(text);
  if (hash !== "" || search !== "") throw new Error(`peers: ${text} has more than a hub's URL`);
  return hubUrl(text);
};

/** Throws with what is wrong. @param file path of the configuration file */
export const readPeers = (of: unknown, file: string): PeerConfig[] => {
  if (!Array.isArray(of)) throw new Error("peers is a list of {url, authkey_file}");
  const peers = (of as readonly FilePeer[]).map((one) => {
    const { authkey_file: key, url, ...more } = one ?? {};
    const strange = Object.keys(more)[0];
    if (strange !== undefined) throw new Error(`peers: there is no setting ${strange}`);
    const authkey = key === undefined ? undefined : readAuthkey(resolve(dirname(file), key));
    return { url: readPeerUrl(url), authkey };
  });
  const twice = peers.find(({ url }, i) => peers.findIndex((one) => one.url === url) !== i);
  if (twice) throw new Error(`peers: ${twice.url} is there twice`);
  return peers;
};

/** Those of the configuration file, and those that are only named. */
export const allPeers = (configured: readonly PeerConfig[], named: readonly string[]): PeerConfig[] => {
  const urls = new Set(named.map(readPeerUrl));
  for (const { url } of configured) urls.delete(url);
  return [...configured, ...[...urls].map((url) => ({ url, authkey: undefined }))];
};
