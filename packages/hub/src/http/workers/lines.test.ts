import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { gathering, onLines } from "./lines.ts";

test("what is told in one turn comes as one message, however the pipe cuts it, also inside a character", async () => {
  const there = new PassThrough();
  const tell = gathering<{ words: string[] }>(there, () => ({ words: [] }));
  const back = new PassThrough();
  there.on("data", (bytes: Buffer) => {
    for (const byte of bytes) back.write(Buffer.of(byte));
  });
  const taken: unknown[] = [];
  const second = new Promise<void>((resolve) =>
    onLines(back, (message) => {
      if (taken.push(message) === 2) resolve();
    }),
  );
  tell().words.push("café\n", "★");
  tell().words.push("\u2028");
  await new Promise((resolve) => setTimeout(resolve, 20));
  tell().words.push("");
  await second;
  expect(taken).toEqual([{ words: ["café\n", "★", "\u2028"] }, { words: [""] }]);
});
