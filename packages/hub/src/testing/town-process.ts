import { startTownHub, type TownHubOptions } from "./town.ts";

/** A hub of a town that a test can kill: `node town-process.js OPTIONS` prints where it is, and stops when its standard input ends. */
const hub = await startTownHub(JSON.parse(process.argv[2]!) as TownHubOptions);
console.log(JSON.stringify({ url: hub.url, operatorAuthkeyFile: hub.operatorAuthkeyFile }));
process.stdin.resume().on("end", () => {
  void hub.close().then(() => process.exit(0));
});
