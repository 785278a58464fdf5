import { formatBtc } from "./amount.ts";

/**
 * JSON text in which every bigint is an amount in satoshi and stands as a BTC number with eight decimals, as Bitcoin
 * Core writes it: 0.10000000, and never 1e-8. Members that are undefined are left out.
 */
export function writeJson(value: unknown): string {
  if (typeof value === "bigint") return formatBtc(value);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${writeJson(member)}`).join(",")}}`;
}
