import type { AddressPool, BitcoinNode, Wallet } from "@coinholder/bitcoin";
import type { CurrencyIndex } from "@coinholder/engine";
import type { Amount, Overview } from "@coinholder/protocol";
import { formatAmount } from "@coinholder/protocol";
import type { HubConfig } from "./config-file.ts";
import type { History } from "./history/index.ts";
import type { Passwords } from "./http/passwords.ts";
import type { InvoiceWatch } from "./invoice-watch.ts";
import type { Limits } from "./limits.ts";
import type { Proofs } from "./proofs.ts";
import type { Quotes } from "./quotes.ts";
import type { Sequencer } from "./sequencer.ts";

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
  readonly history: History;
  readonly wallet: Wallet;
  readonly addresses: AddressPool;
  readonly passwords: Passwords;
  readonly limits: Limits;
  readonly quotes: Quotes;
  readonly proofs: Proofs;
  readonly invoiceWatch: InvoiceWatch;
  readonly chain: ChainView;
  readonly node: BitcoinNode;
}

/** What the hub knows of the Bitcoin network at the moment. */
export interface ChainView {
  /** Satoshi per vbyte. */
  feeRate: number;
  nodeReachable: boolean;
}

/** A currency's amount as the protocol writes it. */
export const dec = (hub: Hub, currency: CurrencyIndex, amount: Amount | number | bigint): string =>
  formatAmount(amount, hub.sequencer.state.config.currencies[currency]!.decimals);

/** The key of a currency in balances: lower case. */
export const balanceKey = (hub: Hub, currency: CurrencyIndex): string =>
  hub.sequencer.state.config.currencies[currency]!.code.toLowerCase();
