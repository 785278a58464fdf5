import fc from "fast-check";
import { expect, test } from "vitest";
import type { PostInvoice } from "../command.ts";
import { at, type Owner, sat, type TestHub, testHub } from "../testing.ts";
import { type Invoice, isListed } from "./invoices.ts";
import { type Cursor, type Search, searchInvoices } from "./search.ts";
import { distanceM } from "./sphere.ts";

const SECOND = 1000;

// Around the corner, across the date line, around a pole; often at one door.
const places = [
  [45.5, -73.5],
  [0, 179.9995],
  [0, -179.9995],
  [89.9995, 10],
  [90, -170],
] as const;
const spot = fc.tuple(
  fc.constantFrom(...places),
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: -3, max: 3 }),
);
const wrapped = (lng: number): number => (lng > 180 ? lng - 360 : lng < -180 ? lng + 360 : lng);
const where = ([[lat, lng], dLat, dLng]: readonly [readonly [number, number], number, number]) => ({
  lat: Math.min(90, lat + dLat * 0.0007),
  lng: wrapped(lng + dLng * 0.0007),
});

type Step =
  | {
      readonly is: "post";
      readonly spot: Parameters<typeof where>[0] | null;
      readonly code: string | undefined;
      readonly age: number;
      readonly life: number;
    }
  | { readonly is: "withdraw" | "see" | "lose"; readonly which: number }
  | { readonly is: "wait"; readonly s: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      is: fc.constant("post" as const),
      spot: fc.option(spot, { freq: 8 }),
      code: fc.constantFrom(undefined, "417", "417", "418"),
      age: fc.integer({ min: -100, max: 100 }),
      life: fc.integer({ min: 1, max: 300 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      is: fc.constantFrom("withdraw" as const, "see" as const, "lose" as const),
      which: fc.nat(60),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ is: fc.constant("wait" as const), s: fc.integer({ min: 1, max: 90 }) }),
  },
);
const search = fc.record({
  spot: fc.option(spot),
  radiusM: fc.constantFrom(1, 100, 400, 100_000),
  since: fc.option(fc.integer({ min: -100, max: 200 })),
  random: fc.constantFrom(undefined, "417", "9"),
  limit: fc.integer({ min: 1, max: 9 }),
});

let made = 0;
const act = (hub: TestHub, till: Owner, step: Step): void => {
  if (step.is === "wait") {
    hub.t += step.s * SECOND;
    return;
  }
  if (step.is === "post") {
    const address = `search-${++made}`;
    const command: PostInvoice = {
      kind: "post-invoice",
      json: address,
      signature: "smp",
      address,
      currency: "BTC",
      amount: sat(100),
      posted: at(hub.t + step.age * SECOND),
      expires: at(hub.t + step.life * SECOND),
      ...(step.spot ? where(step.spot) : {}),
      ...(step.code === undefined ? {} : { random: step.code }),
      // Its own are paid by chain in sight of the hub.
      ...(step.life % 2 === 0 ? { by: till.calls("new-invoice"), index: hub.state.chain.nextReceive } : {}),
    };
    hub.done(command);
    return;
  }
  const all = [...hub.state.invoices.byAddress.values()];
  const invoice = all[step.which % Math.max(1, all.length)];
  if (!invoice) return;
  const { address } = invoice;
  const seen = `tx-${address}`;
  if (step.is === "withdraw") hub.tried({ kind: "withdraw-invoice", address, until: at(hub.t + 1e6) });
  else if (step.is === "see" && invoice.seen === 0 && hub.state.chain.addresses.has(address))
    hub.done({
      kind: "chain-mempool",
      appeared: [{ txid: seen, vout: 0, value: sat(100), address }],
      gone: [],
    });
  else if (step.is === "lose" && invoice.seen > 0)
    hub.done({ kind: "chain-mempool", appeared: [], gone: [`${seen}:0`] });
};

const matching = (hub: TestHub, { since, place, random }: Search): Invoice[] =>
  [...hub.state.invoices.byAddress.values()].filter(
    (invoice) =>
      isListed(invoice, at(hub.t)) &&
      (since === undefined || invoice.posted! >= since) &&
      (random === undefined || invoice.random === random) &&
      (!place ||
        (invoice.lat !== undefined &&
          distanceM(place.lat, place.lng, invoice.lat, invoice.lng!) <= place.radiusM)),
  );
/** In the order in which search tells them, by looking at all. */
const naive = (hub: TestHub, search: Search): Invoice[] => {
  const { place } = search;
  const away = (invoice: Invoice): number =>
    place ? distanceM(place.lat, place.lng, invoice.lat!, invoice.lng!) : 0;
  return matching(hub, search).sort(
    (a, b) => away(a) - away(b) || (place ? a.number - b.number : b.number - a.number),
  );
};
const naivelyAmbiguous = (hub: TestHub, one: Invoice): boolean =>
  one.random !== undefined &&
  one.lat !== undefined &&
  [...hub.state.invoices.byAddress.values()].some(
    (other) =>
      other !== one &&
      other.random === one.random &&
      other.lat !== undefined &&
      isListed(other, at(hub.t)) &&
      distanceM(one.lat!, one.lng!, other.lat, other.lng!) <= 400,
  );

test("pages have every invoice that stayed, once and in order, while others come and go between them", () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 10, maxLength: 60 }),
      fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 20 }),
      search,
      (before, between, { spot, radiusM, since, random, limit }) => {
        const hub = testHub();
        const till = hub.account();
        for (const one of before) act(hub, till, one);
        const sought: Search = {
          limit,
          ...(since === null ? {} : { since: at(hub.t + since * SECOND) }),
          ...(spot ? { place: { ...where(spot), radiusM } } : {}),
          ...(random === undefined ? {} : { random }),
        };
        const first = naive(hub, sought);
        const all = searchInvoices(hub.state, { ...sought, limit: 1000 }, at(hub.t));
        expect(all.found.map(({ invoice }) => invoice.number)).toEqual(first.map(({ number }) => number));
        expect(all.found.map(({ ambiguous }) => ambiguous)).toEqual(
          first.map((invoice) => naivelyAmbiguous(hub, invoice)),
        );
        const told: number[] = [];
        let after: Cursor | undefined;
        for (let page = 0; ; page++) {
          const { found, more } = searchInvoices(
            hub.state,
            { ...sought, ...(after ? { after } : {}) },
            at(hub.t),
          );
          expect(found.length).toBeLessThanOrEqual(limit);
          for (const { invoice, distance } of found) {
            expect(isListed(invoice, at(hub.t))).toBe(true);
            told.push(invoice.number);
            after = { number: invoice.number, ...(distance === undefined ? {} : { distance }) };
          }
          if (!more) break;
          for (const one of between[page] ?? []) act(hub, till, one);
        }
        expect(new Set(told).size).toBe(told.length);
        const stayed = first.filter((invoice) => isListed(invoice, at(hub.t))).map(({ number }) => number);
        expect(told.filter((number) => stayed.includes(number))).toEqual(stayed);
      },
    ),
    { numRuns: 300 },
  );
});

test("a search that finds little among very many looks at little", () => {
  const hub = testHub();
  const post = (i: number, more: Partial<PostInvoice> = {}): void => {
    hub.state.invoices.byAddress.clear(); // What each command is checked against would take the time.
    hub.done({
      kind: "post-invoice",
      json: `${i}`,
      signature: "smp",
      address: `many-${++made}`,
      currency: "BTC",
      amount: sat(100),
      posted: at(hub.t),
      lat: 45.5,
      lng: -73.5,
      expires: at(hub.t + 900 * SECOND),
      random: "417",
      ...more,
    });
  };
  for (let i = 0; i < 20_000; i++)
    post(i, { lat: 45.5 + (i % 200) * 1e-6, lng: -73.5 + Math.floor(i / 400) * 1e-6 });
  let looks = 0;
  for (const { items } of hub.state.invoices.nearby.line.blocks)
    for (let i = 0; i < items.length; i++) {
      const invoice = items[i]!;
      Object.defineProperty(invoice, "posted", {
        get: () => {
          looks++;
          return at(hub.t);
        },
      });
    }
  const place = { lat: 45.5, lng: -73.5, radiusM: 100_000 };
  const look = (more: Partial<Search>) => {
    looks = 0;
    return searchInvoices(hub.state, { limit: 20, place, ...more }, at(hub.t)).found.length;
  };
  expect([look({}), looks < 2_000]).toEqual([20, true]);
  expect([look({ random: "417" }), looks < 2_000]).toEqual([20, true]);
  expect([look({ since: at(hub.t + 1) }), looks]).toEqual([0, 0]);
  hub.t += 900 * SECOND;
  expect([look({}), looks]).toEqual([0, 0]);
});
