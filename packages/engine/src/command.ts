import type { Amount, PermissionPair, TimeMs } from "@coinholder/protocol";
import type {
  ChainAddress,
  ChainBegin,
  ChainBlock,
  ChainMempool,
  ChainRescan,
  ChainUndo,
  ColdAddress,
  HaltWithdrawals,
  PayoutAbandoned,
  PayoutBroadcast,
  PayoutBuilt,
  PayoutReplaced,
  ResumeWithdrawals,
  SkipTransfers,
} from "./bitcoin/commands.ts";
import type { Price } from "./book/order.ts";
import type { OwnOrderRule } from "./book/own-orders.ts";
import type { EngineConfig } from "./config.ts";
import type { CrossingTo, CrossingTold } from "./crossings/commands.ts";
import type { AttachIdentity, SetLine, TransferConflicted } from "./lines/commands.ts";
import type { ActionOutcome, ToldParams } from "./operator-actions.ts";
import type {
  AttachOption,
  ExerciseOption,
  ExpireOptions,
  OptionTerms,
  SellOption,
} from "./options/commands.ts";
import type { AddWebhook, EndWebhook, RemoveWebhook } from "./webhooks/commands.ts";

/**
 * Who calls, proven by the HTTP layer (signature or password) before the command was stamped. Whether that key may do it
 * is decided here.
 */
export interface By {
  /** The authkey's token. */
  readonly token: string;
  /** The account's identifier. */
  readonly account: string;
  /** The function called: the permission needed, and part of what `once` is kept under. */
  readonly fn: string;
  /** Of a signed call: [nonce_ms, nonce_random]. */
  readonly nonce?: readonly [ms: number, random: string] | undefined;
  /** [client_id, fingerprint of the parameters]. */
  readonly once?: readonly [clientId: string, fingerprint: string] | undefined;
}

/** A new authkey's secret parts, generated before the command was stamped. */
export interface NewKey {
  readonly token: string;
  readonly type: "hmac-sha256" | "password";
  /** Base64: the HMAC key, or the password's hash under the account's salt. */
  readonly secret: string;
}

/** What commands look like in a journal; one of another form is not read. */
export const JOURNAL_VERSION = 2;

export interface Begin {
  readonly kind: "begin";
  /** JOURNAL_VERSION of the program that began the journal. */
  readonly version: number;
  readonly network: string;
  readonly operator: { readonly id: string; readonly key: NewKey; readonly permissions: readonly string[] };
}
export interface Configure {
  readonly kind: "configure";
  readonly config: EngineConfig;
}
/** Permissions of the operator's first key that a newer program has and the journal's has not. */
export interface GrantOperator {
  readonly kind: "grant-operator";
  readonly permissions: readonly string[];
}
export interface CreateAccount {
  readonly kind: "create-account";
  readonly id: string;
  readonly name?: string;
  readonly key: NewKey;
  readonly password?: NewKey;
  readonly salt?: string;
  /** Given when registration is closed: a key that may make accounts all the same. */
  readonly by?: By;
}
export interface CreateAuthkey {
  readonly kind: "create-authkey";
  readonly by: By;
  readonly key: NewKey;
  /** For an account's first password. */
  readonly salt?: string;
  readonly pairs: readonly PermissionPair[];
  readonly expires?: TimeMs;
  readonly label?: string;
  readonly limits?: readonly (readonly [currency: string, most: Amount])[];
}
export interface ChangePermissions {
  readonly kind: "change-permissions";
  readonly by: By;
  readonly token: string;
  readonly add: readonly PermissionPair[];
  readonly remove: readonly PermissionPair[];
}
export interface RevokeAuthkey {
  readonly kind: "revoke-authkey";
  readonly by: By;
  readonly token: string;
}
export interface NewAddress {
  readonly kind: "new-address";
  readonly by: By;
  readonly address: string;
  /** Position in the wallet's receive branch (BIP-84); must be the next one. */
  readonly index: number;
}
/** send-btc and pay-invoice. Inside the hub at once; else a withdrawal for `fee`. */
export interface Send {
  readonly kind: "send";
  readonly by: By;
  readonly address: string;
  readonly amount: Amount;
  /** Charged if it goes by chain; absent when the hub found the address to be its own. */
  readonly fee?: Amount | undefined;
  readonly subtractFee?: true | undefined;
  /** Set by pay-invoice: refused unless the invoice can be paid. */
  readonly invoice?: true | undefined;
  /** By chain it will carry the hub's identity: alone in its transaction, at once, never replaced. */
  readonly pledged?: true | undefined;
  /** With `pledged`: what to tell the hub that it pays. */
  readonly crossing?: CrossingTo | undefined;
}
/**
 * Pays an invoice of this hub in another currency than BTC: what is due of it from the payer's balance of that currency, or with an option
 * of the desk that is sold to the payer and exercised at once.
 */
export interface PayFiat {
  readonly kind: "pay-fiat";
  readonly by: By;
  readonly address: string;
  readonly via: "balance" | OptionTerms;
}
/** Where an account's BTC may go. Addresses are in the hub's own writing. */
export interface ChangeAllowlist {
  readonly kind: "change-allowlist";
  readonly by: By;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** Absent: as it was. */
  readonly on?: boolean | undefined;
}
export interface Credit {
  readonly kind: "credit";
  readonly by: By;
  /** Identifier or name. */
  readonly to: string;
  readonly currency: string;
  readonly amount: Amount;
  readonly reference: string;
}
export interface WithdrawFiat {
  readonly kind: "withdraw-fiat";
  readonly by: By;
  readonly currency: string;
  readonly amount: Amount;
  readonly destination: string;
}
export interface SettleFiat {
  readonly kind: "settle-fiat";
  readonly by: By;
  readonly transfer: number;
  readonly outcome: "done" | "refused";
  readonly reference: string;
  /** Of a refusal: the reference is told to the account's owner. Where journals have it not, it was written for the operator alone. */
  readonly forOwner?: true;
}
export interface SetRegistration {
  readonly kind: "set-registration";
  readonly by: By;
  readonly open: boolean;
}
/** The hub's own identity has its next key from now on. */
export interface RotateIdentity {
  readonly kind: "rotate-identity";
  readonly by: By;
}
/**
 * What a key of the operator's had done that stands in no other command: it is here so that the audit has it, and moves nothing. With
 * `goesOn` it was written down before it began, and `operator-action-ended` tells how it ended.
 */
export interface OperatorAction {
  readonly kind: "operator-action";
  readonly by: By;
  readonly params: ToldParams;
  readonly goesOn?: true;
}
/** Of an action that went on, by its number. */
export interface OperatorActionEnded {
  readonly kind: "operator-action-ended";
  readonly action: number;
  readonly outcome: ActionOutcome;
  /** What came of it. */
  readonly params: ToldParams;
}
export interface PlaceOrder {
  readonly kind: "place-order";
  readonly by: By;
  readonly give: Amount;
  readonly giveCurrency: string;
  readonly want: Amount;
  readonly wantCurrency: string;
  /** The limit, where the amounts alone say it too coarsely: they are then what it comes to. */
  readonly price?: Price;
  readonly tif: "gtc" | "ioc" | "fok";
  readonly postOnly?: true;
}
export interface CancelOrder {
  readonly kind: "cancel-order";
  readonly by: By;
  readonly order?: number;
  readonly clientId?: string;
}
export interface CancelAll {
  readonly kind: "cancel-all";
  readonly by: By;
  readonly market?: string;
}
export interface AmendOrder {
  readonly kind: "amend-order";
  readonly by: By;
  readonly order: number;
  readonly give: Amount;
  readonly want: Amount;
  /** As in `PlaceOrder`. */
  readonly price?: Price;
}
/** What an account has chosen; absent: as it was. */
export interface ChangeSettings {
  readonly kind: "change-settings";
  readonly by: By;
  readonly ownOrders?: OwnOrderRule | undefined;
}
/** new-invoice (with `by` and the address's `index`) and broadcast-invoice (without). The signature was verified before. */
export interface PostInvoice {
  readonly kind: "post-invoice";
  readonly by?: By;
  readonly index?: number;
  readonly json: string;
  readonly signature: string;
  readonly address: string;
  readonly currency: string;
  /** In smallest units; 0 where the hub does not have the currency. */
  readonly amount: Amount;
  /** Microdegrees would lose what was signed: the text's value, in degrees. */
  readonly lat?: number;
  readonly lng?: number;
  readonly random?: string;
  readonly posted?: TimeMs;
  readonly expires: TimeMs;
  /** Posted by somebody who has no key of the operator's: of those fewer are kept. */
  readonly stranger?: true;
}
export interface WithdrawInvoice {
  readonly kind: "withdraw-invoice";
  readonly address: string;
  /** Until when a withdrawal is remembered. */
  readonly until: TimeMs;
  /** The owner, where no signature by the address was given. */
  readonly by?: By;
  /** By the address, verified before: other hubs are told with it. */
  readonly signature?: string;
}

export type Command =
  | Begin
  | Configure
  | GrantOperator
  | CreateAccount
  | CreateAuthkey
  | ChangePermissions
  | RevokeAuthkey
  | NewAddress
  | Send
  | Credit
  | WithdrawFiat
  | SettleFiat
  | SetRegistration
  | PlaceOrder
  | CancelOrder
  | CancelAll
  | AmendOrder
  | ChangeSettings
  | PostInvoice
  | WithdrawInvoice
  | PayFiat
  | SellOption
  | ExerciseOption
  | ExpireOptions
  | AttachOption
  | AttachIdentity
  | TransferConflicted
  | SetLine
  | RotateIdentity
  | OperatorAction
  | OperatorActionEnded
  | CrossingTold
  | ChangeAllowlist
  | AddWebhook
  | RemoveWebhook
  | EndWebhook
  | ChainBegin
  | ChainAddress
  | ChainBlock
  | ChainUndo
  | ChainMempool
  | ChainRescan
  | PayoutBuilt
  | PayoutReplaced
  | PayoutBroadcast
  | PayoutAbandoned
  | HaltWithdrawals
  | ResumeWithdrawals
  | SkipTransfers
  | ColdAddress;

/** A command with its time: what is journaled. Everything random was generated before; a replay decides the same. */
export type Stamped<C extends Command = Command> = C & { readonly t: TimeMs };
