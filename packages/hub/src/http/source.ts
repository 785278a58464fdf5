import { BlockList, isIP, isIPv6 } from "node:net";
import type { Caller } from "./call-route.ts";

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

/** Names that stand for networks where proxies are given. */
const NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ["127.0.0.0/8", "::1/128"],
  linklocal: ["169.254.0.0/16", "fe80::/10"],
  uniquelocal: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
};

const family = (address: string): "ipv4" | "ipv6" => (isIPv6(address) ? "ipv6" : "ipv4");

const networks = (list: string): BlockList => {
  const trusted = new BlockList();
  for (const one of list.split(",").map((text) => text.trim()))
    for (const network of NETWORKS[one] ?? [one]) {
      const [address, prefix] = network.split("/") as [string, string | undefined];
      if (prefix === undefined) trusted.addAddress(address, family(address));
      else trusted.addSubnet(address, Number(prefix), family(address));
    }
  return trusted;
};

/**
 * Makes what says whom a request comes from: the address at the other end of the connection, or, where that is a trusted
 * proxy's, the last one in X-Forwarded-For that is not, since each proxy adds whom it saw.
 * @param trustProxy addresses and networks, joined by commas; throws where one is neither
 */
export const makeSource = (trustProxy: string | undefined): ((caller: Caller) => string) => {
  const direct = ({ socket }: Caller): string => socket.remoteAddress ?? "";
  if (trustProxy === undefined) return (caller) => sourceOf(direct(caller));
  const trusted = networks(trustProxy);
  return (caller) => {
    let ip = direct(caller);
    const forwarded = caller.headers["x-forwarded-for"];
    const seen = (typeof forwarded === "string" ? forwarded.split(",") : []).map((text) => text.trim());
    while (seen.length > 0 && isIP(ip) !== 0 && trusted.check(ip, family(ip))) ip = seen.pop()!;
    return sourceOf(ip);
  };
};
