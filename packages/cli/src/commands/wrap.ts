import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { usageError } from "../failure.ts";
import { type Globals, parsePort } from "../settings.ts";
import { checkData, checkListening, checkTls, publicUrl, startFailure } from "../start-checks.ts";
import { stopAsked } from "../stop-asked.ts";
import { bold, clean, cyan, dim, yellow } from "../terminal.ts";
import { ccxtOptions } from "../wrap/ccxt-options.ts";
import { exchangeKeys } from "../wrap/exchange-keys.ts";
import type { RunningWrapper } from "../wrap/serve.ts";

type Options = Globals & {
  readonly port: number;
  readonly host: string;
  readonly plainHttp: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly publicUrl?: string;
  readonly data?: string;
  readonly keys?: string;
  readonly askKeys: boolean;
  readonly sandbox: boolean;
  readonly ccxtOptions?: string;
};

const EXAMPLES = `
What is wrapped: ccxt:NAME (an exchange that the package ccxt knows; npm install ccxt), mtgox:https://... (the API of 2011),
or a hub's URL. Its keys are a JSON object, {"apiKey":"...","secret":"..."} (and "password", "uid" where the exchange gave them),
{"name","pass"} for mtgox, or an authkey file of a hub. They come from --keys FILE (chmod 600), --ask-keys, or the environment
variable COINHOLDER_WRAP_KEYS; without them only public market data are served. Give them no more rights than clients are to have.

Clients sign with an authkey of the wrapper's own, made at the first start: authkey.json in the data folder.
Whoever has that file can do all that the exchange's keys can.

Examples:
  coinholder wrap ccxt:kraken --keys kraken.json
  coinholder wrap ccxt:bitstamp --port 8422 --ask-keys
  coinholder wrap https://hub.example.org --keys alice.json --data ./alice

With --json the first line on standard output says that it is ready:
  {"ready":true,"url":"http://127.0.0.1:8421","overview_url":"...","account":"ac-...","token":"ak-...","key_file":"/...","functions":[...]}
Ctrl-C (SIGINT) or SIGTERM stops it when the calls under way are answered.`;

/** Whether only this machine reaches it. */
const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127\.[0-9]+\.[0-9]+\.[0-9]+$/.test(host);

const checkOptions = ({ host, plainHttp, tlsCert, tlsKey }: Options): void => {
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw usageError("--tls-cert and --tls-key go together");
  if (!isLoopback(host) && tlsCert === undefined && !plainHttp)
    throw usageError(
      `--host ${host} lets other machines in: give --tls-cert and --tls-key, or --plain-http where something in front speaks TLS`,
    );
};

/** A secret on the command line can be seen by every user of the machine, and stays in the shell's history. */
const checkExchange = (exchange: string): void => {
  const url = exchange.replace(/^mtgox:/, "");
  const isName = /^ccxt:[a-z0-9]+$/.test(exchange);
  if (!isName && !(URL.canParse(url) && /^https?:\/\//.test(url)))
    throw usageError("what is wrapped is ccxt:NAME, mtgox:https://... or a hub's URL");
  if (!isName && (new URL(url).username !== "" || new URL(url).password !== ""))
    throw usageError("keys do not belong into the URL: --keys FILE, --ask-keys or COINHOLDER_WRAP_KEYS");
};

const folderOf = (exchange: string): string => `./wrap-${exchange.replace(/[^A-Za-z0-9]+/g, "-")}`;

const announce = (
  exchange: string,
  { url, publicUrl: at, functions }: RunningWrapper,
  key: { readonly path: string; readonly isNew: boolean; readonly token: string },
  withKeys: boolean,
): void => {
  const lines = [
    `${bold(exchange)} is served as a hub at ${cyan(url)}`,
    `  overview   ${at}/api/overview.js`,
    `  key        ${key.path}${key.isNew ? " (made now; keep it to yourself)" : ""}`,
    `  functions  ${functions.map(clean).join(", ")}`,
    ...(withKeys ? [] : [yellow("  without the exchange's keys: public market data only")]),
    "",
    "Try, in another terminal:",
    `  curl ${at}/api/overview.js`,
    `  HUB=${at} TOKEN=${key.token} KEY=$(sed -n 's/.*"key": "\\(.*\\)".*/\\1/p' '${key.path}') examples/call.sh my-balance`,
    "",
    dim("Ctrl-C stops it."),
  ];
  console.log(lines.join("\n"));
};

const wrap = async (exchange: string, options: Options): Promise<void> => {
  checkOptions(options);
  checkExchange(exchange);
  checkTls(options);
  const data = resolve(options.data ?? folderOf(exchange));
  const ccxt = ccxtOptions(options);
  const keys = await exchangeKeys(exchange, options);
  const stop = stopAsked();
  // Loaded here, so that no other command waits for all that a server needs.
  const { privateFolder } = await import("@coinholder/hub");
  const { connectExchange, serveWrapped } = await import("../wrap/serve.ts");
  const { ownKey } = await import("../wrap/own-key.ts");
  await checkListening("--port", options.port, options.host);
  checkData(data);
  privateFolder(data);
  const connected = await connectExchange(exchange, keys, ccxt).catch((error: unknown) => {
    // Keys of another kind than it takes.
    throw error instanceof TypeError ? usageError(error.message) : error;
  });
  const { entry, path, isNew } = ownKey(data);
  const { account, authkey } = entry;
  const log = (line: string): void => console.error(clean(line));
  const running = await serveWrapped(
    connected,
    { exchange, key: entry, keys, log },
    { ...options, data },
  ).catch((error: unknown) => {
    throw startFailure(error);
  });
  if (["0.0.0.0", "::"].includes(options.host) && options.publicUrl === undefined)
    console.error(
      `${yellow("warning", process.stderr)}: the overview tells clients to call ${running.publicUrl}. Those on other machines need --public-url, such as --public-url https://hub.example.org`,
    );
  if (options.json)
    console.log(
      JSON.stringify({
        ready: true,
        url: running.url,
        overview_url: `${running.publicUrl}/api/overview.js`,
        account,
        token: authkey.token,
        key_file: path,
        functions: running.functions,
      }),
    );
  else announce(exchange, running, { path, isNew, token: authkey.token }, keys !== undefined);
  await stop;
  await running.close();
};

export const addWrap = (program: Command): void => {
  program
    .command("wrap")
    .description("serve an exchange that you use as a hub, for clients in any language")
    .argument("<exchange>", "ccxt:NAME, mtgox:https://... or a hub's URL")
    .addOption(
      new Option("--port <number>", "where it listens; 0 takes a free port")
        .argParser(parsePort)
        .default(8421),
    )
    .option(
      "--host <address>",
      "the address to listen on; only this machine unless told otherwise",
      "127.0.0.1",
    )
    .option("--plain-http", "listen on other addresses without TLS: something in front speaks it", false)
    .option("--tls-cert <file>", "certificate chain (PEM); with --tls-key")
    .option("--tls-key <file>", "private key of the certificate (PEM)")
    .addOption(new Option("--public-url <url>", "how clients reach it").argParser(publicUrl))
    .option("--data <folder>", "where it keeps its authkey and its notes of calls (default: ./wrap-NAME)")
    .addOption(
      new Option("--keys <file>", "the exchange's keys (JSON), which only you can read").env(
        "COINHOLDER_WRAP_KEYS_FILE",
      ),
    )
    .option(
      "--ask-keys",
      "ask for the exchange's keys on the terminal, or read them from standard input",
      false,
    )
    .option("--sandbox", "ccxt: the exchange's play-money side", false)
    .option("--ccxt-options <file>", 'given to ccxt\'s exchange (JSON), such as {"options":{...}}; no keys')
    .addHelpText("after", EXAMPLES)
    .action(async (exchange: string, _options: unknown, command: Command) => {
      await wrap(exchange, command.optsWithGlobals<Options>());
    });
};
