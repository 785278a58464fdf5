/**
 * Things by a number above 0 that each has: orders by theirs, levels by their price. A hash table with open addressing; a Map
 * takes three times as long.
 */
export interface NumberTable<T> {
  /** A power of two of them, at most half in use; 0 is free. */
  numbers: Float64Array;
  /** Beside their numbers. */
  things: (T | undefined)[];
  count: number;
}

const LEAST_SLOTS = 64;

const slots = <T>(length: number): (T | undefined)[] => new Array<undefined>(length).fill(undefined);

export const emptyNumberTable = <T>(): NumberTable<T> => ({
  numbers: new Float64Array(LEAST_SLOTS),
  things: slots(LEAST_SLOTS),
  count: 0,
});

// By the golden ratio, whose multiples lie evenly between each other: numbers in turn, and multiples of a tick, hardly meet.
const home = (number: number, mask: number): number => Math.imul(number, 0x9e3779b1) >>> Math.clz32(mask);

// Where the number is, or the free slot where it would be put.
const slotOf = (numbers: Float64Array, number: number): number => {
  const mask = numbers.length - 1;
  let at = home(number, mask);
  for (let other = numbers[at]!; other !== number && other !== 0; other = numbers[at]!) at = (at + 1) & mask;
  return at;
};

export const find = <T>({ numbers, things }: NumberTable<T>, number: number): T | undefined =>
  things[slotOf(numbers, number)];

export function* all<T>({ things }: NumberTable<T>): Generator<T> {
  for (const thing of things) if (thing !== undefined) yield thing;
}

const resize = <T>(table: NumberTable<T>, length: number): void => {
  const { numbers, things } = table;
  table.numbers = new Float64Array(length);
  table.things = slots(length);
  for (const [i, number] of numbers.entries()) if (number !== 0) put(table, number, things[i]!);
};

const put = <T>({ numbers, things }: NumberTable<T>, number: number, thing: T): void => {
  const at = slotOf(numbers, number);
  numbers[at] = number;
  things[at] = thing;
};

export const add = <T>(table: NumberTable<T>, number: number, thing: T): void => {
  if (2 * ++table.count > table.numbers.length) resize(table, 2 * table.numbers.length);
  put(table, number, thing);
};

export const remove = <T>(table: NumberTable<T>, number: number): void => {
  const { numbers, things } = table;
  const mask = numbers.length - 1;
  let free = slotOf(numbers, number);
  // Those behind it that it kept from their home move up, so that a search need not go past a gap.
  for (let at = (free + 1) & mask; numbers[at] !== 0; at = (at + 1) & mask) {
    const other = numbers[at]!;
    const fromHome = (at - home(other, mask)) & mask;
    if (fromHome < ((at - free) & mask)) continue;
    numbers[free] = other;
    things[free] = things[at];
    free = at;
  }
  numbers[free] = 0;
  things[free] = undefined;
  table.count--;
  if (16 * table.count < numbers.length && numbers.length > LEAST_SLOTS) resize(table, numbers.length / 4);
};
