import { expect, test } from "vitest";
import { standingOf } from "./paid-standing.ts";

test("inside the hub it is paid or back at once", () => {
  expect(standingOf({ status: "done" }, "USD")).toBe("paid");
  expect(standingOf({ status: "refused" }, "BTC")).toBe("back");
  expect(standingOf({ status: "reversed", crossing: { identity: "credited" } }, "BTC")).toBe("back");
});

test("«paid» is never said before the till's hub counts it, or no block can take it back", () => {
  expect(standingOf({ status: "reserved", crossing: {} }, "BTC")).toBe("on-its-way");
  expect(standingOf({ status: "broadcast", crossing: { identity: "noted" } }, "BTC")).toBe("on-its-way");
  expect(standingOf({ status: "broadcast", crossing: { identity: "transfer_fee_low" } }, "BTC")).toBe(
    "on-its-way",
  );
  expect(standingOf({ status: "confirmed", crossing: { identity: "noted" } }, "BTC")).toBe("in-block");
  expect(standingOf({ status: "broadcast", crossing: { identity: "credited" } }, "BTC")).toBe("counted");
  expect(standingOf({ status: "final", crossing: { given_up: true } }, "BTC")).toBe("paid");
  expect(standingOf({ status: "final" }, undefined)).toBe("paid");
});

test("in another currency the bitcoin count once they were exchanged, and are the payee's as bitcoin where that came too late", () => {
  expect(standingOf({ status: "broadcast", crossing: { identity: "credited" } }, "CAD")).toBe("on-its-way");
  expect(standingOf({ status: "confirmed", crossing: { identity: "credited" } }, "CAD")).toBe("in-block");
  expect(
    standingOf({ status: "broadcast", crossing: { identity: "credited", option: "exercised" } }, "CAD"),
  ).toBe("counted");
  for (const option of ["expired", "option_not_open"])
    expect(standingOf({ status: "final", crossing: { identity: "credited", option } }, "CAD")).toBe("kept");
  expect(standingOf({ status: "final", crossing: { given_up: true } }, "CAD")).toBe("kept");
  expect(
    standingOf({ status: "final", crossing: { identity: "credited", option: "expired" } }, undefined),
    "another browser's, of which nothing is noted here",
  ).toBe("kept");
});

test("«too late» is not said where the other hub may have exchanged them and its answer was lost", () => {
  const given_up = true;
  for (const crossing of [
    { identity: "credited", given_up },
    { identity: "noted", option: "waiting", given_up },
    { identity: "credited", option: "transfer_coin_missing", given_up },
  ])
    expect(standingOf({ status: "final", crossing }, "CAD")).toBe("unsaid");
});
