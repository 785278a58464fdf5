import type { Overview } from "@coinholder/protocol";
import { HubError } from "./hub-error.ts";

/**
 * Whether the hub is of our kind: it knows `client_id`, and answers what the function table says. Of any other only the
 * seed's words are certain.
 */
export const isOurs = (overview: Overview): boolean => overview.openapi_url !== undefined;

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

// In some languages an empty map is written as an empty list.
const asObject = (value: unknown): unknown => (Array.isArray(value) && value.length === 0 ? {} : value);

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";

/** An order's id by whatever name it goes, as text: cancel-order wants it so. */
const withOid = (order: unknown, key?: string): unknown => {
  if (!isObject(order)) return isText(order) || Number.isSafeInteger(order) ? { oid: String(order) } : order;
  const oid = order.oid ?? order.id ?? order.order_id ?? key;
  return oid === undefined ? order : { ...order, oid: String(oid) };
};

const isMapOfOrders = (value: unknown): value is Json =>
  isObject(value) && Object.values(value).every(isObject);

/**
 * The seed leaves this answer open. A list of orders, bare or under some name, or a map of them by oid, becomes
 * `{ orders: [{ oid, ... }] }`; anything else stays what it is.
 */
const openOrders = (body: unknown = []): unknown => {
  const named = isObject(body) ? (body.orders ?? Object.values(body).find(Array.isArray)) : undefined;
  const found = named ?? body ?? [];
  if (Array.isArray(found)) return { orders: found.map((order) => withOid(order)) };
  if (!isMapOfOrders(found)) return body;
  return { orders: Object.entries(found).map(([oid, order]) => withOid(order, oid)) };
};

/** What the seed says of an answer, in our form; undefined: that is not what the function answers. */
const read = (name: string, body: unknown): unknown => {
  switch (name) {
    case "new-btc-address":
      return isObject(body) && isText(body.btc_address) ? body : undefined;
    case "place-order":
      return isObject(body) && (isText(body.oid) || Number.isSafeInteger(body.oid))
        ? { ...body, oid: String(body.oid) }
        : undefined;
    case "my-balance": {
      if (!isObject(body)) return undefined;
      const available = asObject(body.available);
      const pending = asObject(body.pending ?? {});
      return isObject(available) && isObject(pending) ? { ...body, available, pending } : undefined;
    }
    case "my-open-orders":
      return openOrders(body);
    case "send-btc":
    case "cancel-order":
    case "attach-identity-to-transfer":
    case "broadcast-invoice":
    case "withdraw-invoice":
      // Nothing is told; HTTP 200 says that it worked.
      return isObject(body) ? body : {};
    default:
      return body;
  }
};

/**
 * The answer of a hub of which only the seed's words are known, in the form that ours has as far as it tells it: `{}` where the
 * seed says nothing. `body`: undefined for an empty one. Throws HubError when what the seed says is not there.
 */
export const seedAnswer = (name: string, body: unknown): unknown => {
  const answer = read(name, body);
  if (answer === undefined)
    throw new HubError("answer_malformed", `What came back is not what ${name} answers.`, {
      status: 200,
      unknown: true,
    });
  return answer;
};
