import {
  expiryOf,
  fits,
  type Latest,
  mayFit,
  NEVER,
  type Placed,
  positionOf,
  postedOf,
  raise,
  type Times,
} from "./placed.ts";

interface Block<T extends Placed> extends Latest {
  /** Oldest first; never none. */
  items: T[];
}

/** All in the order in which they came, in blocks of which whole ones can be passed over. */
export interface Line<T extends Placed> {
  /** Oldest first. */
  readonly blocks: Block<T>[];
  count: number;
}

const MOST = 512;

export const emptyLine = <T extends Placed>(): Line<T> => ({ blocks: [], count: 0 });

// The last block that begins at or below a number; the first where none does.
const blockAt = <T extends Placed>({ blocks }: Line<T>, number: number): number => {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (blocks[middle]!.items[0]!.number <= number) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
};

const blockOf = <T extends Placed>(items: T[]): Block<T> => {
  const block = { items, posted: NEVER, expires: NEVER };
  for (const item of items) raise(block, item);
  return block;
};

export const hasNumber = <T extends Placed>(line: Line<T>, number: number): boolean => {
  const items = line.blocks[blockAt(line, number)]?.items ?? [];
  return items[positionOf(items, number)]?.number === number;
};

/** To be called once for each item. */
export const insertInLine = <T extends Placed>(line: Line<T>, item: T): void => {
  const { blocks } = line;
  line.count++;
  const at = blockAt(line, item.number);
  const block = blocks[at];
  if (!block) {
    blocks.push(blockOf([item]));
    return;
  }
  const { items } = block;
  if (items.length >= MOST) {
    // Newcomers stand at the end: their blocks are filled whole.
    const isNewest = at === blocks.length - 1 && items.at(-1)!.number < item.number;
    const rest = isNewest ? [] : items.splice(MOST / 2);
    const where = isNewest || item.number > rest[0]!.number ? rest : items;
    where.splice(positionOf(where, item.number), 0, item);
    blocks.splice(at, 1, blockOf(items), blockOf(rest));
    return;
  }
  items.splice(positionOf(items, item.number), 0, item);
  raise(block, item);
};

/** Answers whether it was there. */
export const removeFromLine = <T extends Placed>(line: Line<T>, item: Placed): boolean => {
  const { blocks } = line;
  const { number } = item;
  const at = blockAt(line, number);
  const block = blocks[at];
  if (!block) return false;
  const { items } = block;
  const index = positionOf(items, number);
  if (items[index]?.number !== number) return false;
  line.count--;
  items.splice(index, 1);
  const next = blocks[at + 1]?.items;
  if (items.length === 0) blocks.splice(at, 1);
  else if (next && items.length + next.length <= MOST / 4) blocks.splice(at, 2, blockOf([...items, ...next]));
  else if (postedOf(item) === block.posted || expiryOf(item) === block.expires)
    Object.assign(block, blockOf(items));
  return true;
};

/** Those below a number, newest first. */
export function* newest<T extends Placed>(line: Line<T>, below: number, times: Times): Generator<T> {
  for (let at = line.blocks.length === 0 ? -1 : blockAt(line, below); at >= 0; at--) {
    const block = line.blocks[at]!;
    if (!mayFit(block, times)) continue;
    const { items } = block;
    for (let i = Math.min(items.length, positionOf(items, below)) - 1; i >= 0; i--)
      if (fits(items[i]!, times)) yield items[i]!;
  }
}

/** The first that fits from a number on. */
export const nextFrom = <T extends Placed>(line: Line<T>, from: number, times: Times): T | undefined => {
  for (let at = blockAt(line, from); at < line.blocks.length; at++) {
    const block = line.blocks[at]!;
    if (!mayFit(block, times)) continue;
    const { items } = block;
    for (let i = positionOf(items, from); i < items.length; i++) if (fits(items[i]!, times)) return items[i];
  }
  return undefined;
};
