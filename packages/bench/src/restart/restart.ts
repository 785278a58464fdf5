import { startChild } from "../child.ts";
import { interleaved, type Measure } from "../measure.ts";
import { grownHub, resetSnapshots } from "./grow.ts";
import type { Start } from "./restart-child.ts";

const ROUNDS = 3;
const FULL = { accounts: 1_000_000, commands: 10_000_000, tail: 1_000_000 };
const AIM_SECONDS = 10;

/** @param scale of the full size; less is only for a quick look */
export const restart =
  (scale: number): Measure =>
  async (say) => {
    const size = {
      accounts: Math.max(2000, FULL.accounts * scale),
      commands: FULL.commands * scale,
      tail: FULL.tail * scale,
    };
    const data = await grownHub(size, say);
    const run = async (hub: boolean): Promise<number> => {
      resetSnapshots(data);
      const child = startChild("./restart/restart-child.js");
      const seconds = await child.ask<number>({ data, hub } satisfies Start);
      await child.kill();
      return seconds;
    };
    say(`${ROUNDS} rounds of starting it`);
    const { ours, parsing } = await interleaved(ROUNDS, { ours: () => run(true), parsing: () => run(false) });
    return [
      {
        what: `start of a hub after a crash: snapshot of ${size.accounts} accounts, last ${size.tail} of ${size.commands} commands`,
        unit: "s",
        ours,
        yardstick: { what: "reading, verifying and parsing the same, without applying", value: parsing },
        aim: { what: `under ${AIM_SECONDS} s`, met: ours < AIM_SECONDS },
      },
    ];
  };
