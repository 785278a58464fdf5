import { connect, type Hub } from "@coinholder/client";
import type { Command } from "commander";
import { operatorCredentials } from "./operator-key.ts";
import type { Globals } from "./settings.ts";

/** The hub, called with the operator's key that lies in its data folder. */
export const asOperator = async (command: Command): Promise<{ hub: Hub; json: boolean }> => {
  const { data, hub, json } = command.optsWithGlobals<{ data: string } & Globals>();
  return { hub: await connect(hub, operatorCredentials(data)), json };
};

/** 61000 -> "61 s": how long something has been so. */
export const age = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
};
