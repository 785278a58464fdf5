import { writeSync } from "node:fs";
import { openHistory } from "../history.ts";
import { besidesAt, START, stepAt } from "./steps.ts";
import { makeTeller } from "./teller.ts";

/**
 * A program for the tests to kill: follows the endless row of steps into the folder, or the database, named by its argument, from
 * where history stands, and prints what was reached. Ends with the code of the failure if history fails.
 */
const history = await openHistory(process.argv[2]!);
history.onFailure(({ code }) => {
  writeSync(1, `${code}\n`);
  process.exit(3);
});
const teller = makeTeller(START);
writeSync(1, `${history.position}\n`);
for (let seq = 1; ; ) {
  const burst = 1 + (seq % 40);
  for (const last = seq + burst; seq < last; seq++)
    history.follow(seq, teller.tell(stepAt(seq)), besidesAt(seq));
  await new Promise(setImmediate);
  if (seq - history.position < 2000) continue;
  await history.reached(seq - 1);
  writeSync(1, `${history.position}\n`);
}
