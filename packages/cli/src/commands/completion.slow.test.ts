import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commandLine, keyOf, PROGRAM } from "../testing.ts";

let at: ReturnType<typeof commandLine>;
const HUB = "https://hub.example.org";
beforeAll(() => {
  at = commandLine();
  mkdirSync(join(at.folder, "bin"));
  symlinkSync(PROGRAM, join(at.folder, "bin", "coinholder"));
  mkdirSync(dirname(at.keys), { recursive: true, mode: 0o700 });
  const own = { mode: 0o600 };
  writeFileSync(
    at.keys,
    JSON.stringify({ version: 1, hubs: { [HUB]: { alice: keyOf(1), till: keyOf(2) } } }),
    own,
  );
  const profiles = { shop: { hub: HUB, as: "alice" }, kraken: { hub: "ccxt:kraken" } };
  writeFileSync(
    join(dirname(at.keys), "profiles.json"),
    JSON.stringify({ version: 1, active: "shop", profiles }),
    own,
  );
});
afterAll(() => at.remove());

const environment = () => ({
  PATH: `${join(at.folder, "bin")}:${dirname(process.execPath)}:${process.env.PATH}`,
  COINHOLDER_KEYS: at.keys,
});

/** What bash itself would offer at the end of these lines. */
const offered = (lines: readonly string[]): string[][] => {
  const script = `
    source <(coinholder completion bash)
    while IFS= read -r line; do
      COMP_LINE="$line"; COMP_POINT=\${#line}; COMPREPLY=()
      _coinholder
      (IFS=' '; echo "\${COMPREPLY[*]}")
    done`;
  const ran = spawnSync("bash", ["--norc", "-c", script], {
    env: environment(),
    input: lines.map((line) => `${line}\n`).join(""),
    encoding: "utf8",
  });
  expect(ran.stderr).toBe("");
  return ran.stdout.split("\n").map((line) => line.split(" "));
};

test("bash completes commands, functions, parameters, choices, aliases, profiles and hubs", () => {
  const expected: Record<string, string[]> = {
    "coinholder plac": ["place-order"],
    "coinholder profile us": ["use"],
    "coinholder profile use ": ["shop", "kraken"],
    "coinholder --profile kr": ["kraken"],
    "coinholder my-balance --as ": ["alice", "till"],
    "coinholder my-balance --profile kraken --as ": [""],
    "coinholder send-btc to_": ["to_btc_address="],
    "coinholder send-btc to_btc_address=x am": ["amount="],
    "coinholder call place-order time_in_force=": ["gtc", "ioc", "fok"],
    "coinholder place-order post_only=t": ["true"],
    "coinholder help candl": ["candles"],
    "coinholder wallet restore --network test": ["testnet3", "testnet4"],
    "coinholder --hub https:": ["//hub.example.org"],
    "coinholder export tr": ["transfers", "trades"],
    "coinholder wallet restore --netw": ["--network"],
    "coinholder nonsense ": [""],
  };
  const given = offered(Object.keys(expected));
  for (const [i, [line, values]] of Object.entries(expected).entries())
    expect(given[i], line).toEqual(values);
});

test("what cannot be read completes to nothing, without a word", async () => {
  writeFileSync(join(at.folder, "broken.json"), "no JSON");
  const ran = await at.run(["__complete", "my-balance", "--as", ""], {
    env: { COINHOLDER_KEYS: join(at.folder, "broken.json") },
  });
  expect(ran).toEqual({ code: 0, out: "", err: "" });
});

const runs = (shell: string): boolean =>
  Boolean(process.env.CI) || spawnSync(shell, ["-c", "true"]).error === undefined;

test.runIf(runs("zsh"))("zsh is offered the same, with what each word is about", () => {
  // What zsh's completion system gives to a completing function, and what that gives back.
  const script = `
    compdef() { }
    _describe() { while [[ "$1" == -* ]]; do shift 2; done; print -rl -- "\${(@P)2}" }
    source <(coinholder completion zsh)
    words=(coinholder wallet re); CURRENT=3
    _coinholder`;
  const ran = spawnSync("zsh", ["-f", "-c", script], { env: environment(), encoding: "utf8" });
  expect(ran.stderr).toBe("");
  expect(ran.stdout).toMatch(/^restore:./m);
});

test.runIf(runs("fish"))("fish offers the same, with what each word is about", () => {
  const script = 'coinholder completion fish | source; complete -C "coinholder wallet re"';
  const ran = spawnSync("fish", ["--no-config", "-c", script], {
    env: { ...environment(), HOME: at.folder },
    encoding: "utf8",
  });
  expect(ran.stderr).toBe("");
  expect(ran.stdout).toMatch(/^restore\t./m);
});

test("each script asks the program, and an unknown shell is refused", async () => {
  for (const shell of ["bash", "zsh", "fish"])
    expect((await at.run(["completion", shell])).out).toContain("__complete");
  expect(await at.run(["completion", "tcsh"])).toMatchObject({ code: 2 });
});
