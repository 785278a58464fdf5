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
  /** Signatures checked, per source, signed calls too, because anyone can make an account: each costs a millisecond or two. */
  readonly signatures: TokenBucket;
}

export const makeLimits = ({ accountsPerHour }: Pick<HubConfig, "accountsPerHour">): Limits => ({
  accounts: tokenBucket(accountsPerHour, Math.ceil(3_600_000 / accountsPerHour)),
  passwords: tokenBucket(10, 30_000),
  addresses: tokenBucket(300, 1000),
  signatures: tokenBucket(60, 250),
});
