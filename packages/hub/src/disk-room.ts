import { statfs } from "node:fs/promises";

const MIB = 1024 * 1024;
/** Below this calls that change something are refused. What a busy hub writes between two looks is far less. */
export const FULL_BYTES = 32 * MIB;
/** From this on they are taken again. */
const ROOM_AGAIN_BYTES = 2 * FULL_BYTES;
/** Below this the operator is told. */
const LOW_BYTES = 16 * FULL_BYTES;
const LOOK_MS = 250;

/**
 * How much room the data folder's disk has, looked at four times a second. A disk that is full ends the hub, as every failed
 * write does; so calls are refused while there is room left to write what is under way and what the chain brings.
 */
export interface DiskRoom {
  readonly isFull: () => boolean;
  readonly isLow: () => boolean;
  /** Undefined where the system does not tell. */
  readonly freeBytes: () => number | undefined;
}

const freeOn = async (folder: string): Promise<number | undefined> => {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
};

export const watchDiskRoom = async (
  folder: string,
  free: () => Promise<number | undefined> = () => freeOn(folder),
): Promise<DiskRoom & { readonly close: () => void }> => {
  let bytes: number | undefined;
  let full = false;
  let looking = false;
  const look = async (): Promise<void> => {
    // Questions to a disk that hangs each hold one of the few threads that all files share.
    if (looking) return;
    looking = true;
    bytes = await free();
    looking = false;
    full = bytes !== undefined && bytes < (full ? ROOM_AGAIN_BYTES : FULL_BYTES);
  };
  await look();
  const timer = setInterval(() => void look(), LOOK_MS).unref();
  return {
    isFull: () => full,
    isLow: () => bytes !== undefined && bytes < LOW_BYTES,
    freeBytes: () => bytes,
    close: () => clearInterval(timer),
  };
};
