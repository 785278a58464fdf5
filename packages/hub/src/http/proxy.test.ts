import { expect, test } from "vitest";
import { post, startTestHub, type TestHub } from "../testing/harness.ts";

// A limit per source shows whom the hub takes a caller for: strangers have sixty invoices at once.
const BURST = 60;
const body = "invoice_json=x&signature=x";

const ask = async (hub: TestHub, forwarded: string): Promise<string | undefined> => {
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "x-forwarded-for": forwarded,
    forwarded: `for=${forwarded}`,
    "x-real-ip": forwarded,
  };
  return (await post(hub.url, "broadcast-invoice", { body, headers })).code;
};

const useUp = async (hub: TestHub, forwarded: (i: number) => string): Promise<void> => {
  for (let i = 0; i < BURST; i++) await ask(hub, forwarded(i));
};

test.each([undefined, "10.9.8.7,192.168.0.0/16"])(
  "nobody gets around a limit by a forwarded address, with --trust-proxy %s",
  async (trustProxy) => {
    const hub = await startTestHub({ trustProxy });
    await useUp(hub, (i) => `203.0.113.${i}`);
    // A token comes back every 250 ms; thirty more calls use up whatever came while the sixty were made.
    const codes = await Promise.all(Array.from({ length: 30 }, (_, i) => ask(hub, `198.51.100.${i}`)));
    expect(codes).toContain("rate_limited");
    await hub.end();
  },
);

test("behind a trusted proxy each caller counts, by the address that the proxy itself saw", async () => {
  const hub = await startTestHub({ trustProxy: "127.0.0.1" });
  await useUp(hub, (i) => `10.0.0.${i}, 203.0.113.1`);
  const again = (source: string) =>
    Promise.all(Array.from({ length: 30 }, (_, i) => ask(hub, `10.0.1.${i}, ${source}`)));
  expect(await again("203.0.113.1"), "what a caller claims before it is not believed").toContain(
    "rate_limited",
  );
  expect(await again("203.0.113.2"), "another caller").not.toContain("rate_limited");
  await useUp(hub, (i) => `2001:db8:1:2::${i}`);
  expect(await again("2001:db8:1:2:ffff::1"), "the same network of IPv6").toContain("rate_limited");
  expect(await again("2001:db8:1:3::1"), "another network of IPv6").not.toContain("rate_limited");
  await hub.end();
});
