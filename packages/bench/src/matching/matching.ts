import { startChild } from "../child.ts";
import { type Figure, interleaved, type Measure } from "../measure.ts";
import type { Pass } from "./pass.ts";

const ROUNDS = 9;
const OPERATIONS = 1_000_000;
const TIMES = 10;
/** By orders in the book: how many operations the yardstick gets, which would take minutes for all. */
const BOOKS = [
  [1_000, OPERATIONS],
  [10_000, 200_000],
  [100_000, 30_000],
] as const;

export const matching: Measure = async (say) => {
  const figures: Figure[] = [];
  for (const [resting, fewer] of BOOKS) {
    say(`a book of ${resting} orders: ${ROUNDS} rounds`);
    const children = {
      alone: startChild("./matching/ours-child.js"),
      applied: startChild("./matching/ours-child.js"),
      theirs: startChild("./matching/yardstick-child.js"),
    };
    const pass =
      (child: keyof typeof children, operations: number, whole = false) =>
      () =>
        children[child].ask<number>({ resting, operations, whole } satisfies Pass);
    const { alone, applied, theirs } = await interleaved(ROUNDS, {
      alone: pass("alone", OPERATIONS),
      applied: pass("applied", OPERATIONS, true),
      theirs: pass("theirs", fewer),
    });
    for (const child of Object.values(children)) await child.end();
    const yardstick = { what: "nodejs-order-book, without accounts, holds or fees", value: theirs };
    const unit = "operations/s";
    figures.push(
      {
        what: `matching with holds, fees and trade events, ${resting} resting orders`,
        unit,
        ours: alone,
        yardstick,
        aim: { what: `${TIMES} times the yardstick`, met: alone >= TIMES * theirs },
      },
      {
        what: `the same as commands: key, permission and changes of the book too, ${resting} resting orders`,
        unit,
        ours: applied,
        yardstick,
      },
    );
  }
  return figures;
};
