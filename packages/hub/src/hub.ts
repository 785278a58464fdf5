import type { AddressPool, BitcoinNode, Descriptor, Network, Signer, Wallet } from "@coinholder/bitcoin";
import type { CurrencyIndex } from "@coinholder/engine";
import type { Amount, Overview } from "@coinholder/protocol";
import { formatAmount } from "@coinholder/protocol";
import type { Alarms } from "./alarms/alarms.ts";
import type { CallCounts } from "./alarms/call-counts.ts";
import type { Faucet } from "./chain/faucet.ts";
import type { PendingSweeps } from "./chain/sweep.ts";
import type { HubConfig } from "./config-file.ts";
import type { Across } from "./crossings/across.ts";
import type { Desk } from "./desk/desk.ts";
import type { DiskRoom } from "./disk-room.ts";
import type { History } from "./history/index.ts";
import type { IdentityCalls } from "./http/identity-call.ts";
import type { KeyUse } from "./http/key-use.ts";
import type { Passwords } from "./http/passwords.ts";
import type { Identities } from "./identity/lookup.ts";
import type { OwnIdentity } from "./identity/own.ts";
import type { InvoiceWatch } from "./invoice-watch.ts";
import type { Limits } from "./limits.ts";
import type { PeerLinks } from "./peers/peers.ts";
import type { Proofs } from "./proofs.ts";
import type { Quotes } from "./quotes.ts";
import type { Sequencer } from "./sequencer.ts";
import type { Snapshots } from "./snapshots.ts";
import type { Stream } from "./stream/stream.ts";
import type { Webhooks } from "./webhooks/webhooks.ts";

/** What every function of the hub works with. */
export interface Hub {
  readonly config: HubConfig;
  readonly overview: Overview;
  readonly publicUrl: string;
  readonly sequencer: Sequencer;
  /** Position in the journal of the last command that was carried out. */
  readonly lastSeq: () => number;
  /** Position in the journal up to which everything is on disk. */
  readonly durableSeq: () => number;
  readonly room: DiskRoom;
  /** Gives play money; undefined on every chain but the embedded development chain. */
  readonly faucet: Faucet | undefined;
  readonly snapshots: Pick<Snapshots, "newest">;
  readonly history: History;
  readonly wallet: Wallet;
  /** The only one who signs payments. */
  readonly signer: Signer;
  /** The operator's cold wallet, if one was named. */
  readonly cold: Descriptor | undefined;
  readonly sweeps: PendingSweeps;
  readonly addresses: AddressPool;
  readonly passwords: Passwords;
  readonly keyUse: Pick<KeyUse, "lastUse">;
  readonly limits: Limits;
  readonly quotes: Quotes;
  readonly proofs: Proofs;
  /** Sells options; undefined where the operator has none. */
  readonly desk: Desk | undefined;
  /** Pays at other hubs. */
  readonly across: Across;
  /** Hubs that are told of invoices. */
  readonly peers: PeerLinks;
  /** Proves who other hubs are that call. */
  readonly identityCalls: IdentityCalls;
  readonly invoiceWatch: InvoiceWatch;
  readonly stream: Stream;
  /** What this hub signs with, and publishes. */
  readonly identity: OwnIdentity;
  /** What other hubs publish. */
  readonly identities: Identities;
  readonly webhooks: Webhooks;
  readonly alarms: Alarms;
  readonly calls: CallCounts;
  readonly chain: ChainView;
  readonly node: BitcoinNode;
}

/** What the hub knows of the Bitcoin network at the moment. */
export interface ChainView {
  readonly network: Network;
  /** Satoshi per vbyte. */
  feeRate: number;
  nodeReachable: boolean;
  /** BitcoinErrorCode of what is the matter with the node. */
  trouble: string | undefined;
  /** The node's best block, and its best header: higher while it catches up. */
  height: number;
  headers: number;
  peers: number;
  /** When the tip last changed, by our clock. */
  tipSince: number;
  /** Transactions in the node's mempool. */
  mempoolWatched: number;
  /** How many blocks the last reorganisation undid. */
  lastReorg: number;
  /** Scripts that blocks and mempool are searched for. */
  watched: number;
  /** What the largest coins that payments may spend are worth together: of one, of two, and so on. */
  coinSums: readonly number[];
  /** All of the mempool is to be looked at again: a transaction may be there that was passed over before it mattered. */
  lookAfresh: boolean;
  /** Why reserved withdrawals are not built at the moment, if it is not for want of time. */
  waiting: string | undefined;
}

/** A currency's amount as the protocol writes it. */
export const dec = (
  hub: Pick<Hub, "sequencer">,
  currency: CurrencyIndex,
  amount: Amount | number | bigint,
): string => formatAmount(amount, hub.sequencer.state.config.currencies[currency]!.decimals);

/** The key of a currency in balances: lower case. */
export const balanceKey = (hub: Pick<Hub, "sequencer">, currency: CurrencyIndex): string =>
  hub.sequencer.state.config.currencies[currency]!.code.toLowerCase();
