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
  /** 0 until somebody has chosen his numbers so that they meet (see `home`), then odd. */
  secret: number;
}

const LEAST_SLOTS = 64;
/** From home to slot, at most, before numbers are taken for chosen to meet: at half in use, a million of any others stay below 100. */
const MOST_STEPS = 256;

const slots = <T>(length: number): (T | undefined)[] => new Array<undefined>(length).fill(undefined);

export const emptyNumberTable = <T>(): NumberTable<T> => ({
  numbers: new Float64Array(LEAST_SLOTS),
  things: slots(LEAST_SLOTS),
  count: 0,
  secret: 0,
});

// By the golden ratio, whose multiples lie evenly between each other: numbers in turn, and multiples of a tick, hardly meet. A trader
// who knows that can choose prices that all do, and an operation would take as long as there are such orders. With a secret, how
// numbers meet cannot be known; it decides nothing else, as a table has no order.
const home = (number: number, mask: number, secret: number): number =>
  Math.imul(secret === 0 ? number : mixed(number, secret), 0x9e3779b1) >>> Math.clz32(mask);

// Both halves of it: prices may differ above 32 bits only.
const mixed = (number: number, secret: number): number => {
  const low = number ^ Math.imul(Math.floor(number / 2 ** 32) ^ secret, 0x85ebca6b);
  const spread = Math.imul(low ^ (low >>> 16), secret);
  return spread ^ (spread >>> 15);
};

// Where the number is, or the free slot where it would be put.
const slotOf = ({ numbers, secret }: NumberTable<unknown>, number: number): number => {
  const mask = numbers.length - 1;
  let at = home(number, mask, secret);
  for (let other = numbers[at]!; other !== number && other !== 0; other = numbers[at]!) at = (at + 1) & mask;
  return at;
};

export const find = <T>(table: NumberTable<T>, number: number): T | undefined =>
  table.things[slotOf(table, number)];

export function* all<T>({ things }: NumberTable<T>): Generator<T> {
  for (const thing of things) if (thing !== undefined) yield thing;
}

const resize = <T>(table: NumberTable<T>, length: number): void => {
  const { numbers, things } = table;
  table.numbers = new Float64Array(length);
  table.things = slots(length);
  for (const [i, number] of numbers.entries()) if (number !== 0) put(table, number, things[i]!);
};

// Answers how far from home.
const put = <T>({ numbers, things, secret }: NumberTable<T>, number: number, thing: T): number => {
  const mask = numbers.length - 1;
  let at = home(number, mask, secret);
  let steps = 0;
  for (; numbers[at] !== 0; steps++) at = (at + 1) & mask;
  numbers[at] = number;
  things[at] = thing;
  return steps;
};

/** Of a number that is not in the table. */
export const add = <T>(table: NumberTable<T>, number: number, thing: T): void => {
  if (2 * ++table.count > table.numbers.length) resize(table, 2 * table.numbers.length);
  if (put(table, number, thing) <= MOST_STEPS || table.secret !== 0) return;
  table.secret = Math.floor(Math.random() * 2 ** 32) | 1;
  resize(table, table.numbers.length);
};

export const remove = <T>(table: NumberTable<T>, number: number): void => {
  const { numbers, things, secret } = table;
  const mask = numbers.length - 1;
  let free = slotOf(table, number);
  // Those behind it that it kept from their home move up, so that a search need not go past a gap.
  for (let at = (free + 1) & mask; numbers[at] !== 0; at = (at + 1) & mask) {
    const other = numbers[at]!;
    const fromHome = (at - home(other, mask, secret)) & mask;
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
