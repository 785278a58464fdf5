import { assert, checkInvariants, type Stamped } from "@coinholder/engine";
import { diskFailed, guarded, type Run, until } from "./course.ts";
import { addToIndex, newIndex, noteForReaders } from "./judge-answers.ts";
import { die, type Observer, operatorKey, startLife } from "./machine.ts";
import { newShadow } from "./shadow.ts";

const observer = (run: Run): Observer => {
  const { judging, note, count } = run;
  return {
    accepted: guarded(run, (seq: number, text: string) => {
      note(`entry ${seq} ${text}`);
      const entry = judging.shadow.take(seq, text);
      addToIndex(judging.index, entry);
      checkInvariants(judging.shadow.state);
      count(`entry: ${entry.command.kind}`);
      noteForReaders(judging);
    }),
    nothing: guarded(run, (command: Stamped, code: string) => {
      note(`${command.kind}: ${code}`);
      count(`engine: ${code}`);
      judging.shadow.refuse(command, code);
    }),
    complained: guarded(run, (what: string, error: unknown) => {
      note(`log: ${what}`);
      count(`log: ${what}`);
      assert(diskFailed(run) || run.stopping, `the hub complains: ${what}: ${(error as Error)?.stack}`);
    }),
  };
};

/** Starts the hub, as often as it takes. */
export const live = async (run: Run): Promise<void> => {
  const { machine, note, count } = run;
  for (let tries = 0; tries < 50; tries++) {
    run.failures = machine.disk.failures();
    run.stopping = false;
    const life = startLife(machine, observer(run));
    let trouble: Error | undefined;
    const up = life.started.catch((error: Error) => {
      trouble = error;
    });
    const settled = await until(run, up, () => !life.alive);
    if (!life.alive) {
      note("the machine died while the hub started");
      count("died while starting");
      await bury(run);
      continue;
    }
    assert(settled, "the hub does not start");
    if (trouble === undefined) {
      const key = operatorKey(machine);
      run.book.operator ??= { ...key, addresses: [] };
      return;
    }
    note(`no start: ${trouble.message}`);
    count("no start");
    if (!diskFailed(run)) throw trouble;
    die(machine);
    await bury(run);
    machine.disk.full.is = false;
  }
  throw new Error("the hub did not start 50 times");
};

/** The life is over: what the disk has now is all there is, and it is what it has to be. */
const bury = async (run: Run): Promise<void> => {
  const { machine, time, judging, book, note, count } = run;
  time.forgetTimers();
  machine.life?.release();
  const before = judging.shadow.entries;
  const shadow = newShadow();
  const index = newIndex();
  for (const { firstSeq, data } of machine.disk.groups())
    for (const [i, text] of data.split("\n").entries()) {
      const seq = firstSeq + i;
      assert(before[seq - 1]?.text === text, `entry ${seq} came back as something else: ${text}`);
      addToIndex(index, shadow.take(seq, text));
    }
  const kept = shadow.entries.length;
  note(`buried: ${kept} of ${before.length} entries are left, ${judging.answered} were answered`);
  if (kept < before.length) count("entries lost that nobody was answered about");
  assert(
    kept >= judging.answered,
    `entry ${judging.answered} was answered; after the crash there are ${kept}`,
  );
  judging.shadow = shadow;
  judging.index = index;
  judging.heard.clear();
  book.reading.clear();
  book.underWay.clear();
  book.quotes.length = 0;
  // The machine takes a moment to come back.
  await time.pass(run.random.pick([1, 100, 3000]));
};

/** After every step: has anything gone wrong, or has the hub or its machine ended? */
export const afterwards = async (run: Run): Promise<void> => {
  const { machine, count, note } = run;
  if (run.failed) throw run.failed;
  const life = machine.life!;
  if (life.fatal !== undefined && life.alive) {
    note(`the hub ended itself: ${(life.fatal as Error).message}`);
    if (!diskFailed(run)) throw life.fatal;
    count("ended of a failed write");
    die(machine);
  }
  if (life.alive) return;
  count("died");
  await bury(run);
  if (run.failed) throw run.failed;
  await live(run);
};

/** Lets time pass, and takes up what ended meanwhile. */
export const passAlive = async (run: Run, ms: number): Promise<void> => {
  const end = run.time.now() + ms;
  do {
    const life = run.machine.life!;
    const over = () => !life.alive || life.fatal !== undefined || run.failed !== undefined;
    await run.time.passUntil(new Promise(() => {}), end - run.time.now(), over);
    if (!over()) await run.time.pass(Math.max(0, end - run.time.now()));
    await afterwards(run);
  } while (run.time.now() < end);
};

/** The orderly way, which may be cut short as well. */
export const stop = async (run: Run): Promise<void> => {
  const { machine, count, judging } = run;
  const life = machine.life!;
  run.stopping = true;
  const stopped = life.stop();
  const settled = await until(
    run,
    stopped.catch(() => {}),
    () => !life.alive || life.fatal !== undefined,
  );
  if (life.fatal !== undefined || !life.alive) return;
  assert(settled, "the hub does not stop");
  await stopped;
  assert(judging.safe() === judging.shadow.entries.length, "all is on the disk when the hub has stopped");
  count("stopped");
  die(machine);
};
