import type { CallingIdentity } from "@coinholder/protocol";
import { type TokenBucket, tokenBucket } from "../http/token-bucket.ts";
import type { OwnIdentity } from "../identity/own.ts";
import { IDENTITY_PATH } from "../overview.ts";
import { type Confirmations, makeConfirmations } from "./confirmations.ts";
import { makePeers, type Peers } from "./peer.ts";
import { makePurchases, type Purchases } from "./purchases.ts";

/** What paying at other hubs needs. */
export interface Across {
  /** This hub, as others know it. */
  readonly identity: () => CallingIdentity;
  readonly peers: Peers;
  readonly purchases: Purchases;
  /** Whether invoices are their hubs' own. */
  readonly confirmations: Confirmations;
  /** Payments for which other hubs are being asked, by account and client_id. */
  readonly underWay: Map<string, { readonly asked: string; readonly paying: Promise<object> }>;
  /** Payments to other hubs that an account may begin: each makes this hub call another. */
  readonly limit: TokenBucket;
}

/** @param anywhere see fetchOutside */
export const makeAcross = (own: OwnIdentity, publicUrl: string, anywhere: boolean): Across => {
  const identity = (): CallingIdentity => ({
    identity_url: `${publicUrl}${IDENTITY_PATH}`,
    identity_public_key: own.publicKey(),
  });
  const peers = makePeers({ anywhere, identity, sign: (message) => own.key().sign(message) });
  return {
    identity,
    peers,
    purchases: makePurchases(),
    confirmations: makeConfirmations(peers),
    underWay: new Map(),
    limit: tokenBucket(60, 500),
  };
};
