import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createBase58check } from "@scure/base";
import { CommandError, usageError } from "./failure.ts";

const base58check = createBase58check((bytes: Uint8Array) => createHash("sha256").update(bytes).digest());

/** First byte of a WIF key: mainnet, and every test network. */
const WIF_VERSIONS = [0x80, 0xef];

/** 32 bytes from 64 hex digits or WIF (which ends in 1 when it is for compressed public keys). Undefined for anything else. */
export const parsePrivateKey = (text: string): Uint8Array | undefined => {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Uint8Array.from(Buffer.from(text, "hex"));
  let payload: Uint8Array;
  try {
    payload = base58check.decode(text);
  } catch {
    return undefined;
  }
  const hasForm = payload.length === 33 || (payload.length === 34 && payload[33] === 1);
  return hasForm && WIF_VERSIONS.includes(payload[0]!) ? payload.slice(1, 33) : undefined;
};

/** From a file, or from the environment: never from the command line, which other users can see. */
export const readPrivateKey = (file: string | undefined): Uint8Array => {
  const text = file === undefined ? process.env.COINHOLDER_PRIVATE_KEY : readFileSync(file, "utf8");
  if (text === undefined || text.trim() === "")
    throw usageError(
      "give the private key in the environment variable COINHOLDER_PRIVATE_KEY or with --key-file FILE",
    );
  const key = parsePrivateKey(text.trim());
  if (key === undefined)
    throw new CommandError("malformed_private_key", "The private key must be WIF or 64 hex digits.");
  return key;
};
