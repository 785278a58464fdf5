import type { Answered } from "./harness.ts";
import type { OutsideKey } from "./outside-key.ts";

/** The text of an invoice that somebody makes without this hub. */
export const invoiceText = (
  { address }: Pick<OutsideKey, "address">,
  info: object = {},
  more: object = {},
): string =>
  JSON.stringify({
    btc_address: address,
    amount: "0.001",
    currency: "BTC",
    info: { t: Date.now(), ...info },
    ...more,
  });

let codes = 1000;
/** A short code that no other invoice of the test has. */
export const freshCode = (): string => String(++codes);

let sources = 0;
/** A call without a key, from an address of its own (the hub trusts 127.0.0.1 as its proxy): no test meets another's limits. */
export const asStranger = async (
  url: string,
  fn: string,
  params: Record<string, string>,
): Promise<Answered> => {
  const source = `2001:db8:0:${(++sources).toString(16)}::1`;
  const response = await fetch(`${url}/api/${fn}`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", "x-forwarded-for": source },
    body: new URLSearchParams(params).toString(),
  });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body, code: (body.error as { code?: string } | undefined)?.code };
};
