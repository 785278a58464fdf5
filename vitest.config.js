import { defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";

/** Those that take minutes. They begin first: at the end one worker would have them and the other nothing. */
const LONGEST =
  /(scenes|durability\/crash|suite\/devchain|workers\/suites|suite\/btcd|nearby\/crossing|wallet\/journeys|sim\/dist\/hub\/\S+)\.slow\.test\.js$/;

class LongestFirst extends BaseSequencer {
  async sort(files) {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }) => LONGEST.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

// Tests run from the compiled output, so that they test exactly the files that `npm start` runs
// (and worker threads find their JavaScript). `npm test` compiles first.
export default defineConfig({
  test: {
    include: ["packages/*/dist/**/*.test.js"],
    exclude: ["**/node_modules/**"],
    pool: "forks",
    testTimeout: 30_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    // What is tested is loaded by Node itself, as when it runs: Vitest would transform each file anew for each test file.
    server: { deps: { external: [/\/packages\/[^/]+\/dist\/(?!.*\.test\.js$)/] } },
  },
});
