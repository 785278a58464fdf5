// Heron: a hub written from the Coinholder gist alone: POST, JSON, authkeys of type hmac-sha256. It has read
// nothing of ours, and imports nothing but Node's own modules. Anybody may open an account, and gets play money.

import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import http from "node:http";

const die = (status, why) => {
  throw Object.assign(new Error(why), { status });
};
// Everything is kept in millionths, as whole numbers.
const amount = (v) => {
  if (typeof v !== "string" || !/^[0-9]{1,7}(\.[0-9]{1,6})?$/.test(v) || Number(v) === 0)
    die(422, `bad amount: ${JSON.stringify(v)}`);
  const [whole, part = ""] = v.split(".");
  return Number(whole) * 1e6 + Number(part.padEnd(6, "0"));
};
const text = (n) => (n / 1e6).toFixed(6).replace(/\.?0+$/, "");

const base58check = (payload) => {
  const twice = createHash("sha256").update(createHash("sha256").update(payload).digest()).digest();
  let n = BigInt(`0x${Buffer.concat([payload, twice.subarray(0, 4)]).toString("hex")}`);
  let out = "";
  for (; n > 0n; n /= 58n)
    out = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[Number(n % 58n)] + out;
  return `1${out}`;
};

export function makeHeron() {
  const keys = new Map(); // token -> { key, account }
  const wallets = new Map(); // account -> { BTC, USD, EUR }
  const owners = new Map(); // address -> account
  const book = new Map(); // oid -> order
  const nonces = new Set();
  const control = { mishap: null, calls: [] };

  const open = {
    "create-account": () => {
      const account = `heron-${randomBytes(4).toString("hex")}`;
      const [token, key] = [randomBytes(9).toString("base64url"), randomBytes(24).toString("hex")];
      keys.set(token, { key, account });
      wallets.set(account, { BTC: 5e6, USD: 500e6, EUR: 0 });
      return { authkey: { token, type: "hmac-sha256", key }, account };
    },
  };
  const closed = {
    "my-balance": (who) => {
      const available = {};
      const pending = {};
      for (const [cur, n] of Object.entries(wallets.get(who))) {
        const bound = [...book.values()].filter((o) => o.who === who && o.cur === cur);
        available[cur.toLowerCase()] = text(n);
        if (bound.length > 0) pending[cur.toLowerCase()] = text(bound.reduce((sum, o) => sum + o.left, 0));
      }
      return { available, pending };
    },
    "new-btc-address": (who) => {
      const btc_address = base58check(Buffer.concat([Buffer.from([0]), randomBytes(20)]));
      owners.set(btc_address, who);
      return { btc_address };
    },
    "send-btc": (who, p) => {
      const n = amount(p.amount);
      const to = owners.get(p.to_btc_address) ?? die(422, "we only send to our own addresses");
      if (wallets.get(who).BTC < n) die(422, "insufficient");
      wallets.get(who).BTC -= n;
      wallets.get(to).BTC += n;
      return {};
    },
    "place-order": (who, p) => {
      const left = amount(p.trade_amt);
      const want = amount(p.for_amt);
      const w = wallets.get(who);
      if (!(p.trade_cur in w) || !(p.for_cur in w) || p.trade_cur === p.for_cur) die(422, "unknown market");
      if (w[p.trade_cur] < left) die(422, "insufficient");
      w[p.trade_cur] -= left;
      const oid = `ord_${randomBytes(6).toString("hex")}`;
      book.set(oid, { who, left, cur: p.trade_cur, want, wantCur: p.for_cur });
      return { oid };
    },
    // the gist leaves this one open
    "my-open-orders": (who) => {
      const orders = {};
      for (const [oid, o] of book)
        if (o.who === who)
          orders[oid] = { gives: `${text(o.left)} ${o.cur}`, gets: `${text(o.want)} ${o.wantCur}` };
      return { count: Object.keys(orders).length, orders };
    },
    "cancel-order": (who, p) => {
      const o = book.get(p.oid);
      if (o?.who !== who) die(410, "gone");
      book.delete(p.oid);
      wallets.get(who)[o.cur] += o.left;
      return null;
    },
  };
  function authenticate(headers, body, p, name) {
    const found = keys.get(headers["x-authkey-token"]) ?? die(401, "who are you?");
    const ours = createHmac("sha256", found.key).update(body).digest();
    const theirs = Buffer.from(headers["x-signature"] ?? "", "base64");
    if (ours.length !== theirs.length || !timingSafeEqual(ours, theirs)) die(401, "signature");
    if (p.account !== headers["x-authkey-token"] || p.f !== name) die(401, "account or f");
    const age = Date.now() - Number(p.nonce_ms);
    if (!(Math.abs(age) < 60_000)) die(401, "your clock");
    if (typeof p.nonce_random !== "string" || p.nonce_random === "") die(401, "nonce_random");
    const nonce = `${p.account} ${p.nonce_ms} ${p.nonce_random}`;
    if (nonces.has(nonce)) die(401, "replay");
    nonces.add(nonce);
    return found.account;
  }

  const server = http.createServer((req, res) => {
    const chunks = [];
    req.on("data", (c) => chunks.push(c));
    req.on("end", () => {
      const say = (status, value) => {
        res.writeHead(status, { "content-type": "application/json" });
        res.end(value === undefined ? "" : JSON.stringify(value, null, 4));
      };
      try {
        if (req.url === "/api/overview.js")
          return say(200, {
            name: "Heron",
            post_body_encoding: "application/json",
            req_authentication_type: 2,
            req_method: "POST",
            supported_functions: [...Object.keys(open), ...Object.keys(closed)].sort(),
            req_url: `http://${req.headers.host}/do/(function_name)/now`,
          });
        const name = /^\/do\/([a-z-]+)\/now$/.exec(req.url)?.[1] ?? die(404, "no such page");
        control.calls.push(name);
        if (req.method !== "POST" || !/^application\/json\b/.test(req.headers["content-type"] ?? ""))
          die(400, "POST JSON");
        const body = Buffer.concat(chunks);
        const p = JSON.parse(body.toString("utf8"));
        const answer = open[name]
          ? open[name](p)
          : (closed[name] ?? die(404, "no such function"))(authenticate(req.headers, body, p, name), p);
        const mishap = control.mishap;
        control.mishap = null;
        if (mishap === "drop") return req.socket.destroy();
        if (mishap === "proxy") die(504, "upstream timed out");
        say(200, answer);
      } catch (e) {
        say(e.status ?? 400, { ok: false, errors: [{ detail: e.message }] });
      }
    });
  });
  return { server, control, book };
}
