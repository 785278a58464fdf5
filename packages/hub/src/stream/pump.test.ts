import { MessageChannel } from "node:worker_threads";
import { expect, test } from "vitest";
import { makePump, type Work } from "./pump.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("what a call that came during a turn has put off to the end of its own is done before the next turn", async () => {
  const pump = makePump();
  const { port1, port2 } = new MessageChannel();
  const happened: string[] = [];
  const calls = 20;
  let came = 0;
  port2.on("message", () => {
    happened.push("came");
    came++;
    setImmediate(() => happened.push("put off"));
  });
  let asked = 0;
  pump.start((most) => {
    happened.push("written");
    if (asked === came && asked < calls) {
      asked++;
      port1.postMessage("a call");
    }
    return came < calls ? most : 0;
  });
  while (came < calls) await turn();
  await turn();
  port1.close();
  for (const [at, what] of happened.entries()) if (what === "came") expect(happened[at + 1]).toBe("put off");
  expect(happened.filter((what) => what === "put off")).toHaveLength(calls);
  pump.stop();
});

test("however long a write takes, calls are answered after a few of them", async () => {
  const pump = makePump();
  let between = 0;
  const seen: number[] = [];
  pump.start((most) => {
    seen.push(between);
    const until = performance.now() + 3;
    while (performance.now() < until);
    return seen.length < 10 ? most : 0;
  });
  while (seen.length < 10) {
    between++;
    await turn();
  }
  for (let i = 1; i < seen.length; i++) expect(seen[i]).toBeGreaterThan(seen[i - 1]!);
  pump.stop();
});

test("a channel of few readers is not kept waiting by one of thousands, and all is written", async () => {
  const pump = makePump();
  const written: string[] = [];
  const writing = (name: string, count: number): Work => {
    let left = count;
    return (most) => {
      const now = Math.min(most, left);
      left -= now;
      for (let i = 0; i < now; i++) written.push(name);
      return now;
    };
  };
  pump.start(writing("many", 10_000));
  await turn();
  await turn();
  const before = written.length;
  pump.start(writing("few", 3));
  // Comes while another turn is due, and after all was done.
  while (written.length < 10_003) await turn();
  expect(written.lastIndexOf("few") - before).toBeLessThan(50);
  pump.start(writing("later", 5));
  while (written.length < 10_008) await turn();
  const count = (name: string) => written.filter((one) => one === name).length;
  expect([count("many"), count("few"), count("later")]).toEqual([10_000, 3, 5]);
  pump.stop();
});

test("a pump that was stopped writes no more", async () => {
  for (const turnsBefore of [0, 1, 2, 3]) {
    const pump = makePump();
    let written = 0;
    pump.start((most) => {
      written += most;
      return most;
    });
    for (let i = 0; i < turnsBefore; i++) await turn();
    pump.stop();
    const then = written;
    for (let i = 0; i < 5; i++) await turn();
    expect(written).toBe(then);
  }
});
