import { connect, credentialsOf } from "@coinholder/client";
import { decodeAddress, parseAmount } from "@coinholder/protocol";
import { type Command, InvalidArgumentError } from "commander";
import { devchainAccess, devchainCall } from "../devchain-rpc.ts";
import { chooseKey, hubName, keyringPath } from "../keyring.ts";
import { dataOption, devchainPortOption, type Globals } from "../settings.ts";

type Options = { data: string; devchainPort: number } & Globals;

const EXAMPLES = `
The development chain runs inside a hub that was started without a Bitcoin node. Its coins are play money (regtest).

Examples:
  coinholder devchain fund bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk 1.5
  coinholder devchain fund alice 1.5     (a fresh address of the account whose key is kept as alice)
  coinholder devchain mine 1             (then what was paid is confirmed)`;

/** What the development chain mines at once. */
const MOST_BLOCKS = 10_000;

const blocks = (text: string): number => {
  if (!/^[1-9][0-9]{0,4}$/.test(text) || Number(text) > MOST_BLOCKS)
    throw new InvalidArgumentError(`It must be a number of blocks from 1 to ${MOST_BLOCKS}.`);
  return Number(text);
};

/** Stays text: amounts are never floats. */
const btc = (text: string): string => {
  if ("problem" in parseAmount(text, 8))
    throw new InvalidArgumentError("It must be an amount above zero with at most 8 places, such as 1.5.");
  return text;
};

/** An address stays itself; anything else is an alias, whose account gets a new address. */
const addressFor = async (text: string, url: string): Promise<string> => {
  if (!("error" in decodeAddress(text))) return text;
  const entry = chooseKey(keyringPath(), hubName(url), text);
  const hub = await connect(url, credentialsOf(entry.account, entry.authkey));
  return (await hub.call("new-btc-address")).btc_address;
};

export const addDevchain = (program: Command): void => {
  const devchain = program.command("devchain").addHelpText("after", EXAMPLES);
  const child = (name: string, about: string): Command =>
    devchain
      .command(name)
      .description(about)
      .addOption(dataOption("the hub's data folder, where the chain's password is"))
      .addOption(devchainPortOption("where the development chain answers"));

  child("fund", "pay BTC to an address out of nothing")
    .argument("<address>", "a regtest address, or the alias of a key that is kept here")
    .argument("<amount>", "BTC, such as 1.5", btc)
    .action(async (address: string, amount: string, _options: unknown, command: Command) => {
      const { data, devchainPort, hub, json } = command.optsWithGlobals<Options>();
      const access = devchainAccess(data, devchainPort);
      const to = await addressFor(address, hub);
      const txid = await devchainCall(access, "devchain_fund", to, amount);
      console.log(
        json
          ? JSON.stringify({ txid, btc_address: to })
          : `${amount} BTC are on their way to ${to}.\ntxid: ${txid}\nconfirm them: coinholder devchain mine 1`,
      );
    });

  child("mine", "add blocks to the chain")
    .argument("<blocks>", "how many", blocks)
    .action(async (count: number, _options: unknown, command: Command) => {
      const { data, devchainPort, json } = command.optsWithGlobals<Options>();
      const hashes = (await devchainCall(
        devchainAccess(data, devchainPort),
        "devchain_mine",
        count,
      )) as string[];
      const said = count === 1 ? "One block was mined." : `${count} blocks were mined.`;
      console.log(json ? JSON.stringify({ hashes }) : `${said}\ntip: ${hashes.at(-1)}`);
    });
};
