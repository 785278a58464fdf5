import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { makeSource, sourceOf } from "./source.ts";

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:0db8:0001:0002:ffff::", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::", "0:0:0:0::/64"],
  ["1:2:3:4:5:6:1.2.3.4", "1:2:3:4::/64"],
  ["64:ff9b::1.2.3.4", "64:ff9b:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["not an address", "not an address"],
])("limits count %s as %s: nobody is somebody else with each of his IPv6 addresses", (ip, source) => {
  expect(sourceOf(ip)).toBe(source);
});

test.each([
  [undefined, "192.0.2.1", "203.0.113.7", "192.0.2.1"],
  ["192.0.2.1", "192.0.2.1", "203.0.113.7", "203.0.113.7"],
  ["192.0.2.1", "192.0.2.2", "203.0.113.7", "192.0.2.2"],
  ["192.0.2.1", "192.0.2.1", undefined, "192.0.2.1"],
  ["192.0.2.1", "192.0.2.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"],
  ["192.0.2.0/24", "192.0.2.1", "198.51.100.1, 192.0.2.9", "198.51.100.1"],
  ["192.0.2.0/24", "192.0.2.1", "192.0.2.8,192.0.2.9", "192.0.2.8"],
  ["192.0.2.1", "::ffff:192.0.2.1", "203.0.113.7", "203.0.113.7"],
  ["loopback, 10.0.0.0/8", "127.0.0.1", "203.0.113.7, 10.1.2.3", "203.0.113.7"],
  ["loopback", "::1", "2001:db8:1:2::3", "2001:db8:1:2::/64"],
  ["uniquelocal", "fd00::1", "unknown", "unknown"],
])(
  "trusting %s, a request from %s that was forwarded for %s is from %s",
  (trusted, remoteAddress, forwarded, source) => {
    const request = { socket: { remoteAddress }, headers: { "x-forwarded-for": forwarded } };
    expect(makeSource(trusted)(request as unknown as IncomingMessage)).toBe(source);
  },
);

test("a proxy that is no address is refused at the start", () => {
  expect(() => makeSource("proxy.example.org")).toThrow();
});
