import type { Command } from "commander";

/** A command of the command line. Its own file is loaded when it is the one that was asked for. */
export interface CommandRow {
  readonly name: string;
  readonly group: string;
  /** One line. */
  readonly about: string;
  readonly load: () => Promise<(program: Command) => void>;
  /** It asks no hub: profiles are not looked at. */
  readonly isLocal?: true;
}

const ACCOUNTS = "Accounts and money:";
const MARKET = "As it happens:";
const CHECKS = "Proofs and signatures:";
const RUN = "Run a hub:";
const SETUP = "This command line:";

/** All commands, in the order in which the help shows them. */
export const commands: readonly CommandRow[] = [
  {
    name: "call",
    group: ACCOUNTS,
    about: "call any function of the hub; `coinholder my-balance` is short for `coinholder call my-balance`",
    load: async () => (await import("./commands/call.ts")).addCall,
  },
  {
    name: "accounts",
    group: ACCOUNTS,
    about: "list the accounts whose keys this machine keeps, with their balances; add and drop keys",
    load: async () => (await import("./commands/accounts.ts")).addAccounts,
  },
  {
    name: "statement",
    group: ACCOUNTS,
    about: "what changed an account's balance in a time, and what that makes it",
    load: async () => (await import("./commands/statement.ts")).addStatement,
  },
  {
    name: "export",
    group: ACCOUNTS,
    about: "all transfers or trades of an account, as CSV or JSON",
    load: async () => (await import("./commands/export.ts")).addExport,
  },
  {
    name: "watch",
    group: MARKET,
    about: "the order book, trades, balances or invoices nearby, live",
    load: async () => (await import("./commands/watch.ts")).addWatch,
  },
  {
    name: "prove",
    group: CHECKS,
    about: "publish what the hub owes and that it has the coins; check what a hub published",
    load: async () => (await import("./commands/prove.ts")).addProve,
  },
  {
    name: "message",
    group: CHECKS,
    about: "sign or verify a message by a Bitcoin address (BIP-322)",
    load: async () => (await import("./commands/message.ts")).addMessage,
    isLocal: true,
  },
  {
    name: "option",
    group: CHECKS,
    about: "verify an option that a hub's desk sold",
    load: async () => (await import("./commands/option.ts")).addOption,
  },
  {
    name: "start",
    group: RUN,
    about: "start a hub, on your Bitcoin node or with a development chain inside",
    load: async () => (await import("./commands/start.ts")).addStart,
    isLocal: true,
  },
  {
    name: "wrap",
    group: RUN,
    about: "serve an exchange that you use as a hub, for clients in any language",
    load: async () => (await import("./commands/wrap.ts")).addWrap,
    isLocal: true,
  },
  {
    name: "devchain",
    group: RUN,
    about: "play with the development chain: coins for the asking, blocks on demand",
    load: async () => (await import("./commands/devchain.ts")).addDevchain,
  },
  {
    name: "operator",
    group: RUN,
    about: "what only the hub's operator does: bank money in and out, the hub's state",
    load: async () => (await import("./commands/operator.ts")).addOperator,
  },
  {
    name: "wallet",
    group: RUN,
    about: "the hub's wallet: balance, coins, payments under way; phrase, restore, sweep",
    load: async () => (await import("./commands/wallet.ts")).addWallet,
  },
  {
    name: "chain",
    group: RUN,
    about: "the Bitcoin network as the hub sees it; stop and resume payments",
    load: async () => (await import("./commands/chain.ts")).addChain,
  },
  {
    name: "peers",
    group: RUN,
    about: "hubs that are told of invoices, and how far other hubs' payments are trusted",
    load: async () => (await import("./commands/peers.ts")).addPeers,
  },
  {
    name: "verify",
    group: RUN,
    about: "replay a stopped hub's journal, check every invariant, print the state hash",
    load: async () => (await import("./commands/verify.ts")).addVerify,
    isLocal: true,
  },
  {
    name: "profile",
    group: SETUP,
    about: "hubs and exchanges by a name of yours, each with the key that signs there",
    load: async () => (await import("./commands/profile.ts")).addProfile,
    isLocal: true,
  },
  {
    name: "completion",
    group: SETUP,
    about: "print a script that completes command lines in bash, zsh or fish",
    load: async () => (await import("./commands/completion.ts")).addCompletion,
    isLocal: true,
  },
];

export const commandRow = (name: string): CommandRow | undefined => commands.find((row) => row.name === name);
