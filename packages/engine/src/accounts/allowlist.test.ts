import { describe, expect, test } from "vitest";
import { withdraw } from "../bitcoin/testing.ts";
import { CONFIG, testHub } from "../testing.ts";
import { allowlistOf, MOST_ALLOWED } from "./allowlist.ts";

const DAY = CONFIG.allowlistDelayMs;

const scene = () => {
  const hub = testHub();
  const anna = hub.account();
  hub.deposit(anna, 1e6);
  const change = (add: string[], remove: string[] = [], on?: boolean) =>
    ({ kind: "change-allowlist", by: anna.calls("change-allowlist"), add, remove, on }) as const;
  const pay = (address: string) => withdraw(anna, 10, 1, { address });
  return { hub, anna, change, pay, list: () => allowlistOf(hub.state, anna.index) };
};

describe("a list of allowed addresses", () => {
  test("off, it stops nothing; on, only what is on it is paid, by chain, inside and by invoice", () => {
    const { hub, anna, change, pay } = scene();
    const friend = hub.address(hub.account());
    hub.done(change(["home"]));
    hub.done(pay("elsewhere"));
    hub.done(change([], [], true));
    hub.done(pay("home"));
    expect(hub.refused(pay("elsewhere"))).toBe("address_not_allowed");
    expect(hub.refused(pay(friend))).toBe("address_not_allowed");
    const byInvoice = { ...pay(friend), by: anna.calls("pay-invoice"), invoice: true } as const;
    expect(hub.refused(byInvoice)).toBe("address_not_allowed");
    hub.t += DAY;
    hub.done(change([friend]));
    hub.t += DAY;
    hub.done(pay(friend));
    hub.done(byInvoice);
  });

  test("who steals the keys cannot pay to an address before the delay is over", () => {
    const { hub, change, pay, list } = scene();
    hub.done(change(["home"], [], true));
    const { answer } = hub.done(change(["thief"]));
    expect(answer).toEqual({
      on: true,
      addresses: [
        { address: "home", from_t: hub.t },
        { address: "thief", from_t: hub.t + DAY },
      ],
    });
    hub.t += DAY - 1;
    expect(hub.refused(pay("thief"))).toBe("address_not_allowed");
    hub.done(change(["thief"])); // again: it keeps its time
    hub.t += 1;
    hub.done(pay("thief"));
    expect(list()).toEqual(answer);
  });

  test("nor by turning the list off, by turning it off and on, or by taking off and adding", () => {
    const { hub, change, pay, list } = scene();
    hub.done(change(["home"], [], true));
    const off = hub.t + DAY;
    hub.done(change([], [], false));
    hub.t += 1000;
    hub.done(change(["thief"], [], false)); // asked again: the first time stands
    expect(list()).toMatchObject({ on: true, off_t: off });
    expect(hub.refused(pay("elsewhere"))).toBe("address_not_allowed");
    hub.done(change([], [], true));
    expect(list()).not.toHaveProperty("off_t");
    hub.done(change(["thief"], ["thief"]));
    hub.t += DAY - 1;
    expect(hub.refused(pay("thief"))).toBe("address_not_allowed");
    hub.t += 1;
    hub.done(pay("thief"));
  });

  test("turned off, it ends after the delay; then addresses are added at once", () => {
    const { hub, anna, change, pay, list } = scene();
    hub.done(change(["home"], [], true));
    hub.done(change([], [], false));
    hub.t += DAY - 1;
    expect(hub.refused(pay("elsewhere"))).toBe("address_not_allowed");
    hub.t += 1;
    hub.done(pay("elsewhere"));
    expect(list()).toMatchObject({ on: false });
    hub.done(change(["new"], [], true));
    hub.done(pay("new"));
    expect(hub.refused(pay("elsewhere"))).toBe("address_not_allowed");
    hub.done(change([], [], false));
    hub.t += DAY;
    hub.done(change([], ["home", "new"]));
    expect(hub.state.allowlists.has(anna.index)).toBe(false);
  });

  test("is so long and no longer; what is not on it cannot be taken off", () => {
    const { hub, change } = scene();
    hub.done(change(Array.from({ length: MOST_ALLOWED }, (_, i) => `a-${i}`)));
    hub.done(change(["a-0"]));
    expect(hub.refused(change(["one more"]))).toBe("allowlist_full");
    hub.done(change(["one more"], ["a-0"], true));
    expect(hub.refused(change([], ["a-0"]))).toBe("address_unknown");
  });
});
