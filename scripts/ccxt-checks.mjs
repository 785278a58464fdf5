// Sees to it that ccxt's own checks of an exchange's structures are there. They stand in its Python package only (not in npm's):
// that, pinned, in a virtual environment in .cache, made the first time (some 20 s). The exchanges' own libraries are left out: the
// checks need the base class only. Prints the environment's Python; exit code 1 and why if there is none.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const VERSION = "4.5.84";
// Just these: what its base class loads, and what that needs.
const PACKAGES = [
  `ccxt==${VERSION}`,
  "certifi==2026.6.17",
  "cffi==2.0.0",
  "charset_normalizer==3.4.7",
  "cryptography==50.0.2",
  "idna==3.18",
  "pycparser==3.0",
  "requests==2.32.5",
  "typing_extensions==4.16.0",
  "urllib3==2.7.0",
];
const folder = join(dirname(fileURLToPath(import.meta.url)), "..", ".cache", "ccxt-checks", VERSION);
const python = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
const ready = join(folder, "ready");

const run = (program, ...args) => spawnSync(program, args, { stdio: "inherit" }).status === 0;
const fail = (why) => {
  console.error(why);
  process.exit(1);
};

if (!existsSync(ready)) {
  const found = ["python3", "python"].find(
    (program) =>
      spawnSync(program, ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"])
        .status === 0,
  );
  if (found === undefined)
    fail("ccxt's checks run on Python 3.10 or newer with venv (https://python.org, or python3-venv).");
  console.log(`fetching the checks of ccxt ${VERSION} from PyPI, once`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  const made =
    run(found, "-m", "venv", folder) &&
    run(python, ...pip, "--no-deps", "--only-binary", ":all:", ...PACKAGES);
  if (!made) fail(`ccxt ${VERSION} could not be installed from PyPI (pip says above why).`);
  writeFileSync(ready, "");
}
console.log(python);
