import { startChild } from "../child.ts";
import type { Measure } from "../measure.ts";

const ACCOUNTS = 1_000_000;
const AIM = 500;

interface Used {
  readonly used: number;
  readonly rss: number;
}

const perAccount = async (program: string): Promise<Used> => {
  const child = startChild(program, ["--expose-gc"]);
  const used = await child.ask<Used>(ACCOUNTS);
  await child.end();
  return used;
};

/** Memory does not depend on what else the machine does: once each. */
export const accounts: Measure = async (say) => {
  say(`${ACCOUNTS} accounts in the engine, then as plain objects`);
  const ours = await perAccount("./memory/engine-child.js");
  const plain = await perAccount("./memory/objects-child.js");
  const what = "an account with its authkey and two balances";
  return [
    {
      what: `${what}, in use after collection`,
      unit: "bytes",
      ours: ours.used,
      yardstick: { what: "the same as plain objects in two maps", value: plain.used },
      aim: { what: `under ${AIM}`, met: ours.used < AIM },
    },
    {
      what: `${what}, growth of the resident size`,
      unit: "bytes",
      ours: ours.rss,
      yardstick: { what: "the same as plain objects in two maps", value: plain.rss },
    },
  ];
};
