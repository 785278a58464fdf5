import { type PostgresServer, startPostgres } from "@coinholder/journal/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { actionCases } from "../suite/actions.ts";
import { candleCases } from "../suite/candles.ts";
import { engineCase } from "../suite/engine.ts";
import { entryCases } from "../suite/entries.ts";
import { failureOf, followingCases } from "../suite/following.ts";
import { killCase } from "../suite/kill.ts";
import { pagingCases } from "../suite/paging.ts";
import { paymentCases } from "../suite/payments.ts";
import { filled, followSteps, type MakePlace, opener, type Place, stepsTo } from "../testing/place.ts";
import { besidesAt, START, stepAt } from "../testing/steps.ts";
import { makeTeller } from "../testing/teller.ts";
import { TABLES } from "./tables.ts";

// A server that comes back from a crash takes its time on a busy machine.
vi.setConfig({ testTimeout: 90_000 });

let server: PostgresServer;
beforeAll(async () => {
  // (It may lose what a power cut takes, and is killed only by us: making databases is quicker so.)
  server = await startPostgres({ settings: ["fsync=off"] });
});
afterAll(() => server.end());

const databasePlace: MakePlace = async () => {
  const address = await server.database();
  return {
    address,
    open: opener(address),
    content: async () => {
      const found: Record<string, unknown[]> = {};
      for (const table of [...TABLES, "history_position"])
        found[table] = await server.query(address, `SELECT * FROM ${table} AS one ORDER BY one`);
      return found;
    },
    tamper: async (sql) => void (await server.query(address, sql)),
  };
};

followingCases(databasePlace);
pagingCases(databasePlace, 5);
paymentCases(databasePlace);
entryCases(databasePlace, 5);
candleCases(databasePlace, 5);
actionCases(databasePlace);
engineCase(databasePlace);
killCase(databasePlace);

describe("tables that are not what this program made", () => {
  const cases: [string, string][] = [
    ["are of a newer version", "UPDATE history_position SET version = version + 1"],
    ["lack one", "DROP TABLE history_candle"],
    ["lack a column", "ALTER TABLE history_trade_side DROP COLUMN fee"],
    ["lack their position", "DELETE FROM history_position"],
  ];
  test.each(cases)("are made again: they %s", async (_, harm) => {
    const place = await filled(databasePlace, 300);
    const sound = await place.content();
    await place.tamper(harm);
    const history = await place.open();
    expect(history.rebuilt).toEqual(expect.any(String));
    expect(history.position).toBe(0);
    await followSteps(history, stepsTo(300));
    await history.close();
    expect(await place.content()).toEqual(sound);
  });

  test("are found while reading: reads fail, it is told, and the next opening begins anew", async () => {
    const place = await filled(databasePlace, 300);
    await place.tamper("DELETE FROM history_transfer WHERE number < 20");
    const history = await place.open();
    const failure = failureOf(history);
    const teller = makeTeller(START);
    for (let seq = 1; seq <= 300; seq++) teller.tell(stepAt(seq));
    const read = history.transfers(teller.lastTransfer(5), undefined, 10_000);
    await expect(read).rejects.toMatchObject({ code: "history_unavailable" });
    expect((await failure).message).toContain("dropped");
    await history.close();
    const again = await place.open();
    expect(again.position).toBe(0);
    expect(again.rebuilt).toBeUndefined();
  });
});

test("a server that is killed, or hangs up, while history is written and read: nothing is lost or twice", async () => {
  const place = await databasePlace();
  const history = await place.open();
  const teller = makeTeller(START);
  let seq = 0;
  const more = async (count: number): Promise<void> => {
    for (const end = seq + count; seq < end; ) {
      seq++;
      history.follow(seq, teller.tell(stepAt(seq)), besidesAt(seq));
      if (seq % 50 === 0) await new Promise(setImmediate);
    }
  };
  for (let round = 0; round < 6; round++) {
    await more(2000);
    if (round % 2 === 0) {
      const killed = server.kill();
      await more(500);
      await killed;
      await server.start();
    } else await server.hangUp(place.address);
    await history.reached(seq);
    const page = await history.transfers(teller.lastTransfer(5), undefined, 3);
    expect(page.rows[0]!.row).toBe(teller.lastTransfer(5));
  }
  await history.close();
  expect(await place.content()).toEqual(await (await filledAtOnce(seq)).content());
});

/** As `filled`, in batches as large as they come. */
async function filledAtOnce(seq: number): Promise<Place> {
  const place = await databasePlace();
  const history = await place.open();
  const teller = makeTeller(START);
  for (let at = 1; at <= seq; at++) history.follow(at, teller.tell(stepAt(at)), besidesAt(at));
  await history.close();
  return place;
}
