import type { Command } from "commander";
import { usageError } from "../failure.ts";
import { checkAlias, findKept, hubName, keyringPath } from "../keyring.ts";
import { table } from "../output.ts";
import {
  changeProfiles,
  DEFAULT_HUB,
  type Profile,
  profileNamed,
  profilesPath,
  readProfiles,
} from "../profiles.ts";
import type { Globals } from "../settings.ts";
import { bold, clean, cyan, dim, yellow } from "../terminal.ts";

const EXAMPLES = `
A profile is a hub, or an exchange, and whose key signs there. Which hub is asked, the first of these that is said:
  --hub URL or --profile NAME, COINHOLDER_HUB, COINHOLDER_PROFILE, the profile in use, ${DEFAULT_HUB}
--as ALIAS names another key than the profile's. Keys themselves are in the keyring (coinholder accounts), not in profiles.

Examples:
  coinholder profile add shop --hub https://hub.example.org --as alice
  coinholder profile add kraken --hub ccxt:kraken --as main
  coinholder accounts add main --profile kraken     (asks for the exchange's keys)
  coinholder profile use shop
  coinholder my-balance --profile kraken
  coinholder profile`;

const keyAdvice = (name: string, { as, hub }: Profile): string[] =>
  as !== undefined && findKept(keyringPath(), hub, as) === undefined
    ? [
        `${yellow("No key")} ${as} is kept for ${hub} yet: coinholder accounts add ${as} --profile ${name}${/^https?:/.test(hub) ? `\nor make a new account: coinholder create-account --as ${as} --profile ${name}` : ""}`,
      ]
    : [];

const list = (json: boolean): void => {
  const { active, byName } = readProfiles();
  const profiles = Object.entries(byName);
  if (json)
    console.log(
      JSON.stringify({
        active: active ?? null,
        profiles: profiles.map(([name, { as, hub }]) => ({ name, hub, as: as ?? null })),
      }),
    );
  else if (profiles.length === 0)
    console.log("No profiles yet. Add one: coinholder profile add NAME --hub URL --as ALIAS");
  else
    console.log(
      table(
        ["", "profile", "hub", "key"],
        profiles.map(([name, { as = "", hub }]) => [
          name === active ? cyan("*") : "",
          name === active ? bold(name) : name,
          clean(hub),
          as,
        ]),
      ).join("\n"),
    );
};

export const addProfile = (program: Command): void => {
  const say = (json: boolean, value: unknown, ...lines: string[]): void =>
    console.log(json ? JSON.stringify(value) : lines.join("\n"));
  const profile = program
    .command("profile")
    .addHelpText("after", EXAMPLES)
    .action((_options: unknown, command: Command) => list(command.optsWithGlobals<Globals>().json));

  profile
    .command("list")
    .description("all profiles; * marks the one in use")
    .action((_options: unknown, command: Command) => list(command.optsWithGlobals<Globals>().json));

  profile
    .command("add")
    .description("keep a hub (--hub) under a name; the first one is in use at once")
    .argument("<name>", "1 to 32 letters, digits and . _ -")
    .option("--as <alias>", "whose key signs there")
    .option("--use", "use it from now on", false)
    .action(async (name: string, { as, use }: { as?: string; use: boolean }, command: Command) => {
      const { json } = command.optsWithGlobals<Globals>();
      if (program.getOptionValueSource("hub") !== "cli") throw usageError("say which hub: --hub URL");
      checkAlias(name, "name");
      if (as !== undefined) checkAlias(as);
      const added: Profile = {
        hub: hubName(program.getOptionValue("hub") as string),
        ...(as === undefined ? {} : { as }),
      };
      const active = await changeProfiles((profiles) => {
        if (Object.hasOwn(profiles.byName, name))
          throw usageError(`there is a profile ${name} already; coinholder profile remove ${name} drops it`);
        profiles.byName[name] = added;
        if (use || Object.keys(profiles.byName).length === 1) profiles.active = name;
        return profiles.active === name;
      });
      const inUse = active ? " It is in use." : ` Use it with: coinholder profile use ${name}`;
      say(
        json,
        { name, ...added, active },
        `The profile ${name} is ${added.hub}.${inUse}`,
        ...keyAdvice(name, added),
      );
    });

  profile
    .command("use")
    .description("use a profile from now on; without a name, none")
    .argument("[name]", "of the profile")
    .action(async (name: string | undefined, _options: unknown, command: Command) => {
      const { json } = command.optsWithGlobals<Globals>();
      await changeProfiles((profiles) => {
        if (name === undefined) delete profiles.active;
        else {
          profileNamed(profiles, name);
          profiles.active = name;
        }
      });
      say(
        json,
        { active: name ?? null },
        name === undefined ? "No profile is in use." : `${name} is in use.`,
      );
    });

  profile
    .command("show")
    .description("one profile; the one in use unless named")
    .argument("[name]", "of the profile")
    .action((name: string | undefined, _options: unknown, command: Command) => {
      const { json } = command.optsWithGlobals<Globals>();
      const profiles = readProfiles();
      const wanted = name ?? profiles.active;
      if (wanted === undefined) {
        say(json, { active: null, hub: DEFAULT_HUB }, `No profile is in use: ${DEFAULT_HUB} is asked.`);
        return;
      }
      const found = profileNamed(profiles, wanted);
      const kept = found.as !== undefined && findKept(keyringPath(), found.hub, found.as) !== undefined;
      say(
        json,
        { name: wanted, ...found, key_kept: kept, active: wanted === profiles.active },
        `${bold(wanted)}${wanted === profiles.active ? dim(" (in use)") : ""}`,
        `  hub  ${clean(found.hub)}`,
        `  key  ${found.as ?? dim("the only one that is kept for that hub")}`,
        ...keyAdvice(wanted, found),
        dim(`in ${profilesPath()}`),
      );
    });

  profile
    .command("remove")
    .description("drop a profile; keys stay in the keyring")
    .argument("<name>", "of the profile")
    .action(async (name: string, _options: unknown, command: Command) => {
      const { json } = command.optsWithGlobals<Globals>();
      await changeProfiles((profiles) => {
        profileNamed(profiles, name);
        delete profiles.byName[name];
        if (profiles.active === name) delete profiles.active;
      });
      say(json, { removed: name }, `The profile ${name} is gone; its keys are still in the keyring.`);
    });
};
