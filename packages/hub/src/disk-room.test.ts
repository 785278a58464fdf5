import { expect, test } from "vitest";
import { FULL_BYTES, watchDiskRoom } from "./disk-room.ts";
import { until } from "./testing/harness.ts";

test("a disk is full until there is room for more than a moment, and one that does not tell is never full", async () => {
  let free: number | undefined = 20 * FULL_BYTES;
  const room = await watchDiskRoom("/", async () => free);
  const told = async (full: boolean, low: boolean): Promise<void> => {
    const now = free;
    await until(
      async () => room.freeBytes(),
      (bytes) => bytes === now,
    );
    expect([room.isFull(), room.isLow()]).toEqual([full, low]);
  };
  await told(false, false);
  free = FULL_BYTES;
  await told(false, true);
  free = FULL_BYTES - 1;
  await told(true, true);
  free = 2 * FULL_BYTES - 1;
  await told(true, true);
  free = 2 * FULL_BYTES;
  await told(false, true);
  free = undefined;
  await told(false, false);
  room.close();
});

test("a disk that does not answer is asked once, and not over and over until nothing else can be", async () => {
  let asked = 0;
  const room = await watchDiskRoom("/", () =>
    ++asked === 1 ? Promise.resolve(undefined) : new Promise(() => {}),
  );
  await until(
    async () => asked,
    (times) => times === 2,
  );
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(asked).toBe(2);
  room.close();
});

test("the room of a folder is told in bytes", async () => {
  const room = await watchDiskRoom(process.cwd());
  expect(room.freeBytes()).toBeGreaterThan(0);
  room.close();
});
