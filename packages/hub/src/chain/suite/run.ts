import type { TestNode } from "@coinholder/bitcoin/testing";
import { afterAll, afterEach, beforeAll, describe, test } from "vitest";
import { attached } from "./attached.ts";
import { audit } from "./audit.ts";
import { deposits, tieredDeposits } from "./deposits.ts";
import type { Group } from "./group.ts";
import { interruptions } from "./interruptions.ts";
import { payouts, taprootPayouts } from "./payouts.ts";
import { refusals, smallCoins } from "./refusals.ts";
import { deepReorganisations, reorganisations, robbed } from "./reorganisations.ts";
import { replacements } from "./replacements.ts";
import { rescans } from "./rescans.ts";
import { openScene, type Scene } from "./scene.ts";

const GROUPS: Readonly<Record<string, Group>> = {
  deposits,
  "deposits with tiers": tieredDeposits,
  withdrawals: payouts,
  "withdrawals by taproot": taprootPayouts,
  "withdrawals that are replaced": replacements,
  "withdrawals at the edge": refusals,
  "withdrawals of small coins": smallCoins,
  reorganisations,
  "reorganisations that take all": robbed,
  "deep reorganisations": deepReorganisations,
  interruptions,
  rescans,
  "transfers that another hub stands behind": attached,
};

/** All that can go wrong between a hub and its node, on a node of that kind. After each case the books are audited. */
export const runChainSuite = (startNode: () => Promise<TestNode>): void => {
  let node: TestNode;
  beforeAll(async () => {
    node = await startNode();
  });
  afterAll(() => node?.stop());

  describe.each(Object.entries(GROUPS))("%s", (_, { settings = {}, cases }) => {
    let scene: Scene;
    beforeAll(async () => {
      scene = await openScene(node, settings);
    });
    afterAll(() => scene?.end());
    // What one case leaves cut or waiting is not the next one's.
    afterEach(async () => {
      node.line.mend();
      await node.mine();
    });

    test.each(Object.entries(cases))("%s", { timeout: 120_000 }, async (_name, run) => {
      await run(scene);
      await audit(scene);
    });
  });
};
