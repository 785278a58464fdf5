import type { HubError } from "@coinholder/client";
import { bold, clean, red } from "./terminal.ts";

/** The last three are what a shell says of a process that SIGINT, SIGPIPE or SIGTERM ended. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  unknown: 3,
  interrupted: 130,
  pipe: 141,
  terminated: 143,
} as const;

/** Something went wrong outside of the hub. `exit`: 2 when the command line is to blame. */
export class CommandError extends Error {
  readonly code: string;
  readonly exit: number;
  constructor(code: string, message: string, exit: number = EXIT.failed) {
    super(message);
    this.name = "CommandError";
    this.code = code;
    this.exit = exit;
  }
}

export const usageError = (message: string): CommandError => new CommandError("usage", message, EXIT.usage);

// By its name: the class is of a library that most command lines need not load.
const isHub = (error: unknown): error is HubError => error instanceof Error && error.name === "HubError";

const adviceFor = (error: HubError): string | undefined => {
  if (error.code === "hub_unreachable")
    return "Start a hub with: coinholder start. Or say where one is: --hub URL, or --profile NAME.";
  if (!error.unknown) return undefined;
  const again = error.particulars.client_id;
  return typeof again === "string"
    ? `Whether it took effect is not known. The same call with client_id=${again} does it at most once.`
    : "Whether it took effect is not known: look before you try again.";
};

/** Says on standard error what went wrong. Answers the exit code. */
export const report = (error: unknown, json: boolean): number => {
  const isHubError = isHub(error);
  const exit = isHubError
    ? error.unknown
      ? EXIT.unknown
      : EXIT.failed
    : error instanceof CommandError
      ? error.exit
      : EXIT.failed;
  const { code = "internal", message } = (error instanceof Error ? error : { message: String(error) }) as {
    code?: string;
    message: string;
  };
  if (json) {
    const about = isHubError
      ? { status: error.status, unknown: error.unknown, ...error.particulars }
      : { unknown: false };
    console.error(JSON.stringify({ error: { code, message, ...about } }));
    return exit;
  }
  console.error(`${red("error", process.stderr)} ${bold(clean(code), process.stderr)}: ${clean(message)}`);
  if (!isHubError) return exit;
  for (const [name, value] of Object.entries(error.particulars))
    if (name !== "client_id")
      console.error(`  ${clean(name)}: ${clean(typeof value === "string" ? value : JSON.stringify(value))}`);
  const advice = adviceFor(error);
  if (advice !== undefined) console.error(advice);
  return exit;
};
