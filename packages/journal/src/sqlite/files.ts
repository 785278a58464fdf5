import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";

export type OpenFile = {
  write(bytes: Uint8Array, from: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  read(into: Uint8Array, from: number, length: number, position: number): Promise<{ bytesRead: number }>;
  datasync(): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
};

/** What snapshots need of a file system. */
export type Files = {
  /** The first folder that had to be made, if any. */
  mkdir(path: string, options: { recursive: true; mode: number }): Promise<string | undefined>;
  /** A folder can be opened to be synced. */
  open(path: string, flags: "r" | "w", mode?: number): Promise<OpenFile>;
  readdir(path: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string): Promise<void>;
  createReadStream(
    path: string,
    options: { start: number; highWaterMark: number },
  ): AsyncIterable<Uint8Array | string>;
};

export const systemFiles: Files = { mkdir, open, readdir, rename, rm, createReadStream };
