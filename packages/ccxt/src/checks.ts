import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { coinholder } from "./coinholder.ts";

const BRIDGE = fileURLToPath(new URL("../checks/bridge.py", import.meta.url));

export interface Check {
  /** A method that ccxt has a check of, or `order` or `transaction`, of which the structure is an argument. */
  readonly check: string;
  readonly args?: readonly unknown[];
  /** What ccxt's check leaves out, by its own names (its skip-tests.json has such for most exchanges). */
  readonly skipped?: Readonly<Record<string, true>>;
}

export interface Checked {
  readonly check: string;
  /** What ccxt says is wrong; null if nothing is. */
  readonly error: string | null;
}

const factsOf = (exchange: coinholder) => ({
  id: exchange.id,
  has: exchange.has,
  options: {},
  features: exchange.features,
  timeframes: exchange.timeframes,
  fees: exchange.fees,
  precisionMode: exchange.precisionMode,
  markets: exchange.markets,
  currencies: exchange.currencies,
});

/** ccxt's structures have all their members: what is undefined is null in Python. */
const withNulls = (value: unknown): string =>
  JSON.stringify(value, (_, one) => (one === undefined ? null : one));

const answerOf = async (exchange: coinholder, method: string, args: readonly unknown[]): Promise<unknown> => {
  const call = (exchange as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>)[method]!;
  return call.apply(
    exchange,
    args.map((one) => (one === null ? undefined : one)),
  );
};

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, "close");
};

/**
 * Has ccxt's own checks, in Python, look at the exchange: each call that a check makes is made here, on the exchange
 * itself. `change` may spoil what comes back, to see that a check notices.
 */
export const runChecks = async (
  python: string,
  exchange: coinholder,
  checks: readonly Check[],
  change: (method: string, result: unknown) => unknown = (_, result) => result,
): Promise<Checked[]> => {
  await exchange.loadMarkets();
  const child = spawn(python, [BRIDGE], { stdio: ["pipe", "pipe", "pipe"] });
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  // A child that is gone is told of below.
  child.stdin.on("error", () => {});
  const send = (message: unknown): void => void child.stdin.write(`${withNulls(message)}\n`);
  send({ facts: factsOf(exchange), checks });
  let done: Checked[] | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const told = JSON.parse(line) as { call: string; args: unknown[] } | { done: Checked[] };
    if ("done" in told) {
      done = told.done;
      break;
    }
    try {
      send({ result: change(told.call, await answerOf(exchange, told.call, told.args)) });
    } catch (error) {
      send({ error: { class: (error as Error).constructor.name, message: (error as Error).message } });
    }
  }
  child.stdin.end();
  await ended(child);
  if (done === undefined) throw new Error(`ccxt's checks ended early:\n${printed}`);
  return done;
};
