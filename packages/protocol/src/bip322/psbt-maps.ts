import { bytesToHex, concatBytes } from "@noble/hashes/utils.js";
import { VarBytes } from "@scure/btc-signer/script.js";

// BIP-174: a PSBT is a magic number and maps, one for the whole, then one for each input and each output. Read here without looking
// into values that nobody asks for: the library's own reader decodes all, which takes a second for a PSBT of 70 kB full of keys.

/** A map of a PSBT: by the type of the key. Keys that have more than their type are left out. */
export type PsbtMap = ReadonlyMap<number, Uint8Array>;

const MAGIC = Uint8Array.of(0x70, 0x73, 0x62, 0x74, 0xff); // "psbt", 0xff

type Reader = { readonly bytes: Uint8Array; at: number };

/** A compact size, in its shortest form only. */
const readSize = (reader: Reader): number => {
  const { bytes, at } = reader;
  const first = bytes[at] ?? 0xff;
  const width = first < 0xfd ? 0 : first === 0xfd ? 2 : 4;
  if (first === 0xff || at + 1 + width > bytes.length) throw new RangeError("no size");
  reader.at += 1 + width;
  if (width === 0) return first;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at + 1, width);
  const size = width === 2 ? view.getUint16(0, true) : view.getUint32(0, true);
  if (size < (width === 2 ? 0xfd : 0x1_0000)) throw new RangeError("longer than it must be");
  return size;
};

const readBytes = (reader: Reader): Uint8Array => {
  const length = readSize(reader);
  const end = reader.at + length;
  if (end > reader.bytes.length) throw new RangeError("cut off");
  const part = reader.bytes.slice(reader.at, end);
  reader.at = end;
  return part;
};

const readMap = (reader: Reader): PsbtMap => {
  const map = new Map<number, Uint8Array>();
  const keys = new Set<string>();
  for (let key = readBytes(reader); key.length > 0; key = readBytes(reader)) {
    const name = bytesToHex(key);
    if (keys.has(name)) throw new RangeError("a key stands twice");
    keys.add(name);
    const value = readBytes(reader);
    if (key.length === 1) map.set(key[0]!, value);
  }
  return map;
};

/** The maps of a PSBT, all of its bytes; undefined when it is malformed. */
export const readMaps = (bytes: Uint8Array): PsbtMap[] | undefined => {
  if (!MAGIC.every((byte, at) => bytes[at] === byte)) return undefined;
  const reader = { bytes, at: MAGIC.length };
  const maps: PsbtMap[] = [];
  try {
    while (reader.at < bytes.length) maps.push(readMap(reader));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  return maps;
};

/** Keys in ascending order. */
export const writeMaps = (maps: readonly PsbtMap[]): Uint8Array =>
  concatBytes(
    MAGIC,
    ...maps.flatMap((map) => [
      ...[...map]
        .sort(([a], [b]) => a - b)
        .flatMap(([type, value]) => [Uint8Array.of(1, type), VarBytes.encode(value)]),
      Uint8Array.of(0),
    ]),
  );
