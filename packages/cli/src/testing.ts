import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { functionNames } from "@coinholder/protocol";

export const PROGRAM = fileURLToPath(new URL("../bin/coinholder.js", import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A folder of its own, and the command line run in it, with its keyring there and nothing else of the surroundings. */
export const commandLine = (): {
  folder: string;
  keys: string;
  run: (
    words: readonly string[],
    given?: { env?: Record<string, string>; input?: string | Buffer },
  ) => Promise<Ran>;
  remove: () => void;
} => {
  const folder = mkdtempSync(join(tmpdir(), "coinholder-cli-"));
  const keys = join(folder, "config", "keys.json");
  return {
    folder,
    keys,
    run: async (words, { env = {}, input = "" } = {}) => {
      const child = spawn(process.execPath, [PROGRAM, ...words], {
        cwd: folder,
        env: { PATH: process.env.PATH, TZ: "UTC", COINHOLDER_KEYS: keys, ...env },
      });
      let out = "";
      let err = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        out += text;
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        err += text;
      });
      // A program that does not read its input has closed it by now.
      child.stdin.on("error", () => {});
      child.stdin.end(input);
      const [code] = await once(child, "close");
      return { code, out, err };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
};

export const listen = async (
  server: Server,
): Promise<{ url: string; port: number; close: () => Promise<void> }> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

export interface Asked {
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
  /** Whose key signed; undefined when nobody's did. */
  readonly account: string | undefined;
}
export type Reply =
  | { readonly answer: unknown }
  | { readonly status: number; readonly code: string; readonly [about: string]: unknown };

const base32 = (number: number): string =>
  number.toString(2).padStart(16, "0").replaceAll("0", "a").replaceAll("1", "b");

/** The keys of hubs in these tests: everyone's are made from the account's number. */
export const keyOf = (number: number) => ({
  account: `ac-${base32(number)}`,
  authkey: {
    type: "hmac-sha256" as const,
    token: `ak-${base32(number)}`,
    key: Buffer.alloc(32, number).toString("base64"),
  },
});

/** A hub that makes accounts 1, 2, ..., checks every signature, and answers the rest by `answer`. */
export const startSmallHub = async (
  answer: (asked: Asked) => Reply | "cut" | "silent" | undefined = () => undefined,
) => {
  const asked: Asked[] = [];
  let made = 0;
  let url = "";
  const server = createServer(async (request, response) => {
    const reply = (status: number, body: unknown): void =>
      void response.writeHead(status).end(JSON.stringify(body));
    const refuse = (status: number, error: Record<string, unknown>): void => reply(status, { error });
    if (request.url === "/api/overview.js")
      return reply(200, {
        req_url: `${url}/api/(function_name)`,
        req_method: "POST",
        post_body_encoding: "application/x-www-form-urlencoded",
        req_authentication_type: 2,
        supported_functions: functionNames,
        openapi_url: `${url}/api/openapi.json`,
      });
    const body = await readBody(request);
    const { f, account, nonce_ms, nonce_random, ...params } = Object.fromEntries(new URLSearchParams(body));
    const name = request.url!.slice("/api/".length);
    const token = request.headers["x-authkey-token"];
    if (token !== undefined) {
      const signer = Array.from({ length: 100 }, (_, number) => keyOf(number)).find(
        (key) => key.authkey.token === token,
      );
      const key = Buffer.from(signer?.authkey.key ?? "", "base64");
      const signature = createHmac("sha256", key).update(body).digest("base64");
      if (signature !== request.headers["x-signature"] || f !== name)
        return refuse(401, { code: "authentication_failed", message: "The signature is wrong." });
    }
    const call = {
      name,
      params: params as Record<string, string>,
      account: token === undefined ? undefined : account,
    };
    asked.push(call);
    const given = answer(call);
    if (given === "silent") return;
    if (given === "cut") return void response.destroy();
    if (given !== undefined && "answer" in given) return reply(200, given.answer);
    if (given !== undefined) {
      const { status, ...error } = given;
      return refuse(status, { message: "As the test wants it.", ...error });
    }
    if (name === "create-account") return reply(200, keyOf(++made));
    if (name === "create-authkey") return reply(200, { authkey: keyOf(++made).authkey });
    return reply(200, {});
  });
  const listening = await listen(server);
  url = listening.url;
  return { ...listening, asked };
};
