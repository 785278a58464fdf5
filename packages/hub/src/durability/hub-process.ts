import { startHub } from "../start.ts";

/**
 * A hub that a test can kill: `node hub-process.js DATA CONFIG [STORE]` prints where it is as a line of JSON, and stops when its
 * standard input ends.
 */
const [data, config, store] = process.argv.slice(2) as [string, string, string | undefined];

const end = (error: unknown): never => {
  console.error(error);
  process.exit(3);
};
const hub = await startHub(
  { port: 0, host: "127.0.0.1", devchainPort: 0, data, store, config, logLevel: "error" },
  end,
);
const { url, devchainUrl, operatorAuthkeyFile } = hub;
console.log(JSON.stringify({ url, devchainUrl, operatorAuthkeyFile }));
process.stdin.resume().on("end", () => {
  hub.close().then(() => process.exit(0), end);
});
