import { InvalidArgumentError, Option } from "commander";

export interface Globals {
  readonly hub: string;
  readonly json: boolean;
  /** Whose key signs by the profile, where --as names nobody. */
  readonly profileAs?: string;
}

export const parsePort = (text: string): number => {
  const number = /^(0|[1-9][0-9]{0,4})$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= 65_535)) throw new InvalidArgumentError("It must be a port from 0 to 65535.");
  return number;
};

export const portOption = (): Option =>
  new Option("--port <number>", "where the hub listens; 0 takes a free port")
    .argParser(parsePort)
    .default(8420)
    .env("COINHOLDER_PORT");

export const dataOption = (about: string): Option =>
  new Option("--data <folder>", about).default("./data").env("COINHOLDER_DATA");

export const storeOption = (): Option =>
  new Option(
    "--store <url>",
    "a PostgreSQL database for journal and history, such as postgres://hub@db.example.org/hub; else the data folder",
  ).env("COINHOLDER_STORE");

export const devchainPortOption = (about: string): Option =>
  new Option("--devchain-port <number>", about)
    .argParser(parsePort)
    .default(18_443)
    .env("COINHOLDER_DEVCHAIN_PORT");
