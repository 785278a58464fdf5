import { connect, type Hub } from "@coinholder/client";
import { isLatitude, isLongitude } from "@coinholder/protocol";
import { type Command, InvalidArgumentError } from "commander";
import { hubName, keyringPath, readKeyring } from "../keyring.ts";
import { aliasOf, asAccount } from "../session.ts";
import type { Globals } from "../settings.ts";
import { watchBalances } from "../watch/balances.ts";
import { watchBook } from "../watch/book.ts";
import { watchNearby } from "../watch/nearby.ts";
import { watch } from "../watch/run.ts";
import { watchTrades } from "../watch/trades.ts";

const EXAMPLES = `
On a terminal the screen is redrawn as things happen; Ctrl-C ends, and the terminal is as before. Into a pipe go lines of what
is new; with --json every message of the stream as one line of JSON (docs/reference/stream.md), and {"type":"state"} when it is
live or not. A connection that breaks is made anew, and nothing is left out: what is shown says when it is not live.
Hubs without a stream, and exchanges, are asked every few seconds instead.

Exit codes: 130 after Ctrl-C, 1 when the hub refuses or ends it.

Examples:
  coinholder watch book BTC/USD
  coinholder watch trades BTC/USD | tee trades.txt
  coinholder watch balances --as alice
  coinholder watch nearby 45.5089 -73.5617 --code 417
  coinholder watch book BTC/USD --json | jq -c .data`;

const NEARBY = `
Each invoice's signature is checked here, by its own address (BIP-322), and that it says what the hub shows.
  signature invalid         somebody changed it: do not pay
  not confirmed by its hub  anyone can write any hub's name into an invoice; this hub did not make it
  ambiguous                 another invoice nearby has the same code: look twice which is yours
  confirmed                 the hub that you ask made it itself`;

const FARTHEST_M = 100_000;

const market = (text: string): string => {
  const upper = text.toUpperCase();
  if (!/^[A-Z][A-Z0-9]{2,9}\/[A-Z][A-Z0-9]{2,9}$/.test(upper))
    throw new InvalidArgumentError("It must be a market such as BTC/USD.");
  return upper;
};
const latitude = (text: string): string => {
  if (!isLatitude(text))
    throw new InvalidArgumentError("It must be degrees from -90 to 90, such as 45.5089.");
  return text;
};
const longitude = (text: string): string => {
  if (!isLongitude(text))
    throw new InvalidArgumentError("It must be degrees from -180 to 180, such as -73.5617.");
  return text;
};
const metres = (text: string): number => {
  if (!/^[1-9][0-9]{0,5}$/.test(text) || Number(text) > FARTHEST_M)
    throw new InvalidArgumentError(`It must be metres from 1 to ${FARTHEST_M}.`);
  return Number(text);
};

/** The alias that signs, to be shown: the one named, or the only one. */
const whoseName = (options: Globals & { as?: string }): string =>
  aliasOf(options) ?? Object.keys(readKeyring(keyringPath())[hubName(options.hub)] ?? {})[0] ?? "";

export const addWatch = (program: Command): void => {
  const group = program.command("watch").addHelpText("after", EXAMPLES);

  const ofMarket = (
    name: string,
    about: string,
    follow: (hub: Hub, of: string, json: boolean) => Promise<void>,
  ) =>
    group
      .command(name)
      .description(about)
      .argument("<market>", "such as BTC/USD", market)
      .action(async (of: string, _options: unknown, command: Command) => {
        const { hub, json } = command.optsWithGlobals<Globals>();
        await follow(await connect(hub), of, json);
      });
  ofMarket("book", "a market's order book, both sides", (hub, of, json) =>
    watch(hub, watchBook(of), { json, signed: false }),
  );
  ofMarket("trades", "a market's trades as they happen", (hub, of, json) =>
    watch(hub, watchTrades(of), { json, signed: false }),
  );

  group
    .command("balances")
    .description("an account's balances")
    .option("--as <alias>", "whose; may be left out when only one key is kept here")
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Globals & { as?: string }>();
      const hub = await asAccount(command);
      await watch(hub, watchBalances(whoseName(options)), { json: options.json, signed: true });
    });

  group
    .command("nearby")
    .description("invoices near a place, each checked")
    .argument("<lat>", "degrees north, such as 45.5089", latitude)
    .argument("<lng>", "degrees east, such as -73.5617", longitude)
    .option("--radius <metres>", "how far", metres, 400)
    .option("--code <code>", "only those with the code that the cashier reads out")
    .addHelpText("after", NEARBY)
    .action(
      async (
        lat: string,
        lng: string,
        { code, radius }: { code?: string; radius: number },
        command: Command,
      ) => {
        const { hub, json } = command.optsWithGlobals<Globals>();
        const place = { lat, lng, radius_m: radius, ...(code === undefined ? {} : { random: code }) };
        const watched = watchNearby(place);
        await watch(await connect(hub), watched, { json, signed: false });
      },
    );
};
