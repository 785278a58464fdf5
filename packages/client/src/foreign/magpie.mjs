// Magpie: a hub written from the Coinholder gist alone, in the manner of a small PHP site: POST, form-encoded,
// name and pass. It has read nothing of ours, and imports nothing but Node's own modules.

import { randomInt } from "node:crypto";
import { createServer } from "node:http";

const SAT = 100000000n;
const parse = (text) => {
  const m = /^(\d{1,12})(?:\.(\d{1,8}))?$/.exec(String(text ?? ""));
  if (!m) throw new Rude(400, "That is not an amount");
  return BigInt(m[1]) * SAT + BigInt((m[2] ?? "").padEnd(8, "0"));
};
const show = (units) => {
  const cents = String(units % SAT)
    .padStart(8, "0")
    .replace(/0{1,6}$/, "");
  return `${units / SAT}.${cents}`;
};

class Rude extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

export function makeMagpie() {
  const people = new Map([
    ["alice", { pass: "wonder land&1", has: { btc: 10n * SAT, usd: 1000n * SAT } }],
    ["bob", { pass: "builder", has: { usd: 50n * SAT } }],
    ["nobody", { pass: "nothing", has: {} }],
  ]);
  const orders = new Map();
  const addresses = new Map();
  let lastOid = 41000;
  // What the tests may do to the next answer: "drop" the line, or answer a proxy's page, after the work is done.
  const control = { mishap: null, calls: [] };

  const functions = {
    "my-balance"(me) {
      const available = {};
      for (const [cur, n] of Object.entries(me.has)) if (n > 0n) available[cur] = show(n);
      // json_encode(array()) is [] in PHP when nothing is in it
      return { pending: [], available: Object.keys(available).length ? available : [] };
    },
    "new-btc-address"(me) {
      const letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
      let address = "1";
      while (address.length < 34) address += letters[randomInt(letters.length)];
      addresses.set(address, me);
      return { btc_address: address };
    },
    "send-btc"(me, p) {
      const n = parse(p.get("amount"));
      const to = addresses.get(p.get("to_btc_address"));
      if (!to) throw new Rude(400, "Bad bitcoin address");
      if (n === 0n || (me.has.btc ?? 0n) < n) throw new Rude(402, "You don't have that much");
      me.has.btc -= n;
      to.has.btc = (to.has.btc ?? 0n) + n;
      return [];
    },
    "place-order"(me, p) {
      const give = parse(p.get("trade_amt"));
      const want = parse(p.get("for_amt"));
      const giveCur = String(p.get("trade_cur")).toLowerCase();
      const wantCur = String(p.get("for_cur")).toLowerCase();
      if (![`${giveCur}${wantCur}`].every((pair) => pair === "btcusd" || pair === "usdbtc"))
        throw new Rude(400, "We only do BTC and USD");
      if (give === 0n || want === 0n) throw new Rude(400, "Nothing is not an order");
      if ((me.has[giveCur] ?? 0n) < give) throw new Rude(402, "You don't have that much");
      me.has[giveCur] -= give;
      const oid = String(++lastOid);
      for (const [otherOid, o] of orders) {
        // a whole order or nothing: the first that asks just what we give
        if (o.giveCur !== wantCur || o.want !== give || o.give < want) continue;
        orders.delete(otherOid);
        o.me.has[giveCur] = (o.me.has[giveCur] ?? 0n) + give;
        me.has[wantCur] = (me.has[wantCur] ?? 0n) + o.give;
        return { oid };
      }
      orders.set(oid, { me, give, giveCur, want, wantCur, since: Math.floor(Date.now() / 1000) });
      return { oid };
    },
    "my-open-orders"(me) {
      const mine = [];
      for (const [oid, o] of orders) {
        if (o.me !== me) continue;
        const btc = o.giveCur === "btc" ? o.give : o.want;
        const usd = o.giveCur === "btc" ? o.want : o.give;
        mine.push({
          oid: Number(oid),
          type: o.giveCur === "btc" ? 1 : 2,
          amount: show(btc),
          price: (Number(usd) / Number(btc)).toFixed(5),
          date: o.since,
        });
      }
      return mine; // the gist says TODO here: this is what seemed natural
    },
    "cancel-order"(me, p) {
      const o = orders.get(p.get("oid"));
      if (!o || o.me !== me) throw new Rude(404, "No such order");
      orders.delete(p.get("oid"));
      me.has[o.giveCur] += o.give;
      return undefined; // an empty answer, as in the gist
    },
  };

  const server = createServer(async (req, res) => {
    const url = new URL(req.url, "http://x");
    if (req.method === "GET" && url.pathname === "/api/overview.js") {
      res.writeHead(200, { "Content-Type": "text/javascript; charset=utf-8" });
      const base = `http://${req.headers.host}`;
      res.end(`\n\n{\n\t"supported_functions" : [ "my-balance" , "new-btc-address", "send-btc", "place-order", "my-open-orders", "cancel-order" ],
\t"req_authentication_type" : 1,\n\t"req_method" : "POST",
\t"req_url" : "${base.replaceAll("/", "\\/")}\\/index.php?fn=(function_name)",\n\t"post_body_encoding" : "application/x-www-form-urlencoded"\n}\n\n`);
      return;
    }
    try {
      if (url.pathname !== "/index.php") throw new Rude(404, "Not Found");
      if (req.method !== "POST") throw new Rude(405, "POST, please");
      if (req.headers["content-type"] !== "application/x-www-form-urlencoded")
        throw new Rude(415, "What is this?");
      let body = "";
      for await (const part of req.setEncoding("utf8")) body += part;
      const params = new URLSearchParams(body);
      const name = url.searchParams.get("fn");
      control.calls.push(name);
      if (!Object.hasOwn(functions, name)) throw new Rude(404, "Not Found");
      const me = people.get(params.get("name"));
      if (!me || me.pass !== params.get("pass")) throw new Rude(403, "Wrong name or password");
      const answer = functions[name](me, params);
      const mishap = control.mishap;
      control.mishap = null;
      if (mishap === "drop") return void req.socket.destroy();
      if (mishap === "proxy") throw new Rude(502, "Bad Gateway");
      res.writeHead(200, { "Content-Type": "text/html" });
      res.end(answer === undefined ? "" : JSON.stringify(answer));
    } catch (e) {
      res.writeHead(e instanceof Rude ? e.status : 500, { "Content-Type": "text/html" });
      res.end(`<html><body><h1>${e instanceof Rude ? e.message : "Oops"}</h1></body></html>\n`);
    }
  });
  return { server, control, people };
}
