// Sees to it that there is a btcd for the chain suite: the one on the PATH, or the version below in .cache, built there
// with Go from its module proxy the first time (some 15 s). Prints where it is; exit code 1 and why if there is none.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const VERSION = "v0.24.2";
const folder = join(dirname(fileURLToPath(import.meta.url)), "..", ".cache", "btcd", VERSION);
const installed = join(folder, "btcd");

const runs = (program, ...args) => spawnSync(program, args, { stdio: "ignore" }).status === 0;
const fail = (why) => {
  console.error(why);
  process.exit(1);
};

if (runs("btcd", "--version")) console.log("btcd is on the PATH");
else {
  if (!existsSync(installed)) {
    const go = ["go", "/usr/local/go/bin/go"].find((program) => runs(program, "version"));
    if (go === undefined)
      fail(
        "The chain suite runs on btcd. Install Go (https://go.dev/dl, or your system's golang-go) or btcd itself.",
      );
    console.log(`building btcd ${VERSION} with Go, once`);
    mkdirSync(folder, { recursive: true });
    const { status } = spawnSync(go, ["install", `github.com/btcsuite/btcd@${VERSION}`], {
      stdio: "inherit",
      env: { ...process.env, GOBIN: folder },
    });
    if (status !== 0) fail(`btcd ${VERSION} could not be built (Go says above why).`);
  }
  console.log(installed);
}
