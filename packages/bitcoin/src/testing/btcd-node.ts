import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FAUCET_SCRIPT } from "../devchain/faucet.ts";
import { scriptToAddress } from "../devchain/script.ts";
import { isProgram, onPath } from "./find-program.ts";
import { startGuarded } from "./guarded.ts";
import { startTestNode, type TestNode } from "./test-node.ts";

/** The version that the suite runs on, where none is on the PATH; scripts/btcd.mjs puts it there. */
const INSTALLED = fileURLToPath(new URL("../../../../.cache/btcd/v0.24.2/btcd", import.meta.url));
const CREDENTIALS = { user: "btcd", password: "a-good-password" };
/** On regtest too btcd has segwit and taproot only after three windows of 144 blocks (BIP-9). */
const PREMINED_BLOCKS = 450;

const btcdProgram = (): string => {
  const program = onPath("btcd") ?? (isProgram(INSTALLED) ? INSTALLED : undefined);
  if (program === undefined) throw new Error("btcd is missing: run `node scripts/btcd.mjs`");
  return program;
};

/** btcd (0.24.2 or later), without transaction index and without peers. */
export const startBtcdNode = (): Promise<TestNode> =>
  startTestNode({
    kind: "btcd",
    ...CREDENTIALS,
    start: (folder, port) => {
      const config = join(folder, "btcd.conf");
      writeFileSync(config, ""); // Else it writes one into the home folder.
      return startGuarded(btcdProgram(), [
        "--regtest",
        `--configfile=${config}`,
        `--datadir=${join(folder, "data")}`,
        `--logdir=${join(folder, "logs")}`,
        "--nolisten",
        "--notls",
        `--rpclisten=127.0.0.1:${port}`,
        `--rpcuser=${CREDENTIALS.user}`,
        `--rpcpass=${CREDENTIALS.password}`,
        `--miningaddr=${scriptToAddress(FAUCET_SCRIPT)}`,
        "--debuglevel=warn",
      ]);
    },
    premine: async (rpc) => {
      await rpc("generate", PREMINED_BLOCKS);
    },
  });
