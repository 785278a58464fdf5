import { defineConfig } from "vitest/config";

// Tests run from the compiled output, so that they test exactly the files that `npm start` runs
// (and worker threads find their JavaScript). `npm test` compiles first.
export default defineConfig({
  test: {
    include: ["packages/*/dist/**/*.test.js"],
    exclude: ["**/node_modules/**"],
    pool: "forks",
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is tested is loaded by Node itself, as when it runs: Vitest would transform each file anew for each test file.
    server: { deps: { external: [/\/packages\/[^/]+\/dist\/(?!.*\.test\.js$)/] } },
  },
});
