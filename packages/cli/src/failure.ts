import { HubError } from "@coinholder/client";
import { bold, clean, red } from "./terminal.ts";

export const EXIT = { done: 0, failed: 1, usage: 2, unknown: 3 } as const;

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

const adviceFor = (error: HubError): string | undefined => {
  if (error.code === "hub_unreachable")
    return "Start a hub with: coinholder start. Or say where one is: --hub URL.";
  if (!error.unknown) return undefined;
  const again = error.particulars.client_id;
  return typeof again === "string"
    ? `Whether it took effect is not known. The same call with client_id=${again} does it at most once.`
    : "Whether it took effect is not known: look before you try again.";
};

/** Says on standard error what went wrong. Answers the exit code. */
export const report = (error: unknown, json: boolean): number => {
  const isHubError = error instanceof HubError;
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
