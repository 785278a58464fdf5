import { resolve } from "node:path";
import type { HubOptions, RunningHub } from "@coinholder/hub";
import { type Command, Option } from "commander";
import { EXIT, report } from "../failure.ts";
import {
  dataOption,
  devchainPortOption,
  type Globals,
  parsePort,
  portOption,
  storeOption,
} from "../settings.ts";
import {
  blockHeight,
  checkStart,
  nodeUrl,
  peerUrls,
  proxies,
  publicUrl,
  startFailure,
  workers,
} from "../start-checks.ts";
import { stopAsked } from "../stop-asked.ts";
import { bold, cyan, dim, yellow } from "../terminal.ts";

const EXAMPLES = `
Without --bitcoin-rpc the hub runs on a development chain of its own: regtest, whose coins are play money. With it the hub is
on the network that the node is on (mainnet, testnet3, testnet4, signet, regtest): Bitcoin Core 25 or later, or btcd 0.24.2 or later.
docs/operating/bitcoin.md leads through it.

Every flag can also be set by the environment variable that stands behind it.
The wallet's passphrase comes from the environment alone: COINHOLDER_WALLET_PASSPHRASE, or the file that
COINHOLDER_WALLET_PASSPHRASE_FILE names. On the development chain, without either, one is made and kept in the data folder.

Examples:
  coinholder start
  coinholder start --port 9000 --data /var/lib/coinholder --public-url https://hub.example.org
  coinholder start --bitcoin-rpc http://127.0.0.1:8332 --bitcoin-cookie ~/.bitcoin/.cookie
  coinholder start --peer https://x.example --peer https://y.example
  COINHOLDER_DATA=/srv/hub coinholder start --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem

With --json the first line on standard output says that the hub is ready:
  {"ready":true,"url":"http://127.0.0.1:8420","overview_url":"...","network":"regtest","devchain_url":"...","data":"/..."}
Ctrl-C (SIGINT) or SIGTERM stops the hub in an orderly way.`;

const tryNext = (hub: RunningHub, options: HubOptions): string[] => {
  const at = hub.url === "http://127.0.0.1:8420" ? "" : ` --hub ${hub.url}`;
  const data = options.data === "./data" ? "" : ` --data ${resolve(options.data)}`;
  if (hub.devchainUrl === undefined)
    return [
      `npx coinholder call create-account --as alice${at}`,
      `npx coinholder call new-btc-address --as alice${at}`,
      `npx coinholder chain${at}${data}`,
    ];
  const port = Number(new URL(hub.devchainUrl).port);
  const chain = `${data}${port === 18_443 ? "" : ` --devchain-port ${port}`}`;
  return [
    `npx coinholder call create-account --as alice${at}`,
    `npx coinholder devchain fund alice 1.5${at}${chain} && npx coinholder devchain mine 1${chain}`,
    `npx coinholder accounts${at}`,
  ];
};

const announce = (hub: RunningHub, options: HubOptions): void => {
  const lines = [
    `${bold("Coinholder")} listens at ${cyan(hub.url)}`,
    `  page       ${hub.url}/ (wallet, till, market, nearby: open it in a browser)`,
    `  overview   ${hub.overviewUrl}`,
    `  docs       ${hub.url}/api/docs`,
    hub.devchainUrl === undefined
      ? `  bitcoin    ${hub.network}, by the node that you named`
      : `  devchain   ${hub.devchainUrl} (regtest: play money)`,
    ...(options.mtgox ? [`  mtgox      ${hub.url}/code/`] : []),
    ...(hub.metricsUrl === undefined ? [] : [`  metrics    ${hub.metricsUrl}`]),
    `  data       ${resolve(options.data)}`,
    "",
    "Or try, in another terminal:",
    ...tryNext(hub, options).map((line) => `  ${line}`),
    dim("  (in the project's folder, where npx finds coinholder)"),
    "",
    dim("Ctrl-C stops it."),
  ];
  console.log(lines.join("\n"));
};

const EVERYWHERE = ["0.0.0.0", "::"];

/** To standard error, so that it is seen with --json, too. */
const warnOfAddress = (hub: RunningHub, options: HubOptions): void => {
  if (!EVERYWHERE.includes(options.host) || options.publicUrl !== undefined) return;
  console.error(
    `${yellow("warning", process.stderr)}: the overview tells clients to call ${hub.publicUrl}. Those on other machines need --public-url, such as --public-url https://hub.example.org`,
  );
};

/** commander takes a variable that is there for a yes, whatever it says. */
const SAYS_NO = ["", "0", "false", "no"];
const isMeant = (command: Command, flag: string, variable: string): boolean =>
  command.getOptionValueSource(flag) !== "env" ||
  !SAYS_NO.includes(process.env[variable]?.toLowerCase() ?? "");

export const addStart = (program: Command): void => {
  program
    .command("start")
    .addOption(portOption())
    .addOption(dataOption("where the hub keeps everything; made if need be"))
    .addOption(storeOption())
    .addOption(devchainPortOption("where the development chain answers; 0 takes a free port"))
    .addOption(
      new Option("--host <address>", "the address to listen on; only this machine unless told otherwise")
        .default("127.0.0.1")
        .env("COINHOLDER_HOST"),
    )
    .addOption(
      new Option("--public-url <url>", "how the world reaches this hub")
        .argParser(publicUrl)
        .env("COINHOLDER_PUBLIC_URL"),
    )
    .addOption(
      new Option("--tls-cert <file>", "certificate chain (PEM); with --tls-key").env("COINHOLDER_TLS_CERT"),
    )
    .addOption(
      new Option("--tls-key <file>", "private key of the certificate (PEM)").env("COINHOLDER_TLS_KEY"),
    )
    .addOption(
      new Option(
        "--trust-proxy <addresses>",
        "proxies (addresses or networks, joined by commas) whose X-Forwarded-For counts for rate limits",
      )
        .argParser(proxies)
        .env("COINHOLDER_TRUST_PROXY"),
    )
    .addOption(
      new Option(
        "--http-workers <number>",
        "processes that read requests and check signatures before the hub; 0: it does so itself",
      )
        .argParser(workers)
        .env("COINHOLDER_HTTP_WORKERS"),
    )
    .addOption(
      new Option(
        "--bitcoin-rpc <url>",
        "the RPC of your Bitcoin node, such as http://user:password@127.0.0.1:8332; else a development chain",
      )
        .argParser(nodeUrl)
        .env("COINHOLDER_BITCOIN_RPC"),
    )
    .addOption(
      new Option(
        "--bitcoin-cookie <file>",
        "the node's cookie file, instead of user and password in the URL",
      ).env("COINHOLDER_BITCOIN_COOKIE"),
    )
    .addOption(
      new Option(
        "--bitcoin-cert <file>",
        "the certificate (PEM) of a node that speaks https with one of its own, such as btcd's rpc.cert",
      ).env("COINHOLDER_BITCOIN_CERT"),
    )
    .addOption(
      new Option(
        "--rescan-from <height>",
        "search all blocks from this height on for coins that the journal does not know, then go on",
      ).argParser(blockHeight),
    )
    .addOption(
      new Option("--metrics-port <port>", "figures for Prometheus at http://127.0.0.1:<port>/metrics")
        .argParser(parsePort)
        .env("COINHOLDER_METRICS_PORT"),
    )
    .addOption(
      new Option("--peer <url>", "a hub that is told of invoices; may be given several times")
        .argParser(peerUrls)
        .env("COINHOLDER_PEER"),
    )
    .addOption(
      new Option("--mtgox", "answer the API of Mt Gox of 2011, too, for the bots of its time")
        .default(false)
        .env("COINHOLDER_MTGOX"),
    )
    .addOption(
      new Option("--config <file>", "name, currencies, markets and the like (JSON)").env("COINHOLDER_CONFIG"),
    )
    .addHelpText("after", EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const { hub: _hub, json, ...given } = command.optsWithGlobals<HubOptions & Globals>();
      const options: HubOptions = {
        ...given,
        mtgox: given.mtgox && isMeant(command, "mtgox", "COINHOLDER_MTGOX"),
      };
      // Heard from the beginning, so that a signal during the start is not lost.
      const stop = stopAsked();
      // Loaded here, so that no other command waits for all that a hub needs.
      const { readConfig, startHub } = await import("@coinholder/hub");
      const start = async (): Promise<RunningHub> => {
        await checkStart(options, readConfig);
        return startHub(options, (error) => {
          report(error, json);
          process.exit(EXIT.failed);
        });
      };
      const hub = await start().catch((error: unknown) => {
        throw startFailure(error);
      });
      warnOfAddress(hub, options);
      if (json)
        console.log(
          JSON.stringify({
            ready: true,
            url: hub.url,
            overview_url: hub.overviewUrl,
            network: hub.network,
            devchain_url: hub.devchainUrl,
            metrics_url: hub.metricsUrl,
            data: resolve(options.data),
          }),
        );
      else announce(hub, options);
      await stop;
      await hub.close();
    });
};
