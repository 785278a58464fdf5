import { hasBitcoind, startBitcoindNode } from "@coinholder/bitcoin/testing";
import { expect, test } from "vitest";
import { must, startTestHub, until } from "../../testing/harness.ts";
import { runChainSuite } from "./run.ts";

if (hasBitcoind()) {
  runChainSuite(startBitcoindNode);

  test("a hub that is told the cookie file goes on when the node was started again and has another cookie", async () => {
    const node = await startBitcoindNode();
    const hub = await startTestHub({ bitcoinRpc: node.url, bitcoinCookie: node.cookieFile });
    try {
      await node.restart();
      const [, height] = [await node.mine(3), await node.height()];
      await until(
        () => must(hub.url, "operator-chain", {}, hub.operator),
        ({ tip, node_reachable }) => tip.height === height && node_reachable,
      );
    } finally {
      await hub.end();
      await node.stop();
    }
  });
} else
  test("there is no bitcoind on the PATH: the suite runs on btcd and the development chain alone", () =>
    expect(hasBitcoind()).toBe(false));
