import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

// Mt Gox as public clients of 2011 show it, with Node's own parts: what it answered, told in the form of each of its times. Written
// from those facts and not from the wrapper. JSON text is written by hand where its form matters.

export type Time = "A" | "B" | "C";

interface Order {
  readonly oid: string;
  readonly type: 1 | 2;
  readonly amount: string;
  readonly price: string;
  status: 0 | 1 | 2;
}

/** Of the next answer: words instead of JSON, a broken line, or silence; after the call was carried out. */
export type Mishap = "mysql" | "drop" | "silence" | "busy";

export interface OldMtgox {
  readonly url: string;
  /** Each call: its path, and its form without name and pass. */
  readonly calls: { path: string; method: string; form: Record<string, string> }[];
  readonly orders: Order[];
  readonly funds: { usds: string; btcs: string };
  /** One for each of the next answers; undefined is none. */
  readonly mishaps: (Mishap | undefined)[];
  /** What an order becomes: in the list, waiting for funds in it, or traded at once. */
  fate: "active" | "unfunded" | "traded";
  /** Whether the answer to an order has a top-level oid. */
  namesOrders: boolean;
  /** Answered instead, as it is. */
  says: string | undefined;
  readonly close: () => Promise<void>;
}

const TICKER = { high: "17.90001", low: "16.5", vol: "1.0e-8", buy: "17.5", sell: "17.62", last: "17.51" };
const USER = { name: "satoshi", pass: "a & b = ü" };

const text = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
};

const orderText = (time: Time, { oid, type, amount, price, status }: Order): string =>
  time === "A"
    ? `{"oid":"${oid}","type":${type},"amount":"${amount}","price":"${price}","status":"${status}","dark":"0","date":"1306886400"}`
    : `{"oid":"${oid}","currency":"USD","item":"BTC","type":${type},"amount":${amount},"price":${price},"status":${status},"dark":0,"date":1309198830,"priority":"1309198830086400"}`;

export const startOldMtgox = async (time: Time): Promise<OldMtgox> => {
  let made = 0;
  const fundsText = (): string => {
    const { usds, btcs } = gox.funds;
    return time === "C" ? `"usds":"${usds}","btcs":"${btcs}"` : `"usds":${usds},"btcs":${btcs}`;
  };
  const ordersText = (): string =>
    `"orders":[${gox.orders.map((order) => orderText(time, order)).join(",")}]`;
  const failure = (words: string): string =>
    time === "C" ? `{"result":"error","error":"${words}","token":"x"}` : `{"error":"${words}"}`;

  const place = (type: 1 | 2, { amount = "", price = "" }: Record<string, string>): string => {
    if (!/^[0-9.]+$/.test(amount) || !(Number(amount) > 0)) return failure("Please enter a valid amount");
    made++;
    const oid = time === "A" ? String(100 + made) : `a1b2c3d4-0000-4000-8000-00000000000${made}`;
    const status = gox.fate === "unfunded" ? 2 : 1;
    // Not as it was given, but as PHP prints it.
    const printed = (decimal: string) => String(Number(decimal));
    if (gox.fate !== "traded")
      gox.orders.push({ oid, type, amount: printed(amount), price: printed(price), status });
    const named = gox.namesOrders ? `"oid":"${oid}",` : "";
    const before = time === "A" ? `${fundsText()},` : "";
    return `{${before}${named}"status":"Your order has been queued for execution",${ordersText()}}`;
  };

  const ofAccount = (script: string, form: Record<string, string>): string | undefined => {
    switch (script) {
      case "/code/getFunds.php":
        return `{${fundsText()}}`;
      case "/code/buyBTC.php":
        return place(2, form);
      case "/code/sellBTC.php":
        return place(1, form);
      case "/code/getOrders.php":
        return `{${fundsText()},${ordersText()}}`;
      case "/code/cancelOrder.php": {
        const at = gox.orders.findIndex(({ oid, type }) => oid === form.oid && String(type) === form.type);
        if (at < 0) return failure("Order not found");
        gox.orders.splice(at, 1);
        return `{${fundsText()},${ordersText()}}`;
      }
      case "/code/withdraw.php":
        if (form.group1 !== "BTC") return failure("Not available yet");
        return Number(form.amount) > Number(gox.funds.btcs)
          ? failure("You do not have enough funds: insufficient balance")
          : `{${fundsText()},"status":"Your funds are on their way..."}`;
      case "/api/0/btcAddress.php":
        return '{"addr":"171dQDNQKVtxx6JvJMBgpZnSFxDkDWxF8Z"}';
      default:
        return undefined;
    }
  };

  const ofMarket = (script: string): string | undefined => {
    switch (script) {
      case "/code/data/ticker.php":
        return `{"ticker":{${Object.entries(TICKER).map(([name, number]) => `"${name}":${number}`)}}}`;
      case "/code/data/getDepth.php": {
        const bids = ["[17.5,2]", "[17.49,0.30000000000000004]", "[9.5,100]"];
        return `{"asks":[[17.62,1],[17.7,2.5]],"bids":[${time === "A" ? bids : bids.reverse()}]}`;
      }
      case "/code/data/getTrades.php":
        return time === "A"
          ? '[{"date":1306886400,"price":8.6,"amount":1.5,"tid":"7001"},{"date":1306886460,"price":8.7,"amount":1.0e-8,"tid":"7002"}]'
          : '[{"date":1309198830,"price":"17.5","amount":"0.10000000","price_int":"1750000","amount_int":"10000000","tid":"1309198830086400"},' +
              '{"date":1309198831,"price":"17.51","amount":"12345678.12345678","price_int":"1751000","amount_int":"1234567812345678","tid":"1309198831086401"}]';
      default:
        return undefined;
    }
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url!;
    const method = request.method!;
    const { name, pass, ...form } = Object.fromEntries(new URLSearchParams(await text(request)));
    gox.calls.push({ path, method, form });
    const proven = method === "POST" && name === USER.name && pass === USER.pass;
    const mishap = gox.mishaps.shift();
    if (mishap === "busy") {
      response.writeHead(503).end("<html>busy</html>");
      return;
    }
    const isPrivate = !path.includes("/data/");
    const answer =
      gox.says ??
      (isPrivate
        ? proven
          ? ofAccount(path, form)
          : failure("Not logged in.")
        : ofMarket(path.split("?")[0]!));
    if (mishap === "drop") response.destroy();
    else if (mishap === "mysql") response.end("MySQL error, please retry later");
    else if (mishap !== "silence")
      response.writeHead(answer === undefined ? 404 : 200).end(answer ?? "no such file");
  };

  const server = createServer((request, response) => {
    serve(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const gox: OldMtgox = {
    url: `mtgox:http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    orders: [],
    funds: { usds: "3.7", btcs: "22" },
    mishaps: [],
    fate: "active",
    namesOrders: false,
    says: undefined,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return gox;
};

export const MTGOX_USER = USER;
