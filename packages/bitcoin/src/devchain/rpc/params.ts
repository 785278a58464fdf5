import { hex } from "@scure/base";
import { parseBtc } from "../amount.ts";
import type { Bytes } from "../hash.ts";
import { addressToScript } from "../script.ts";
import { RPC, RpcError } from "./error.ts";

const typeName = (value: unknown): string =>
  value === null || value === undefined
    ? "null"
    : Array.isArray(value)
      ? "array"
      : typeof value === "boolean"
        ? "bool"
        : typeof value;

const wrongType = (value: unknown, expected: string): never => {
  throw new RpcError(
    RPC.TYPE_ERROR,
    `JSON value of type ${typeName(value)} is not of expected type ${expected}`,
  );
};

export const asText = (value: unknown): string =>
  typeof value === "string" ? value : wrongType(value, "string");

export function asInteger(value: unknown, fallback?: number): number {
  if (fallback !== undefined && (value === undefined || value === null)) return fallback;
  if (typeof value !== "number") return wrongType(value, "number");
  if (!Number.isSafeInteger(value)) throw new RpcError(RPC.MISC_ERROR, "JSON integer out of range");
  return value;
}

export function asBoolean(value: unknown, fallback: boolean): boolean {
  if (value === undefined || value === null) return fallback;
  return typeof value === "boolean" ? value : wrongType(value, "bool");
}

/** A verbosity, for which Core takes both a number and a boolean. */
export const asVerbosity = (value: unknown, fallback: number): number =>
  typeof value === "boolean" ? Number(value) : asInteger(value, fallback);

export function asHash(value: unknown, name: string): string {
  const text = asText(value);
  if (text.length !== 64)
    throw new RpcError(
      RPC.INVALID_PARAMETER,
      `${name} must be of length 64 (not ${text.length}, for '${text}')`,
    );
  if (!/^[0-9a-fA-F]*$/.test(text))
    throw new RpcError(RPC.INVALID_PARAMETER, `${name} must be hexadecimal string (not '${text}')`);
  return text.toLowerCase();
}

/** Undefined when the text is not hexadecimal. */
export function asHexBytes(value: unknown): Bytes | undefined {
  const text = asText(value);
  return /^([0-9a-fA-F]{2})+$/.test(text) ? hex.decode(text) : undefined;
}

/** BTC as text or as a JSON number, in satoshi; a number is read by its decimal digits. */
export function asBtc(value: unknown): bigint {
  if (typeof value !== "string" && typeof value !== "number") return wrongType(value, "number");
  const sats = parseBtc(String(value));
  if (sats === undefined) throw new RpcError(RPC.TYPE_ERROR, "Invalid amount");
  return sats;
}

export function asAddressScript(value: unknown, message: string): Bytes {
  const script = addressToScript(asText(value));
  if (script === undefined) throw new RpcError(RPC.INVALID_ADDRESS_OR_KEY, message);
  return script;
}
