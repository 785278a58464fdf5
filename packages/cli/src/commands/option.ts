import { connect } from "@coinholder/client";
import { type OptionVerdict, verifyOption } from "@coinholder/protocol";
import type { Command } from "commander";
import { CommandError, report } from "../failure.ts";
import { print } from "../output.ts";
import { readInput } from "../read-input.ts";
import type { Globals } from "../settings.ts";
import { clean, green, red, yellow } from "../terminal.ts";

const EXIT = { valid: 0, invalid: 1, unknown: 2 } as const;

const EXAMPLES = `
An option is what a hub's desk sold: the right to trade at a rate until a time. Its text, option_json, is standard input, byte by
byte (one line feed at its end is not counted). It is verified under the key that the hub itself publishes in its overview, or under --key.

verify exits 0 when that hub signed it and it has not expired, 1 when it did not or it has, 2 when the hub's key cannot be had.

Examples:
  printf '%s' "$OPTION_JSON" | coinholder --hub https://hub.example option verify 6QgwmZwG...
  coinholder option verify 6QgwmZwG... --key 9Fm6YwU... < option.json`;

const publishedKey = async (hub: string): Promise<string> => {
  const { identity } = (await connect(hub)).overview;
  if (identity === undefined) throw new CommandError("identity_missing", `${hub} publishes no identity.`);
  return identity.public_key;
};

const inWords = (verdict: OptionVerdict, expired: boolean): string => {
  if (verdict.result === "invalid")
    return `${red("invalid")} (${clean([verdict.reason, verdict.problem].filter(Boolean).join(": "))})`;
  return expired ? yellow("expired") : green("valid");
};

export const addOption = (program: Command): void => {
  program
    .command("option")
    .addHelpText("after", EXAMPLES)
    .command("verify")
    .description("verify the option on standard input; exits 0 valid, 1 invalid or expired, 2 unknown")
    .argument("<signature>", "base64, as the hub gave it")
    .option("--key <key>", "the issuer's public key, base64; else the hub's overview names it")
    .action(async (signature: string, { key }: { key?: string }, command: Command) => {
      const { hub, json } = command.optsWithGlobals<Globals>();
      // Whatever fails before there is a verdict must not look like «invalid».
      process.exitCode = EXIT.unknown;
      let verdict: OptionVerdict;
      try {
        const text = Buffer.from(await readInput()).toString("utf8");
        verdict = verifyOption(text.replace(/\n$/, ""), signature, key ?? (await publishedKey(hub)));
      } catch (error) {
        report(error, json);
        return;
      }
      const expired = verdict.result === "valid" && verdict.option.expires_t <= Date.now();
      if (json)
        console.log(JSON.stringify({ ...verdict, ...(verdict.result === "valid" ? { expired } : {}) }));
      else {
        console.log(inWords(verdict, expired));
        if (verdict.result === "valid") print(verdict.option, false);
      }
      process.exitCode = verdict.result === "valid" && !expired ? EXIT.valid : EXIT.invalid;
    });
};
