/**
 * Things by a text that each has: authkeys by their token, addresses by their own. What a Map does, in the order of a Map, with a hash
 * table of numbers beside the things: a text that is not there is told without looking at another one, and `getAll` has the memory of
 * many fetched at once, where each would be waited for (half a microsecond among millions, and a Map goes to six places for one).
 * Texts are the hub's own: who could choose them could choose equal hashes.
 */
export interface TextTable<T> {
  readonly size: number;
  get(text: string): T | undefined;
  has(text: string): boolean;
  /** One with the same text gives up its place to it. */
  add(thing: T): void;
  /** Whether it was there. */
  delete(text: string): boolean;
  /** What is added meanwhile comes, too. Nothing may be deleted meanwhile. */
  values(): Generator<T>;
  /** Of each text, as `get`. */
  getAll(texts: readonly string[]): (T | undefined)[];
}

const LEAST_SLOTS = 64;
/** Two numbers a slot: the hash, and the thing's place + 1, where 0 is free. */
const WIDTH = 2;

const hashOf = (text: string): number => {
  let hash = text.length;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x9e3779b1);
  return hash ^ (hash >>> 15);
};

export const emptyTextTable = <T>(textOf: (thing: T) => string): TextTable<T> => {
  let slots = new Int32Array(LEAST_SLOTS * WIDTH);
  let mask = LEAST_SLOTS - 1;
  /** In the order in which they came; gone where undefined. */
  let things: (T | undefined)[] = [];
  let size = 0;

  // Where the slot of the text is, or the free one where it would be put.
  const slotOf = (text: string, hash: number): number => {
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const place = slots[slot * WIDTH + 1]!;
      if (place === 0) return slot;
      if (slots[slot * WIDTH] === hash && textOf(things[place - 1]!) === text) return slot;
    }
  };
  const find = (text: string, hash: number): T | undefined => {
    const place = slots[slotOf(text, hash) * WIDTH + 1]!;
    return place === 0 ? undefined : things[place - 1];
  };

  const put = (hash: number, place: number): void => {
    let slot = hash & mask;
    while (slots[slot * WIDTH + 1] !== 0) slot = (slot + 1) & mask;
    slots[slot * WIDTH] = hash;
    slots[slot * WIDTH + 1] = place + 1;
  };

  const resize = (length: number): void => {
    const before = slots;
    slots = new Int32Array(length * WIDTH);
    mask = length - 1;
    for (let at = 0; at < before.length; at += WIDTH)
      if (before[at + 1] !== 0) put(before[at]!, before[at + 1]! - 1);
  };

  const closeGaps = (): void => {
    things = things.filter((thing) => thing !== undefined);
    slots.fill(0);
    for (const [place, thing] of things.entries()) put(hashOf(textOf(thing!)), place);
  };

  return {
    get size() {
      return size;
    },
    get: (text) => find(text, hashOf(text)),
    has: (text) => find(text, hashOf(text)) !== undefined,
    add(thing) {
      const text = textOf(thing);
      const hash = hashOf(text);
      const place = slots[slotOf(text, hash) * WIDTH + 1]! - 1;
      if (place >= 0) {
        things[place] = thing;
        return;
      }
      // At most three quarters are in use.
      if (4 * ++size > 3 * (mask + 1)) resize(2 * (mask + 1));
      things.push(thing);
      put(hash, things.length - 1);
    },
    delete(text) {
      let free = slotOf(text, hashOf(text));
      const place = slots[free * WIDTH + 1]! - 1;
      if (place < 0) return false;
      things[place] = undefined;
      size--;
      // Those behind it that it kept from their home move up, so that a search need not go past a gap.
      for (let at = (free + 1) & mask; slots[at * WIDTH + 1] !== 0; at = (at + 1) & mask) {
        const fromHome = (at - slots[at * WIDTH]!) & mask;
        if (fromHome < ((at - free) & mask)) continue;
        slots[free * WIDTH] = slots[at * WIDTH]!;
        slots[free * WIDTH + 1] = slots[at * WIDTH + 1]!;
        free = at;
      }
      slots[free * WIDTH + 1] = 0;
      // Of the things' places at least half are in use. Not when one is added: `values` may be under way then.
      if (things.length > 2 * size + LEAST_SLOTS) closeGaps();
      return true;
    },
    *values() {
      for (let i = 0; i < things.length; i++) {
        const thing = things[i];
        if (thing !== undefined) yield thing;
      }
    },
    getAll(texts) {
      // Each loop goes to one place of memory per text, so that none waits for the one before it.
      const count = texts.length;
      const hashes = new Int32Array(count);
      const places = new Int32Array(count);
      for (let i = 0; i < count; i++) hashes[i] = hashOf(texts[i]!);
      for (let i = 0; i < count; i++) {
        const at = (hashes[i]! & mask) * WIDTH;
        places[i] = slots[at] === hashes[i] ? slots[at + 1]! : 0;
      }
      const all: (T | undefined)[] = new Array(count);
      for (let i = 0; i < count; i++) all[i] = places[i] === 0 ? undefined : things[places[i]! - 1];
      const found: (string | undefined)[] = new Array(count);
      for (let i = 0; i < count; i++) found[i] = all[i] === undefined ? undefined : textOf(all[i]!);
      for (let i = 0; i < count; i++) if (found[i] !== texts[i]) all[i] = find(texts[i]!, hashes[i]!);
      return all;
    },
  };
};
