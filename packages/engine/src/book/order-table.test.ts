import fc from "fast-check";
import { expect, test } from "vitest";
import type { Order } from "./order.ts";
import { addOrder, allOrders, emptyOrderTable, findOrder, removeOrder } from "./order-table.ts";

test("orders are found by number as in a Map, however their numbers collide, up to the largest", () => {
  // Far apart and close together: multiples of the table's sizes meet in one slot.
  const number = fc.oneof(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 40 }).map((n) => n * 64),
    fc.integer({ min: 1, max: 12 }).map((n) => n * 1024 - 1),
    fc.integer({ min: 0, max: 9 }).map((n) => Number.MAX_SAFE_INTEGER - n),
  );
  fc.assert(
    fc.property(fc.array(number, { maxLength: 400 }), (numbers) => {
      const table = emptyOrderTable();
      const map = new Map<number, Order>();
      for (const one of numbers) {
        if (map.delete(one)) removeOrder(table, one);
        else {
          const order = { number: one } as Order;
          map.set(one, order);
          addOrder(table, order);
        }
        expect(findOrder(table, one)).toBe(map.get(one));
      }
      for (const [one, order] of map) expect(findOrder(table, one)).toBe(order);
      expect(table.count).toBe(map.size);
      expect(new Set(allOrders(table))).toEqual(new Set(map.values()));
      for (const one of map.keys()) removeOrder(table, one);
      expect([...allOrders(table)]).toEqual([]);
    }),
  );
});
