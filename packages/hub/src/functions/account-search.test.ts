import { apply, emptyState, JOURNAL_VERSION, type Stamped, type State } from "@coinholder/engine";
import type { TimeMs } from "@coinholder/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { findAccounts } from "./account-search.ts";

/** A hub with these accounts; undefined: one without a name. */
const stateWith = (names: readonly (string | undefined)[]): State => {
  const state = emptyState();
  const key = (token: string) => ({ token, type: "hmac-sha256", secret: "AAAA" }) as const;
  const t = 1 as TimeMs;
  const operator = { id: "ac-operator", key: key("ak-operator"), permissions: [] };
  apply(state, { kind: "begin", version: JOURNAL_VERSION, network: "regtest", operator, t });
  for (const [i, name] of names.entries()) {
    const more = name === undefined ? {} : { name };
    apply(state, { kind: "create-account", id: `ac-b${i}`, key: key(`ak-${i}`), ...more, t } as Stamped);
  }
  return state;
};

test("however few accounts are looked at for a page, all pages together tell all that fit, each once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.stringMatching(/^[ab]{1,4}$/), { maxLength: 20 }),
      fc.constantFrom(undefined, "a", "ab", "abb", "ac-", "ac-b1", "ac-o", "sys", "zz"),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 30 }),
      async (chosen, search, limit, most) => {
        const names = chosen.flatMap((name, i) => (i % 3 === 0 ? [name, undefined] : [name]));
        const state = stateWith(names);
        const all = [
          { id: "ac-operator", name: "operator" },
          ...names.map((name, i) => ({ id: `ac-b${i}`, name })),
        ].reverse();
        const isWhole = (one: { id: string; name?: string | undefined }) =>
          search !== undefined && (one.id === search || one.name === search);
        const fits = all.filter(
          ({ id, name }) =>
            search === undefined || id.startsWith(search) || name?.startsWith(search) === true,
        );
        const byId = fits.filter(({ id }) => id === search);
        const wanted =
          byId.length > 0 ? byId : [...fits.filter(isWhole), ...fits.filter((one) => !isWhole(one))];
        const found: string[] = [];
        for (let before: number | undefined, more = true; more; ) {
          const page = await findAccounts(state, { search, before, limit }, most);
          expect(page.found.length).toBeLessThanOrEqual(limit);
          found.push(...page.found.map(({ id }) => id));
          if (before !== undefined && page.next !== undefined) expect(page.next).toBeLessThan(before);
          before = page.next;
          more = before !== undefined;
        }
        expect(found).toEqual(wanted.map(({ id }) => id));
      },
    ),
  );
});
