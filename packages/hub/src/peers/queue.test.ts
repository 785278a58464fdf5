import { expect, test } from "vitest";
import type { News } from "./live.ts";
import { makeQueue, type PeerQueue } from "./queue.ts";

const invoice = (address: string | number): News => ({ about: "invoice", address: String(address) });
const taken = (queue: PeerQueue): string[] => {
  const all: string[] = [];
  for (let news = queue.take(); news; news = queue.take()) all.push(news.address);
  return all;
};

test("what is new comes before what was missed, and each thing once", () => {
  const queue = makeQueue();
  queue.fill([invoice(3), invoice(2), invoice(1)]);
  queue.add(invoice(4));
  queue.add(invoice(4));
  expect([queue.size(), queue.take()?.address, queue.take()?.address]).toEqual([4, "4", "3"]);
  queue.add(invoice(5));
  expect(taken(queue)).toEqual(["5", "2", "1"]);
  expect(queue.size()).toBe(0);
});

test("what the peer has, or told itself, is not told; a withdrawal is another thing; a new hub at its place knows nothing", () => {
  const queue = makeQueue();
  queue.fill([invoice(2), invoice(1)]);
  queue.add(invoice(3));
  for (const address of [1, 3]) queue.done(invoice(address));
  queue.add(invoice(3));
  queue.add({ about: "withdrawal", address: "3" });
  expect(taken(queue)).toEqual(["3", "2"]);
  queue.done(invoice(2));
  queue.clear();
  queue.fill([invoice(2), invoice(1)]);
  expect(taken(queue)).toEqual([]);
  queue.forget();
  queue.fill([invoice(2), invoice(1)]);
  expect(taken(queue)).toEqual(["2", "1"]);
});

test("more that is new than is kept is not lost: it is to be looked up", () => {
  const queue = makeQueue();
  for (let i = 0; i < 10_000; i++) queue.add(invoice(i));
  expect(queue.overflown()).toBe(false);
  queue.add(invoice("one too many"));
  expect([queue.size(), queue.overflown()]).toEqual([10_000, true]);
  queue.clear();
  queue.fill([invoice("one too many")]);
  expect([taken(queue), queue.overflown()]).toEqual([["one too many"], false]);
});
