import { btc, type Maker, payee, someSats } from "./making.ts";

export const accounts = {
  /** Type 1 proves itself by name and password, and has no nonces: only client_ids keep its calls from being done twice. */
  "create account": ({ random, book }) => {
    const login = random.chance(0.2) ? { name: `name-${book.calls.length}`, pass: "a good password" } : {};
    return {
      fn: "create-account",
      by: undefined,
      params: login,
      told: ({ body }) => {
        const { token, key } = body.authkey as { token: string; key?: string };
        const how = key === undefined ? { key, ...login } : { key };
        book.people.push({ account: body.account as string, token, addresses: [], ...how });
      },
    };
  },
  authkey: ({ random, book, by }) => ({
    fn: "create-authkey",
    by,
    params: {
      type: "hmac-sha256",
      permissions: JSON.stringify([[by.account, "all"]]),
      ...(random.chance(0.3) ? { limits: '{"BTC":"0.01"}' } : {}),
    },
    told: ({ body }) => {
      const { token, key } = body.authkey as { token: string; key: string };
      book.people.push({ account: by.account, token, key, addresses: by.addresses });
    },
  }),
  revoke: ({ random, book }) => {
    // Never the first key of an account: somebody must be able to ask for what it has.
    const spare = book.people.filter(
      (one, i) => book.people.findIndex((of) => of.account === one.account) < i,
    );
    if (spare.length === 0) return undefined;
    const key = random.pick(spare);
    return {
      fn: "revoke-authkey",
      by: key,
      params: { authkey_token: key.token },
      told: () => void book.people.splice(book.people.indexOf(key), 1),
    };
  },
  allowlist: (making) => {
    const { random, by } = making;
    const to = payee(making);
    return {
      fn: "change-allowlist",
      by,
      params: {
        on: String(random.chance(0.3)),
        ...(to ? { [random.pick(["add", "remove"])]: JSON.stringify([to]) } : {}),
      },
      once: random.chance(0.5),
    };
  },
  halt: ({ book }) => book.operator && { fn: "operator-halt-withdrawals", by: book.operator, params: {} },
  resume: ({ book }) => book.operator && { fn: "operator-resume-withdrawals", by: book.operator, params: {} },
  proof: ({ random, book, by }) =>
    random.chance(0.4) && book.operator
      ? { fn: "operator-publish-proof", by: book.operator, params: {} }
      : { fn: "my-proof", by, params: {} },
} as const satisfies Record<string, Maker>;

export const invoices = {
  invoice: ({ random, book, by }) => ({
    fn: "new-invoice",
    by,
    params: { amount: btc(someSats(random)) },
    told: ({ body }) => {
      const { btc_address } = body.invoice as { btc_address: string };
      book.invoices.push({
        json: body.invoice_json as string,
        signature: body.signature as string,
        address: btc_address,
        by,
      });
      by.addresses.push(btc_address);
    },
  }),
  "pay invoice": ({ random, book, by }) => {
    if (book.invoices.length === 0) return undefined;
    const { json, signature } = random.pick(book.invoices.slice(-6));
    return {
      fn: "pay-invoice",
      by,
      params: { invoice_json: json, signature },
      once: random.chance(0.5),
    };
  },
  "withdraw invoice": ({ random, book }) => {
    if (book.invoices.length === 0) return undefined;
    const { address, by } = random.pick(book.invoices.slice(-6));
    return { fn: "withdraw-invoice", by, params: { invoice_bitcoin_address: address } };
  },
  /** Waits for the invoice to change: an answer may take its time. */
  "invoice status": ({ random, book }) => {
    if (book.invoices.length === 0) return undefined;
    const { address } = random.pick(book.invoices.slice(-3));
    return {
      fn: "invoice-status",
      by: undefined,
      params: { btc_address: address, wait_ms: String(random.pick([0, 500, 20_000])), than: "open" },
    };
  },
} as const satisfies Record<string, Maker>;
