import { connect, type Hub } from "@coinholder/client";
import type { Command } from "commander";
import { chooseKept, credentialsFrom, hubName, type KeptKey, keyringPath } from "./keyring.ts";
import type { Globals } from "./settings.ts";

type Options = Globals & { readonly as?: string };

/** Whose key signs: --as, else the profile's. */
export const aliasOf = ({ as, profileAs }: Options): string | undefined => as ?? profileAs;

/** The key that signs what the command asks for. Throws CommandError. */
export const keyFor = (options: Options): KeptKey =>
  chooseKept(keyringPath(), hubName(options.hub), aliasOf(options));

/** The hub, called with a key that is kept here. */
export const asAccount = async (command: Command): Promise<Hub> => {
  const options = command.optsWithGlobals<Options>();
  return connect(options.hub, credentialsFrom(keyFor(options)));
};
