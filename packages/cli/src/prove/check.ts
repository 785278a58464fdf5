import { readFileSync } from "node:fs";
import { connect, credentialsOf, type Hub } from "@coinholder/client";
import {
  checkReserves,
  type Proof,
  proves,
  type ReserveBatch,
  type ReservesCheck,
  readProof,
  readProofNode,
} from "@coinholder/protocol";
import { CommandError, usageError } from "../failure.ts";
import { chooseKey, hubName, keyringPath, readKeyring } from "../keyring.ts";
import { type OwnNode, openOwnNode } from "./own-node.ts";
import { inDecimals, type Published, type Totals, totalsOf } from "./totals.ts";

export interface CheckOptions {
  readonly hub: string;
  readonly as?: string;
  readonly file?: string;
  readonly root?: string;
  readonly bitcoinRpc?: string;
  readonly bitcoinCookie?: string;
  readonly bitcoinCert?: string;
}

export type Problem =
  /** The hub shows another root than the one got elsewhere: not all see the same tree. */
  | "root_differs"
  /** The leaf and path in the file are of a root that was published at another time. */
  | "leaf_of_other_root"
  /** The leaf and path do not lead to the root. */
  | "leaf_wrong"
  | "leaf_of_other_account"
  /** The hub has no leaf for this account: made after the proof, or left out. */
  | "leaf_missing"
  /** The own node does not have the block that the reserves are said to be of. */
  | "block_unknown"
  | "signatures_wrong"
  /** Coins that the own node has no more. */
  | "coins_spent"
  /** The coins signed for are not what `proof-root` says. */
  | "reserves_differ"
  /** Coins and cold wallet together were less than what is owed, even when the proof was made. */
  | "reserves_short";

export interface Checked {
  readonly problems: readonly Problem[];
  readonly root: string;
  readonly t: number;
  readonly accounts: number;
  readonly network: string;
  readonly height: number;
  /** Blocks of the own node's chain since; absent without one. */
  readonly blocks_since?: number;
  /** The root was compared with one got elsewhere. */
  readonly root_compared: boolean;
  readonly totals: Totals;
  /** What stands in the account's leaf; absent where no account was checked. */
  readonly account?: { readonly account: string; readonly counted: Readonly<Record<string, string>> };
  readonly reserves: Omit<ReservesCheck, "amount"> & {
    /** Whether the own node was asked for every coin, or the hub's word was taken for what they are. */
    readonly coins_seen: boolean;
  };
}

const asPublished = (answer: Published): Published => {
  const { reserves } = answer;
  const counts = [reserves?.owed, reserves?.amount, reserves?.cold, reserves?.height, reserves?.batches];
  if (
    readProofNode(answer.root) === undefined ||
    !counts.every((count) => Number.isSafeInteger(count) && count! >= 0) ||
    (answer.root.sums.BTC ?? 0) !== reserves.owed
  )
    throw new CommandError("answer_malformed", "The hub's proof-root is not what its protocol says.");
  return answer;
};

const readFile = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const { code = "not JSON" } = error as { code?: string };
    throw new CommandError("proof_file_unreadable", `Cannot read ${file} (${code}).`);
  }
};

/** Leaf and path, the root that came with them, and whose they should be. */
interface Own {
  readonly proof: Proof;
  readonly root: string | undefined;
  readonly account: string | undefined;
}

const asOwn = (answer: unknown, account: string | undefined): Own => {
  const proof = readProof(answer);
  if (proof === undefined)
    throw new CommandError("proof_malformed", "That is no leaf and path as my-proof answers them.");
  return { proof, root: readProofNode((answer as { root?: unknown }).root)?.hash, account };
};

/** Undefined where no account is to be checked, "missing" where the hub has no leaf for it. */
const ownProof = async (hub: Hub, options: CheckOptions): Promise<Own | "missing" | undefined> => {
  const { as, file } = options;
  if (file !== undefined) return asOwn(readFile(file), undefined);
  const name = hubName(options.hub);
  const kept = Object.keys(readKeyring(keyringPath())[name] ?? {});
  if (as === undefined && kept.length === 0) return undefined;
  const { account, authkey } = chooseKey(keyringPath(), name, as);
  try {
    return asOwn(await hub.as(credentialsOf(account, authkey)).call("my-proof"), account);
  } catch (error) {
    if ((error as { code?: unknown }).code === "proof_unknown") return "missing";
    throw error;
  }
};

const leafProblem = (own: Own, published: Published): Problem | undefined => {
  if (own.account !== undefined && own.proof.leaf.account !== own.account) return "leaf_of_other_account";
  if (proves(own.proof, published.root)) return undefined;
  return own.root !== undefined && own.root !== published.root.hash ? "leaf_of_other_root" : "leaf_wrong";
};

/** Another proof was published between two calls. */
const PUBLISHED_ANEW = new CommandError(
  "published_anew",
  "The hub published a new proof while this one was being checked: try again.",
);

async function* batchesOf(hub: Hub, { root, reserves }: Published): AsyncGenerator<ReserveBatch> {
  for (let batch = 1; batch <= reserves.batches; batch++) {
    const answer = await hub.call("proof-of-reserves", { batch });
    if (answer.root !== root.hash) throw PUBLISHED_ANEW;
    yield answer;
  }
}

const checkCoins = async (
  hub: Hub,
  published: Published,
  node: OwnNode | undefined,
): Promise<{ checked: ReservesCheck; problems: Problem[]; blocksSince: number | undefined }> => {
  const { root, reserves } = published;
  const blocksSince = await node?.blocksSince(reserves);
  const statement = { ...reserves, root: root.hash };
  const checked = await checkReserves(statement, batchesOf(hub, published), node?.unspent);
  const { amount, coins, spent, wrong } = checked;
  const told = amount + spent.reduce((sum, coin) => sum + coin.amount, 0);
  const problems: Problem[] = [];
  if (node !== undefined && blocksSince === undefined) problems.push("block_unknown");
  if (wrong.length > 0) problems.push("signatures_wrong");
  if (spent.length > 0) problems.push("coins_spent");
  if (wrong.length === 0 && (told !== reserves.amount || coins !== reserves.coins))
    problems.push("reserves_differ");
  // What was spent since was there when the proof was made: that it is gone is told by itself.
  if (told + reserves.cold < reserves.owed) problems.push("reserves_short");
  return { checked, problems, blocksSince };
};

/** Checks what a hub published, as far as the options go. Rejects with HubError, CommandError or the node's error. */
export const checkPublished = async (options: CheckOptions): Promise<Checked> => {
  const { as, file } = options;
  const root = options.root?.trim().toLowerCase();
  if (as !== undefined && file !== undefined) throw usageError("--as and --file exclude each other");
  if (root !== undefined && !/^[0-9a-f]{64}$/.test(root)) throw usageError("--root is 64 hex digits");
  const { bitcoinRpc, bitcoinCookie, bitcoinCert } = options;
  if (bitcoinRpc === undefined && (bitcoinCookie !== undefined || bitcoinCert !== undefined))
    throw usageError("--bitcoin-cookie and --bitcoin-cert go with --bitcoin-rpc");

  const hub = await connect(options.hub);
  const own = await ownProof(hub, options);
  const published = asPublished(await hub.call("proof-root"));
  // What the hub itself has just told belongs to what it publishes, unless that changed in between.
  const isAsked = file === undefined && own !== undefined && own !== "missing";
  if (isAsked && own.root !== undefined && own.root !== published.root.hash) throw PUBLISHED_ANEW;
  const problems: Problem[] = [];
  if (root !== undefined && root !== published.root.hash) problems.push("root_differs");
  if (own === "missing") problems.push("leaf_missing");
  else if (own !== undefined) {
    const problem = leafProblem(own, published);
    if (problem !== undefined) problems.push(problem);
  }
  const node =
    bitcoinRpc === undefined ? undefined : await openOwnNode(bitcoinRpc, bitcoinCookie, bitcoinCert);
  try {
    const { checked, problems: ofCoins, blocksSince } = await checkCoins(hub, published, node);
    const { amount, ...reserves } = checked;
    return {
      problems: [...problems, ...ofCoins],
      root: published.root.hash,
      t: published.t,
      accounts: published.accounts,
      network: published.reserves.network,
      height: published.reserves.height,
      ...(blocksSince === undefined ? {} : { blocks_since: blocksSince }),
      root_compared: root !== undefined,
      totals: totalsOf(published, hub.overview, amount),
      ...(own === undefined || own === "missing"
        ? {}
        : {
            account: {
              account: own.proof.leaf.account,
              counted: inDecimals(own.proof.leaf.sums, hub.overview),
            },
          }),
      reserves: { ...reserves, coins_seen: node !== undefined },
    };
  } finally {
    node?.close();
  }
};
