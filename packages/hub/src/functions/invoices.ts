import { addressNetwork, typeOfAddress } from "@coinholder/bitcoin";
import { BTC, type Found, OPERATOR, searchInvoices } from "@coinholder/engine";
import { signMessage, type TimeMs } from "@coinholder/protocol";
import { canonicalAddress } from "../canonical-address.ts";
import { dec } from "../hub.ts";
import {
  checkSignature,
  checkTime,
  type InvoiceText,
  LIFE_MS,
  LONGEST_LIFE_MS,
  OLDEST_MS,
  postingOf,
  readInvoice,
  SKEW_MS,
  withdrawalText,
} from "../invoice-text.ts";
import type { News } from "../peers/live.ts";
import {
  byOf,
  type Call,
  carryOut,
  type Handlers,
  notFollowing,
  overLimit,
  readAmount,
  refused,
} from "./call.ts";
import { confirmInvoice } from "./confirm-invoice.ts";
import { foundInvoice, textOf } from "./found-invoice.ts";
import { dueOf, ownInvoice, settledOf, standingOf } from "./invoice-told.ts";
import { caughtUp } from "./market-data.ts";
import { payInvoice } from "./pay-invoice.ts";

type Names =
  | "new-invoice"
  | "my-invoices"
  | "invoice-status"
  | "broadcast-invoice"
  | "withdraw-invoice"
  | "search-invoices"
  | "confirm-invoice"
  | "pay-invoice";

const DEFAULT_RADIUS_M = 400;

/** Whether the caller has a key that the operator gave away: anybody can make an account, but not one of the operator's keys. */
const isPeer = ({ by, hub }: Call): boolean =>
  by !== undefined && hub.sequencer.state.accounts.byId.get(by.account)!.index === OPERATOR;

/** A peer that tells us of it need not be told. */
const heard = (call: Call, news: News): void => {
  if (call.by && isPeer(call)) call.hub.peers.heard(call.by.token, news);
};

/** Checking a signature is what others can make the hub do: each peer within a budget of its own, strangers within a small common one. */
const tooManySignatures = (call: Call) => {
  const { by, hub, source } = call;
  const { limits, sequencer } = hub;
  const t = sequencer.now();
  if (by && isPeer(call)) return overLimit(limits.peerCalls, by.token, t);
  return overLimit(limits.signatures, source, t) ?? overLimit(limits.strangerCalls, "", t);
};

export const invoiceHandlers: Handlers<Names> = {
  "new-invoice": (call, params) => {
    const { hub } = call;
    const { state, now } = hub.sequencer;
    const currency = params.currency ?? "BTC";
    const read = readAmount(hub, currency, params.amount);
    if ("refused" in read) return read;
    const { lat, lng } = params;
    if ((lat === undefined) !== (lng === undefined))
      return refused(
        "param_missing",
        { param: lat === undefined ? "lat" : "lng" },
        "lat and lng go together.",
      );
    const t = now();
    const expires = params.expires_t ?? t + LIFE_MS;
    if (expires <= t || expires > t + LONGEST_LIFE_MS) return refused("invoice_time", { now: t });

    const limited = notFollowing(hub) ?? overLimit(hub.limits.addresses, call.by!.account, t);
    if (limited) return limited;
    const index = state.chain.nextReceive;
    const { address } = hub.addresses.take(index);
    const invoice: InvoiceText = {
      btc_address: address,
      amount: params.amount,
      currency,
      info: {
        hub_url: hub.publicUrl,
        ...(params.memo === undefined ? {} : { memo: params.memo }),
        t,
        ...(lat === undefined || lng === undefined ? {} : { lat, lng }),
        ...(params.random === undefined ? {} : { random: params.random }),
        expires_t: expires,
      },
    };
    const json = JSON.stringify(invoice);
    const signature = hub.wallet.withPrivateKey("receive", index, typeOfAddress(address), (key) =>
      signMessage(key, address, json),
    );
    const done = carryOut(call, {
      kind: "post-invoice",
      by: byOf(call),
      index,
      ...postingOf(state, json, signature, { invoice, address }, t),
    });
    return "refused" in done ? done : { invoice, invoice_json: json, signature };
  },

  "my-invoices": async ({ hub, by }, { before, limit = 50 }) => {
    const { accounts, invoices } = hub.sequencer.state;
    const t = hub.sequencer.now();
    const own = invoices.ofAccount.get(accounts.byId.get(by!.account)!.index) ?? [];
    const older = before === undefined ? own : own.filter((invoice) => invoice.number < before);
    const page = older.slice(-limit).reverse();
    const more = older.length > page.length;
    const told = page.map((invoice) => ({
      ...ownInvoice(hub, invoice, t),
      transfers: invoice.transfers.map((transfer) => `t${transfer}`),
    }));
    await caughtUp(hub);
    const paid = await hub.history.paid(page.map(({ address }) => address));
    const paidAt = new Map(paid.map((one) => [one.address, one.t]));
    return {
      invoices: told.map((one, i) => {
        // One that a reorganisation made unpaid again keeps its time in history.
        const isPaid = one.state === "paid" || one.state === "overpaid";
        const at = isPaid ? paidAt.get(page[i]!.address) : undefined;
        return { ...one, ...(at === undefined ? {} : { paid_t: at }) };
      }),
      more_exist: more,
      ...(more ? { next_before: page.at(-1)!.number } : {}),
    };
  },

  "invoice-status": async (call, { btc_address, wait_ms = 0, than }) => {
    const { hub } = call;
    const { state, now } = hub.sequencer;
    const canonical = canonicalAddress(btc_address, addressNetwork(hub.wallet.network));
    const address = "address" in canonical ? canonical.address : btc_address;
    const find = () => state.invoices.byAddress.get(address);
    let invoice = find();
    if (!invoice) return refused("invoice_unknown");
    if (wait_ms > 0 && call.inBatch)
      return refused("param_invalid", { param: "wait_ms" }, "A batch cannot wait.");
    const known = than ?? standingOf(hub, invoice, now());
    const isNews = standingOf(hub, invoice, now()) !== known;
    if (wait_ms > 0 && !isNews && hub.invoiceWatch.isFull(call.source)) return refused("overloaded");
    // How long to wait is the caller's time: the hub's stands still after the machine's clock was set back.
    const end = performance.now() + wait_ms;
    while (standingOf(hub, invoice, now()) === known && performance.now() < end) {
      // Expiry is a change too, and comes by time alone.
      const expiry = invoice.expires > now() ? invoice.expires - now() : Number.POSITIVE_INFINITY;
      await hub.invoiceWatch.wait(address, Math.min(end - performance.now(), expiry), call.source);
      invoice = find() ?? invoice;
      if (hub.invoiceWatch.closed()) break;
    }
    const owned = call.by !== undefined && state.accounts.byId.get(call.by.account)!.index === invoice.owner;
    return {
      btc_address,
      state: standingOf(hub, invoice, now()),
      amount: textOf(invoice).amount,
      currency: invoice.currency,
      confirmed: invoice.owner !== undefined,
      expires_t: invoice.expires,
      ...dueOf(hub, invoice, now()),
      ...(owned
        ? {
            received: dec(hub, BTC, invoice.received),
            ...settledOf(hub, invoice),
            transfers: invoice.transfers.map((transfer) => `t${transfer}`),
          }
        : {}),
    };
  },

  "broadcast-invoice": (call, { invoice_json, signature }) => {
    const { hub } = call;
    const { state, now } = hub.sequencer;
    const { byAddress, paidOutside, withdrawn } = state.invoices;
    const read = readInvoice(invoice_json, addressNetwork(hub.wallet.network));
    const known = "refused" in read ? undefined : byAddress.get(read.address);
    // Peers tell what is known by now from others: that costs no signature, and nobody's budget.
    if (known && known.json === invoice_json && !known.withdrawn) {
      heard(call, { about: "invoice", address: known.address });
      return {};
    }
    const limited = tooManySignatures(call);
    if (limited) return limited;
    if ("refused" in read) return read;
    const { address, invoice } = read;
    const t = now();
    const late = checkTime(invoice, t);
    if (late) return late;
    if (known?.withdrawn || (withdrawn.get(address) ?? 0) > t) return refused("invoice_withdrawn");
    if (known) return refused("invoice_conflict");
    if (paidOutside.has(address)) return refused("invoice_not_open", { state: "paid" });
    const unsigned = checkSignature(invoice.btc_address, invoice_json, signature);
    if (unsigned) return unsigned;
    const done = carryOut(call, {
      kind: "post-invoice",
      ...postingOf(state, invoice_json, signature, read, t),
      ...(isPeer(call) ? {} : { stranger: true as const }),
    });
    if ("refused" in done) return done;
    heard(call, { about: "invoice", address });
    return {};
  },

  "withdraw-invoice": (call, { invoice_bitcoin_address: address, signature }) => {
    const { hub } = call;
    const { state, now } = hub.sequencer;
    const canonical = canonicalAddress(address, addressNetwork(hub.wallet.network));
    if (signature !== undefined && "address" in canonical) {
      const { byAddress, withdrawn } = state.invoices;
      const invoice = byAddress.get(canonical.address);
      if (invoice ? invoice.withdrawn : (withdrawn.get(canonical.address) ?? 0) > now()) {
        heard(call, { about: "withdrawal", address: canonical.address });
        return {};
      }
    }
    const limited = signature === undefined ? undefined : tooManySignatures(call);
    if (limited) return limited;
    if ("problem" in canonical) return refused("address_invalid", { reason: canonical.problem });
    if (signature === undefined && !call.by)
      return refused(
        "authentication_missing",
        {},
        "Give the address's signature, or sign the call as the invoice's owner.",
      );
    if (signature !== undefined) {
      const unsigned = checkSignature(address, withdrawalText(address), signature);
      if (unsigned) return unsigned;
    }
    const until = (now() + LONGEST_LIFE_MS + OLDEST_MS + SKEW_MS) as TimeMs;
    const done = carryOut(call, {
      kind: "withdraw-invoice",
      address: canonical.address,
      until,
      ...(signature === undefined ? { by: byOf(call) } : { signature }),
    });
    if ("refused" in done) return done;
    if (signature !== undefined) heard(call, { about: "withdrawal", address: canonical.address });
    return {};
  },

  "search-invoices": ({ hub }, params) => {
    const { t, lat, lng, random, radius_m = DEFAULT_RADIUS_M, limit = 20 } = params;
    if ((lat === undefined) !== (lng === undefined))
      return refused(
        "param_missing",
        { param: lat === undefined ? "lat" : "lng" },
        "lat and lng go together.",
      );
    const after = params.after === undefined ? undefined : readCursor(params.after);
    if (after === null)
      return refused("param_invalid", { param: "after" }, "after must be a next_after that was answered.");
    const { state, now } = hub.sequencer;
    const { found, more } = searchInvoices(
      state,
      {
        limit,
        ...(t === undefined ? {} : { since: t as TimeMs }),
        ...(lat === undefined || lng === undefined
          ? {}
          : { place: { lat: Number(lat), lng: Number(lng), radiusM: radius_m } }),
        ...(random === undefined ? {} : { random }),
        ...(after === undefined ? {} : { after }),
      },
      now(),
    );
    return {
      invoices: found.map(({ invoice, distance, ambiguous }) => foundInvoice(invoice, distance, ambiguous)),
      more_exist: more,
      ...(more ? { next_after: writeCursor(found.at(-1)!) } : {}),
    };
  },

  "confirm-invoice": confirmInvoice,

  "pay-invoice": payInvoice,
};

const writeCursor = ({ invoice, distance }: Found): string =>
  JSON.stringify([distance ?? null, invoice.number]);

const readCursor = (text: string): { distance?: number; number: number } | null => {
  try {
    const [distance, number] = JSON.parse(text) as unknown[];
    if (!Number.isSafeInteger(number)) return null;
    if (distance === null) return { number: number as number };
    return typeof distance === "number" ? { distance, number: number as number } : null;
  } catch {
    return null;
  }
};
