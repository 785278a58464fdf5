import type { Order } from "./order.ts";

/**
 * Open orders by number: a hash table with open addressing, whose hash is the number itself. Orders are numbered in turn and live
 * briefly, so they hardly ever collide; a Map takes three times as long.
 */
export interface OrderTable {
  /** A power of two of them, at most half in use. */
  slots: (Order | undefined)[];
  count: number;
}

const LEAST_SLOTS = 64;
const empty = (length: number): undefined[] => new Array<undefined>(length).fill(undefined);

export const emptyOrderTable = (): OrderTable => ({ slots: empty(LEAST_SLOTS), count: 0 });

// Where the order is, or the free slot where it would be put.
const slotOf = (slots: OrderTable["slots"], number: number): number => {
  const mask = slots.length - 1;
  let at = number & mask;
  for (let order = slots[at]; order !== undefined && order.number !== number; order = slots[at])
    at = (at + 1) & mask;
  return at;
};

export const findOrder = ({ slots }: OrderTable, number: number): Order | undefined =>
  slots[slotOf(slots, number)];

export function* allOrders({ slots }: OrderTable): Generator<Order> {
  for (const order of slots) if (order) yield order;
}

const resize = (table: OrderTable, length: number): void => {
  const slots: OrderTable["slots"] = empty(length);
  for (const order of allOrders(table)) slots[slotOf(slots, order.number)] = order;
  table.slots = slots;
};

export const addOrder = (table: OrderTable, order: Order): void => {
  if (2 * ++table.count > table.slots.length) resize(table, 2 * table.slots.length);
  table.slots[slotOf(table.slots, order.number)] = order;
};

export const removeOrder = (table: OrderTable, number: number): void => {
  const { slots } = table;
  const mask = slots.length - 1;
  let free = slotOf(slots, number);
  // Those behind it that it kept from their place move up, so that a search need not go past a gap.
  for (let at = (free + 1) & mask; ; at = (at + 1) & mask) {
    const order = slots[at];
    if (order === undefined) break;
    const behindItsPlace = (at - order.number) & mask;
    if (behindItsPlace < ((at - free) & mask)) continue;
    slots[free] = order;
    free = at;
  }
  slots[free] = undefined;
  table.count--;
  if (16 * table.count < slots.length && slots.length > LEAST_SLOTS) resize(table, slots.length / 4);
};
