/** What a payment by chain is to tell the hub that it pays. */
export interface CrossingTo {
  /** The payee's hub, as its invoice says. */
  readonly hub_url: string;
  /** What is paid, signed by its address. */
  readonly invoice?: { readonly json: string; readonly signature: string } | undefined;
  /** What was bought there for it, signed by its issuer. */
  readonly option?: { readonly json: string; readonly signature: string } | undefined;
}

/** The other hub was told whose payment it is, or could not be. Refused (transfer_unknown) unless it was still to be told. */
export interface CrossingTold {
  readonly kind: "crossing-told";
  readonly transfer: number;
  /** What the other hub answered to `attach-identity-to-transfer`, or why it was not asked. */
  readonly identity?: string | undefined;
  /** To `attach-option-to-transfer`. */
  readonly option?: string | undefined;
  readonly given_up?: true | undefined;
}
