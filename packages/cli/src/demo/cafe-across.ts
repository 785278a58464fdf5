import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { bold } from "../terminal.ts";
import { buyEspressos } from "./cafe-story.ts";
import { introduce, makeCustomer, openTown } from "./cafe-town.ts";
import { check, tell } from "./narrator.ts";

// `npm run demo:cafe`: a customer of one hub pays at the till of another, in the café's currency, before any block. With
// `--btcd PATH` on btcd, else on the development chain.

const play = async (): Promise<void> => {
  const { values } = parseArgs({ options: { btcd: { type: "string" } } });
  console.log(bold("A purchase at a café"));
  const town = await openTown(values.btcd === undefined ? undefined : resolve(values.btcd));
  await introduce(town);
  await buyEspressos(town, await makeCustomer(town));
  console.log(`\n${bold("The end")}`);
  await town.close();
  check("both hubs were asked to stop, and ended well", true);
};

await tell(play);
