import { isIPv6 } from "node:net";

/**
 * Who calls, for limits: an IPv4 address, or the network of an IPv6 address. One subscriber has at least a /64 (RFC 6177),
 * and 2^64 addresses in it to count as somebody else with.
 */
export const sourceOf = (ip: string): string => {
  if (!ip.includes(":") || !isIPv6(ip)) return ip;
  const [address] = ip.split("%") as [string];
  const mapped = /^::ffff:([0-9]+\.[0-9]+\.[0-9]+\.[0-9]+)$/i.exec(address);
  if (mapped) return mapped[1]!;
  const [left, right] = address.split("::") as [string, string | undefined];
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const first = groups(left);
  const last = right === undefined ? [] : groups(right);
  // A dotted tail stands for two groups.
  const missing = 8 - first.length - last.length - (address.includes(".") ? 1 : 0);
  const all = [...first, ...Array<string>(right === undefined ? 0 : missing).fill("0"), ...last];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
};
