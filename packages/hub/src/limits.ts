import type { HubConfig } from "./config-file.ts";
import { type TokenBucket, tokenBucket } from "./http/token-bucket.ts";

/** How often what costs the hub much may be asked for: `burst` at once, then one every so many ms. */
export interface Limits {
  /** Accounts made, per source. */
  readonly accounts: TokenBucket;
  /** Passwords set, per account: whether one is in use already must not be found out by trying. */
  readonly passwords: TokenBucket;
  /** Addresses given out, per account: each is kept for ever. */
  readonly addresses: TokenBucket;
  /** Play money given, per account: each makes a block. */
  readonly playMoney: TokenBucket;
  /** Signatures checked, per source, signed calls too, because anyone can make an account: each costs a millisecond or two. */
  readonly signatures: TokenBucket;
  /** Invoices and withdrawals from elsewhere that are looked at: per key that the operator gave to a peer. */
  readonly peerCalls: TokenBucket;
  /** The same of all others together, beside what each source may. */
  readonly strangerCalls: TokenBucket;
  /** Calls that hubs sign in their own name, per source: each costs a signature, and perhaps a look at what they publish. */
  readonly identityCalls: TokenBucket;
  /** Other hubs asked whether an invoice is theirs, per account: each makes this hub call another. */
  readonly confirmations: TokenBucket;
  /** The same of all accounts together: anyone can make an account, and post an invoice that names a host of his choice. */
  readonly allConfirmations: TokenBucket;
  /** Other hubs' transfers looked at, per source: up to a quarter of a second each, and calls of the node. */
  readonly attachments: TokenBucket;
}

export const makeLimits = ({ accountsPerHour }: Pick<HubConfig, "accountsPerHour">): Limits => ({
  accounts: tokenBucket(accountsPerHour, Math.ceil(3_600_000 / accountsPerHour)),
  passwords: tokenBucket(10, 30_000),
  addresses: tokenBucket(300, 1000),
  playMoney: tokenBucket(3, 20_000),
  signatures: tokenBucket(60, 250),
  peerCalls: tokenBucket(500, 10),
  strangerCalls: tokenBucket(200, 50),
  identityCalls: tokenBucket(100, 50),
  confirmations: tokenBucket(30, 1000),
  allConfirmations: tokenBucket(200, 50),
  attachments: tokenBucket(60, 250),
});
