import { readFileSync } from "node:fs";
import { CommandError } from "../failure.ts";

/** What ccxt takes for keys: they have a file of their own, which others cannot read. */
const KEYS = [
  "apiKey",
  "secret",
  "password",
  "uid",
  "privateKey",
  "walletAddress",
  "token",
  "login",
  "twofa",
];

const wrong = (path: string, why: string): CommandError =>
  new CommandError("ccxt_options_malformed", `${path} ${why}`);

/** What is given to the constructor of ccxt's exchange. Throws CommandError. */
export const ccxtOptions = ({
  sandbox,
  ccxtOptions: path,
}: {
  readonly sandbox: boolean;
  readonly ccxtOptions?: string | undefined;
}): Readonly<Record<string, unknown>> => {
  const more = sandbox ? { sandbox: true } : {};
  if (path === undefined) return more;
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw wrong(path, `cannot be read: ${(error as NodeJS.ErrnoException).code ?? "it is not JSON"}`);
  }
  if (typeof read !== "object" || read === null || Array.isArray(read))
    throw wrong(path, "must be a JSON object");
  const key = KEYS.find((name) => Object.hasOwn(read, name));
  if (key !== undefined) throw wrong(path, `has ${key} in it: keys belong into the file of --keys`);
  return { ...read, ...more };
};
