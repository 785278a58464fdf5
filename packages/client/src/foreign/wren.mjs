// Wren: a hub written from the Coinholder gist alone: everything by GET, authkeys of type hmac-sha256. It has
// read nothing of ours, and imports nothing but Node's own modules. Its accounts were opened at the counter.

import { createHmac, randomUUID } from "node:crypto";
import { createServer } from "node:http";

class No extends Error {
  constructor(status) {
    super(`no: ${status}`);
    this.status = status;
  }
}

// Money as whole numbers of 10^-8, in BigInt
const toInt = (s) => {
  if (!/^\d+(\.\d{1,8})?$/.test(s ?? "")) throw new No(400);
  const [a, b = ""] = s.split(".");
  return BigInt(a + b.padEnd(8, "0"));
};
const toText = (n) => `${n / 10n ** 8n}.${(n % 10n ** 8n).toString().padStart(8, "0")}`;

// Wren refuses a parameter that it doesn't know
const takes = {
  "my-balance": [],
  "new-btc-address": [],
  "send-btc": ["to_btc_address", "amount"],
  "place-order": ["trade_amt", "trade_cur", "for_amt", "for_cur"],
  "my-open-orders": [],
  "cancel-order": ["oid"],
};
const always = ["f", "account", "nonce_ms", "nonce_random"];

export function makeWren() {
  const accounts = {
    "wren token/1+": {
      key: "a key, with spaces & sharp s: \u00df",
      btc: 3n * 10n ** 8n,
      usd: 300n * 10n ** 8n,
      address: [],
      orders: new Map(),
    },
    wren2: { key: "second", btc: 0n, usd: 10n ** 8n, address: [], orders: new Map() },
  };
  const control = { mishap: null, calls: [] };
  const seen = new Set();

  const run = {
    "my-balance": (me) => ({ pending: {}, available: { usd: toText(me.usd), btc: toText(me.btc) } }),
    "new-btc-address": (me) => {
      const address = `1Wren${randomUUID().replaceAll("-", "").replaceAll("0", "z").slice(0, 28)}`;
      me.address.push(address);
      return { btc_address: address };
    },
    "send-btc": (me, q) => {
      const n = toInt(q.get("amount"));
      const to = Object.values(accounts).find((a) => a.address.includes(q.get("to_btc_address")));
      if (to === undefined || n > me.btc || n === 0n) throw new No(400);
      me.btc -= n;
      to.btc += n;
      return {};
    },
    "place-order": (me, q) => {
      const from = q.get("trade_cur").toLowerCase();
      const give = toInt(q.get("trade_amt"));
      if (
        ![
          ["btc", "USD"],
          ["usd", "BTC"],
        ].some(([a, b]) => a === from && b === q.get("for_cur"))
      )
        throw new No(400);
      if (give === 0n || toInt(q.get("for_amt")) === 0n || me[from] < give) throw new No(400);
      me[from] -= give;
      const oid = randomUUID();
      me.orders.set(oid, Object.fromEntries(takes["place-order"].map((k) => [k, q.get(k)])));
      return { oid };
    },
    "my-open-orders": (me) => ({ open: [...me.orders].map(([oid, o]) => ({ ...o, oid })) }),
    "cancel-order": (me, q) => {
      const o = me.orders.get(q.get("oid"));
      if (o === undefined) throw new No(404);
      me.orders.delete(q.get("oid"));
      me[o.trade_cur.toLowerCase()] += toInt(o.trade_amt);
      return true;
    },
  };

  const server = createServer((req, res) => {
    const finish = (status, text) => {
      res.writeHead(status);
      res.end(text);
    };
    try {
      if (req.method !== "GET") throw new No(405);
      const [path, query = ""] = req.url.split("?");
      if (path === "/api/overview.js") {
        const overview = {
          supported_functions: Object.keys(run),
          req_method: "GET",
          req_authentication_type: 2,
          req_url: `http://${req.headers.host}/code/(function_name).php`,
        };
        return finish(200, `\r\n${JSON.stringify(overview)}\r\n`);
      }
      const name = /^\/code\/([a-z-]+)\.php$/.exec(path)?.[1];
      control.calls.push(name);
      if (!Object.hasOwn(run, name)) throw new No(404);
      const q = new URLSearchParams(query);
      const token = q.get("account");
      if (token === null || !Object.hasOwn(accounts, token) || req.headers["x-authkey-token"] !== token)
        throw new No(401);
      // the gist: X-Signature is base64. What's signed is what was sent: the query string as it came.
      const expected = createHmac("sha256", accounts[token].key).update(query).digest("base64");
      if (req.headers["x-signature"] !== expected) throw new No(401);
      if (q.get("f") !== name) throw new No(401);
      if (!(Math.abs(Date.now() - Number(q.get("nonce_ms"))) < 300_000)) throw new No(401);
      const nonce = `${token}/${q.get("nonce_ms")}/${q.get("nonce_random")}`;
      if (seen.has(nonce)) throw new No(401);
      seen.add(nonce);
      const names = [...q.keys()];
      const known = [...always, ...takes[name]];
      if (
        names.some((k) => !known.includes(k)) ||
        known.some((k) => names.filter((n) => n === k).length !== 1)
      )
        throw new No(400);
      const answer = run[name](accounts[token], q);
      const mishap = control.mishap;
      control.mishap = null;
      if (mishap === "drop") return req.socket.destroy();
      if (mishap === "proxy") throw new No(503);
      finish(200, `  ${JSON.stringify(answer, null, 1)}\r\n`);
    } catch (e) {
      finish(e instanceof No ? e.status : 500, ""); // an error says nothing but its number
    }
  });
  return { server, control, accounts };
}
