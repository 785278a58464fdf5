/** A list of byte strings in one piece of memory: no object is kept for one. Holds up to 4 GiB. */
export type PackedBytes = {
  readonly size: number;
  /** Appends the bytes from `start` up to `end`. */
  readonly push: (bytes: Uint8Array, start: number, end: number) => void;
  /** Appends the letters, each of which is one byte. */
  readonly pushText: (text: string) => void;
  /** Whether entry `index` is these bytes. */
  readonly is: (index: number, bytes: Uint8Array, start: number, end: number) => boolean;
  /** Entry `index`, one letter a byte. */
  readonly text: (index: number) => string;
};

export const openPackedBytes = (): PackedBytes => {
  let packed: Buffer = Buffer.alloc(1024);
  /** Where each entry begins, and where the last one ends. */
  let starts = new Uint32Array(64);
  let size = 0;

  const makeRoom = (bytes: number): void => {
    const needed = starts[size]! + bytes;
    if (needed > packed.length) {
      const larger = Buffer.alloc(Math.max(needed, 2 * packed.length));
      packed.copy(larger);
      packed = larger;
    }
    if (size + 1 === starts.length) {
      const larger = new Uint32Array(2 * starts.length);
      larger.set(starts);
      starts = larger;
    }
  };

  return {
    get size() {
      return size;
    },
    push: (bytes, start, end) => {
      makeRoom(end - start);
      let at = starts[size]!;
      // Quicker than a view of so few bytes for `set`.
      for (let i = start; i < end; i++) packed[at++] = bytes[i]!;
      starts[++size] = at;
    },
    pushText: (text) => {
      makeRoom(text.length);
      const at = starts[size]!;
      starts[++size] = at + packed.write(text, at, "latin1");
    },
    is: (index, bytes, start, end) => {
      const at = starts[index]!;
      if (starts[index + 1]! - at !== end - start) return false;
      for (let i = start; i < end; i++) if (packed[at - start + i] !== bytes[i]) return false;
      return true;
    },
    text: (index) => packed.toString("latin1", starts[index]!, starts[index + 1]!),
  };
};
