import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "./failure.ts";
import { readOwned } from "./owned-file.ts";

/** A JSON file in which this command line keeps something, for its owner alone. */
export interface PrivateFile<T> {
  readonly path: string;
  /** "keyring": how failures call it, in words and codes. */
  readonly what: string;
  /** What an absent file holds. */
  readonly empty: () => T;
  /** Reads what JSON.parse gave; undefined where it has not the form. */
  readonly read: (value: unknown) => T | undefined;
  readonly write: (content: T) => unknown;
}

const LOCK_TRIES = 100;
const LOCK_PAUSE_MS = 50;

/** What the file holds. Throws CommandError. */
export const readPrivate = <T>({ empty, path, read, what }: PrivateFile<T>): T => {
  const text = readOwned(path, what);
  if (text === undefined) return empty();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Told below.
  }
  const content = read(value);
  if (content === undefined)
    throw new CommandError(`${what}_malformed`, `${path} is not what this version of coinholder writes.`);
  return content;
};

/** Whole or not at all, and never readable by others. */
const writePrivate = <T>({ path, write }: PrivateFile<T>, content: T): void => {
  const next = `${path}.next`;
  // One that a killed process left keeps its permissions when it is opened again.
  rmSync(next, { force: true });
  const file = openSync(next, "wx", 0o600);
  try {
    // Not by writeSync, which writes a part where a disk has room for no more, and says nothing.
    writeFileSync(file, `${JSON.stringify(write(content), null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(next, path);
};

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** The process that holds it; NaN: it has not said yet. Throws where there is none. */
const ownerOf = (lock: string): number => Number(readFileSync(lock, "utf8") || Number.NaN);

const isLeft = (owner: number): boolean => Number.isSafeInteger(owner) && owner > 0 && !isRunning(owner);

/** Takes away a lock whose process has ended. One at a time: a second would take away the lock that comes after it. */
const breakLeft = (lock: string): void => {
  const breaking = `${lock}.break`;
  try {
    closeSync(openSync(breaking, "wx", 0o600));
  } catch {
    return;
  }
  try {
    if (isLeft(ownerOf(lock))) rmSync(lock, { force: true });
  } catch {
    // It is gone.
  } finally {
    rmSync(breaking, { force: true });
  }
};

const takeLock = async (lock: string, what: string): Promise<void> => {
  for (let tried = 0; tried < LOCK_TRIES; tried++) {
    try {
      const file = openSync(lock, "wx", 0o600);
      writeSync(file, String(process.pid));
      closeSync(file);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    let owner = Number.NaN;
    try {
      owner = ownerOf(lock);
    } catch {
      continue;
    }
    if (isLeft(owner)) breakLeft(lock);
    await sleep(LOCK_PAUSE_MS);
  }
  throw new CommandError(
    `${what}_locked`,
    `Another coinholder is using ${lock.replace(/\.lock$/, "")}. If none is, delete ${lock}.`,
  );
};

/** Changes the file while no other process does; its folder is made if need be. */
export const changePrivate = async <T, R>(
  file: PrivateFile<T>,
  change: (content: T) => Promise<R> | R,
): Promise<R> => {
  mkdirSync(dirname(file.path), { recursive: true, mode: 0o700 });
  const lock = `${file.path}.lock`;
  await takeLock(lock, file.what);
  try {
    const content = readPrivate(file);
    // A key that is made and then cannot be written is lost, so try that before.
    writePrivate(file, content);
    const result = await change(content);
    writePrivate(file, content);
    return result;
  } finally {
    rmSync(lock, { force: true });
  }
};
