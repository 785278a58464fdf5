import { connect } from "@coinholder/client";
import { devchainAccess } from "../devchain-rpc.ts";
import { operatorCredentials } from "../operator-key.ts";
import { bold } from "../terminal.ts";
import { buyCoffee } from "./cafe.ts";
import { fundAlice, makeAccounts } from "./deposit.ts";
import { startHubProcess } from "./hub-process.ts";
import { check, say, tell } from "./narrator.ts";
import { payInside, payOutside } from "./payments.ts";
import { trade } from "./trade.ts";
import type { World } from "./world.ts";

// `npm run demo`: the main story of a hub, played with real calls over HTTP against a hub of its own.

const play = async (): Promise<void> => {
  console.log(bold("A hub of your own"));
  say("A fresh hub starts in a folder that will be gone afterwards, with a development chain inside:");
  say("real blocks, real transactions, play money. Every line with a ✓ was checked as it happened.");
  const process_ = await startHubProcess();
  const hub = await connect(process_.url);
  say(`It listens at {${process_.url}} and knows {${hub.overview.supported_functions.length}} functions.`);
  const world: World = {
    hub,
    operator: hub.as(operatorCredentials(process_.data)),
    chain: devchainAccess(process_.data, Number(new URL(process_.devchainUrl).port)),
  };

  const { alice, bob } = await makeAccounts(world);
  await fundAlice(world, alice);
  await payInside(alice, bob);
  await payOutside(world, bob);
  await trade(world, alice);
  await buyCoffee(world, alice);

  console.log(`\n${bold("The end")}`);
  await process_.stop();
  check("the hub was asked to stop, and ended well", true);
  say("Start one that stays: npm start");
};

await tell(play);
