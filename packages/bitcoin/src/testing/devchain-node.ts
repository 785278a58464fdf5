import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PREMINED_BLOCKS } from "../devchain/faucet.ts";
import { startGuarded } from "./guarded.ts";
import { startTestNode, type TestNode } from "./test-node.ts";

const PROCESS = fileURLToPath(new URL("./devchain-process.js", import.meta.url));
const CREDENTIALS = { user: "devchain", password: "a good password" };

/** The embedded development chain, in a process of its own so that it can be killed. */
export const startDevchainNode = (): Promise<TestNode> =>
  startTestNode({
    kind: "devchain",
    ...CREDENTIALS,
    start: (folder, port) => {
      // It keeps its mempool; real nodes do not always, and a test must be able to lose it.
      rmSync(join(folder, "mempool.log"), { force: true });
      const { user, password } = CREDENTIALS;
      return startGuarded(process.execPath, [PROCESS, folder, String(port), user, password]);
    },
    premine: async (rpc) => {
      await rpc("devchain_mine", PREMINED_BLOCKS);
    },
  });
