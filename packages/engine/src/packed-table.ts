import { assert } from "./assert.ts";
import { copyBytes, lettersOf, listOf, type Texts } from "./columns.ts";
import { emptyTextIndex, hashOfBytes } from "./text-index.ts";

/**
 * Small things by a text that each has, millions of them: what most of them are fits into a row of 64 bytes, one line of a processor's cache,
 * where objects would be five places of memory and three times as much of it. Those that do not fit are kept as they are.
 * In the order of a Map. What `get` answers is made anew each time, or what was added: to change a thing, add another one.
 */
export interface PackedTable<T, Added extends T = T> {
  readonly size: number;
  get(text: string): T | undefined;
  has(text: string): boolean;
  /** One with the same text gives up its place to it. */
  add(thing: Added): void;
  /** Adds many that are not there yet, as a dump has them: at places one after the other from the one that it answers. */
  addAll(texts: Texts, many: Many<Added>): number;
  /** So many there will be. */
  expect(count: number): void;
  /** Whether it was there. */
  delete(text: string): boolean;
  /** What is added meanwhile comes, too. Nothing may be deleted meanwhile. */
  values(): Generator<T>;
  /** The same as they are kept: many times quicker, where the text is not asked for. */
  allKept(): Generator<Row | Added>;
  /**
   * Of each text the owner, or -1 where it is not there: looked for all at once, which is much quicker than one after the other. `get` finds
   * them again without a search, if it is asked for them next and in this order.
   */
  lookAhead(texts: readonly string[]): Int32Array;
  /** Places are numbers from 0 on; they last until `onMoved` of the packing tells others. -1: it is not there. */
  placeOf(text: string): number;
  at(place: number): T;
  /** The row, where it fits into one; else the thing as it was added. */
  kept(place: number): Row | Added;
}

/** Things with texts, that fit into rows if their texts do, and are not made unless they must be. */
export interface Many<Added> {
  readonly owners: readonly number[];
  /** As `write` of the packing, for the i-th. */
  readonly write: (i: number, row: DataView, at: number) => void;
  readonly thing: (i: number, text: string) => Added;
}

/** What a packing writes and reads: the bytes from `at` on, up to `END`. */
export interface Row {
  readonly bytes: Buffer;
  readonly at: number;
}

/** Of a row: the length of its text, the text, what the packing puts there, the owner, and what kind of row it is. */
const ROW = 64;
const OWNER = 56;
const KIND = 60;
const GONE = 0;
const PACKED = 1;
const ODD = 2;
const NOT_HERE = 255;

/** The longest text, where the packing keeps `own` bytes. */
const mostText = (own: number): number => OWNER - 1 - own;
/** Where the packing's own bytes begin. */
const ownFrom = (own: number): number => OWNER - own;

/** So few are left as they are. */
const LEAST_GAPS = 64;
/** Rows of a piece of memory: a power of 2. */
const PIECE_BITS = 14;
const PIECE = 1 << PIECE_BITS;

export interface Packing<T, Added extends T = T> {
  readonly textOf: (thing: T) => string;
  /** A whole number of 32 bits. */
  readonly ownerOf: (thing: T) => number;
  /** How many bytes it needs besides text and owner. */
  readonly bytes: number;
  /** Whether what it writes is all that there is to the thing; and writes it. */
  readonly write: (thing: Added, row: DataView, at: number) => boolean;
  readonly read: (text: string, owner: number, row: DataView, at: number) => T;
  /** After deletions all things may have new places: from each old one to its new one. */
  readonly onMoved?: (to: Int32Array) => void;
}

export const emptyPackedTable = <T, Added extends T = T>(
  packing: Packing<T, Added>,
): PackedTable<T, Added> => {
  const { ownerOf, read, textOf, write } = packing;
  const longest = mostText(packing.bytes);
  const own = ownFrom(packing.bytes);
  const pieces: Buffer[] = [];
  /** The same memory: there two bytes or four are as quick as one. */
  const views: DataView[] = [];
  const odd = new Map<number, Added>();
  /** Places given, also to those that are gone. */
  let count = 0;

  const bytesOf = (place: number): Buffer => pieces[(place / PIECE) | 0]!;
  const viewOf = (place: number): DataView => views[(place / PIECE) | 0]!;
  const rowAt = (place: number): number => (place % PIECE) * ROW;

  const is = (place: number, text: string): boolean => {
    const bytes = bytesOf(place);
    const at = rowAt(place);
    const length = bytes[at]!;
    if (length === NOT_HERE) return textOf(odd.get(place)!) === text;
    if (length !== text.length) return false;
    for (let i = 0; i < length; i++) if (bytes[at + 1 + i] !== text.charCodeAt(i)) return false;
    return true;
  };
  const index = emptyTextIndex(is);

  /** What was looked for ahead, where it is (until something is deleted), and how many of them were asked for. */
  let expected: readonly string[] = [];
  let expectedAt: Int32Array = new Int32Array(0);
  let asked = 0;

  const find = (text: string): number => {
    // Nearly always the very same string, which is told without a look at its letters.
    if (asked < expected.length && expected[asked] === text) {
      const place = expectedAt[asked++]!;
      if (place >= 0) return place;
    }
    return index.find(text);
  };

  const textAt = (bytes: Buffer, at: number): string => bytes.toString("latin1", at + 1, at + 1 + bytes[at]!);

  const packs = (thing: Added, bytes: Buffer, view: DataView, at: number): boolean => {
    const text = textOf(thing);
    if (text.length > longest) return false;
    for (let i = 0; i < text.length; i++) {
      const letter = text.charCodeAt(i);
      if (letter > 0xff) return false;
      bytes[at + 1 + i] = letter;
    }
    bytes[at] = text.length;
    return write(thing, view, at + own);
  };

  const putEnd = (view: DataView, at: number, owner: number, kind: number): void => {
    view.setInt32(at + OWNER, owner, true);
    view.setInt32(at + KIND, kind, true);
  };

  const put = (place: number, thing: Added): void => {
    const bytes = bytesOf(place);
    const view = viewOf(place);
    const at = rowAt(place);
    const packed = packs(thing, bytes, view, at);
    if (packed) odd.delete(place);
    else {
      odd.set(place, thing);
      bytes[at] = NOT_HERE;
    }
    putEnd(view, at, ownerOf(thing), packed ? PACKED : ODD);
  };

  const kindOf = (place: number): number => viewOf(place).getInt32(rowAt(place) + KIND, true);
  const ownerAt = (place: number): number => viewOf(place).getInt32(rowAt(place) + OWNER, true);

  const newPlace = (): number => {
    if (count === pieces.length * PIECE) {
      const piece = Buffer.alloc(PIECE * ROW);
      pieces.push(piece);
      views.push(new DataView(piece.buffer, piece.byteOffset, PIECE * ROW));
    }
    return count++;
  };

  const thingAt = (place: number, text?: string): T => {
    const bytes = bytesOf(place);
    const at = rowAt(place);
    if (bytes[at] === NOT_HERE) return odd.get(place)!;
    return read(text ?? textAt(bytes, at), ownerAt(place), viewOf(place), at + own);
  };

  /** Rows move up over those that are gone. */
  const closeGaps = (): void => {
    const to = new Int32Array(count).fill(-1);
    let next = 0;
    for (let place = 0; place < count; place++) {
      if (kindOf(place) === GONE) continue;
      to[place] = next;
      if (next !== place) {
        const from = rowAt(place);
        bytesOf(place).copy(bytesOf(next), rowAt(next), from, from + ROW);
        const thing = odd.get(place);
        if (thing !== undefined) {
          odd.delete(place);
          odd.set(next, thing);
        }
      }
      next++;
    }
    count = next;
    pieces.length = views.length = Math.ceil(count / PIECE);
    index.move(to);
    packing.onMoved?.(to);
  };

  const keptAt = (place: number): Row | Added =>
    odd.get(place) ?? { bytes: bytesOf(place), at: rowAt(place) + own };

  return {
    get size() {
      return index.size;
    },
    get(text) {
      const place = find(text);
      return place < 0 ? undefined : thingAt(place, text);
    },
    has: (text) => index.find(text) >= 0,
    add(thing) {
      const place = index.add(textOf(thing), count);
      if (place >= 0) return put(place, thing);
      put(newPlace(), thing);
    },
    addAll(texts, { owners, thing, write }) {
      const packable = lettersOf(texts, owners.length);
      const from = count;
      if (packable === undefined || packable.width > longest) {
        for (const [i, text] of listOf(texts, owners.length).entries()) this.add(thing(i, text));
        assert(count === from + owners.length, "texts that are added together are new");
        return from;
      }
      const { letters, width } = packable;
      const hashes = new Int32Array(owners.length);
      for (let i = 0; i < hashes.length; i++) {
        const place = newPlace();
        const view = viewOf(place);
        const at = rowAt(place);
        view.setUint8(at, width);
        copyBytes(letters, i * width, view, at + 1, width);
        write(i, view, at + own);
        putEnd(view, at, owners[i]!, PACKED);
        hashes[i] = hashOfBytes(letters, i * width, width);
      }
      index.addAll(hashes, from, (place) => textAt(bytesOf(place), rowAt(place)));
      return from;
    },
    expect: index.expect,
    delete(text) {
      const place = index.delete(text);
      if (place < 0) return false;
      expected = [];
      odd.delete(place);
      viewOf(place).setInt32(rowAt(place) + KIND, GONE, true);
      // Of the places at least half are in use. Not when one is added: `values` may be under way then.
      if (count > 2 * index.size + LEAST_GAPS) closeGaps();
      return true;
    },
    *values() {
      for (let place = 0; place < count; place++) if (kindOf(place) !== GONE) yield thingAt(place);
    },
    *allKept() {
      for (let place = 0; place < count; place++) if (kindOf(place) !== GONE) yield keptAt(place);
    },
    lookAhead(texts) {
      const places = index.probable(texts);
      const owners = new Int32Array(texts.length);
      // Rows may stand across two lines of the cache: both are gone to, in a loop so short that those of many are under way together.
      for (let i = 0; i < texts.length; i++) {
        const place = places[i]!;
        if (place < 0) continue;
        const piece = place >> PIECE_BITS;
        const row = place & (PIECE - 1);
        const view = views[piece]!;
        owners[i] = view.getInt32(row * ROW + OWNER, true);
        const length = view.getUint8(row * ROW);
        if (length !== texts[i]!.length && length !== NOT_HERE) places[i] = -1;
      }
      for (let i = 0; i < texts.length; i++)
        if (places[i]! < 0 || !is(places[i]!, texts[i]!)) places[i] = owners[i] = -1;
      expected = texts.slice();
      expectedAt = places;
      asked = 0;
      return owners;
    },
    placeOf: (text) => index.find(text),
    at: (place) => thingAt(place),
    kept: keptAt,
  };
};
