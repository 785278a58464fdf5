import { describe, expect, test } from "vitest";
import { prng } from "../prng.ts";
import { makeSnapshotDisk } from "./snapshot-disk.ts";

const FOLDER = "/disk/snapshots";
const text = Buffer.from("a snapshot\n".repeat(300));

/** Writes a file as far as told, then the power goes: what its names and bytes are then, over many seeds. */
const after = async (steps: "write" | "sync" | "rename" | "sync folder"): Promise<Set<string>> => {
  const found = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const disk = makeSnapshotDisk();
    const files = disk.seenBy(async () => {});
    const file = await files.open(`${FOLDER}/snapshot.part`, "w", 0o600);
    await file.write(text, 0, text.length, 0);
    if (steps !== "write") await file.sync();
    if (steps === "rename" || steps === "sync folder")
      await files.rename(`${FOLDER}/snapshot.part`, `${FOLDER}/snapshot-1.txt`);
    if (steps === "sync folder") await (await files.open(FOLDER, "r")).sync();
    disk.lose(prng(seed));
    const names = await files.readdir(FOLDER);
    if (names.length === 0) found.add("nothing");
    for (const name of names) {
      const parts: Uint8Array[] = [];
      for await (const part of files.createReadStream(`${FOLDER}/${name}`, { start: 0, highWaterMark: 100 }))
        parts.push(part as Uint8Array);
      found.add(`${name} ${Buffer.concat(parts).equals(text) ? "whole" : "torn"}`);
    }
  }
  return found;
};

describe("what is left when the power goes", () => {
  test("of a file that was not synced: any part of it", async () => {
    expect(await after("write")).toEqual(new Set(["nothing", "snapshot.part torn", "snapshot.part whole"]));
  });

  test("of names that were not synced: those from some moment on", async () => {
    expect(await after("sync")).toEqual(new Set(["nothing", "snapshot.part whole"]));
    expect(await after("rename")).toEqual(
      new Set(["nothing", "snapshot.part whole", "snapshot-1.txt whole"]),
    );
  });

  test("of what was synced: all", async () => {
    expect(await after("sync folder")).toEqual(new Set(["snapshot-1.txt whole"]));
  });
});
