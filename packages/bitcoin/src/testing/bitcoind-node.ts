import { createHmac, randomBytes } from "node:crypto";
import { join } from "node:path";
import { FAUCET_SCRIPT } from "../devchain/faucet.ts";
import { scriptToAddress } from "../devchain/script.ts";
import { onPath } from "./find-program.ts";
import { startGuarded } from "./guarded.ts";
import { startTestNode, type TestNode } from "./test-node.ts";

const CREDENTIALS = { user: "core", password: "a-good-password" };
const PREMINED_BLOCKS = 250;

/** Whether a bitcoind is on the PATH. */
export const hasBitcoind = (): boolean => onPath("bitcoind") !== undefined;

/** Core's rpcauth: beside it the node still writes a cookie file (a plain rpcpassword would take its place). */
const rpcAuth = ({ user, password }: typeof CREDENTIALS): string => {
  const salt = randomBytes(16).toString("hex");
  return `${user}:${salt}$${createHmac("sha256", salt).update(password).digest("hex")}`;
};

/** The bitcoind that is on the PATH, without wallet, transaction index and peers. */
export const startBitcoindNode = (): Promise<TestNode> =>
  startTestNode({
    kind: "bitcoind",
    ...CREDENTIALS,
    cookieFile: (folder) => join(folder, "regtest", ".cookie"),
    start: (folder, port) => {
      const program = onPath("bitcoind");
      if (program === undefined) throw new Error("there is no bitcoind on the PATH");
      return startGuarded(program, [
        "-regtest",
        `-datadir=${folder}`,
        `-rpcport=${port}`,
        `-rpcauth=${rpcAuth(CREDENTIALS)}`,
        "-rpcbind=127.0.0.1",
        "-rpcallowip=127.0.0.1",
        "-server=1",
        "-listen=0",
        "-connect=0",
        "-disablewallet=1",
        "-persistmempool=0",
        "-printtoconsole=0",
      ]);
    },
    premine: async (rpc) => {
      await rpc("generatetoaddress", PREMINED_BLOCKS, scriptToAddress(FAUCET_SCRIPT));
    },
  });
