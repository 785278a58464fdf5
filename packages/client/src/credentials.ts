import type { SigningKey } from "./signing-key.ts";

/** Authentication type 2: an HMAC authkey, and the account to act on. */
export interface KeyCredentials {
  readonly token: string;
  readonly key: SigningKey;
  readonly account: string;
}

/** The same with the key at hand, base64: to be kept, or to sign by other means. */
export interface TextKeyCredentials extends KeyCredentials {
  readonly key: string;
}

/** Authentication type 1. `name`: the account's identifier, or the name chosen when it was made. */
export interface PasswordCredentials {
  readonly name: string;
  readonly pass: string;
}

/** An account at an exchange, as the exchange named what it gave: which of them are needed differs. For wrappers. */
export interface ExchangeKeys {
  readonly apiKey: string;
  readonly secret: string;
  readonly password?: string;
  readonly uid?: string;
}

export type Credentials = KeyCredentials | PasswordCredentials;

export const authenticationType = (credentials: Credentials): 1 | 2 => ("pass" in credentials ? 1 : 2);

/** As the seed has it, `account` is the key's token. A hub of ours takes that too, and the account's identifier beside it. */
export const bySeed = (credentials: Credentials): Credentials =>
  "pass" in credentials ? credentials : { ...credentials, account: credentials.token };

/** The same key or password on another account. */
export const withAccount = (credentials: Credentials, account: string): Credentials =>
  "pass" in credentials ? { ...credentials, name: account } : { ...credentials, account };

/** Credentials from what `create-account` and `create-authkey` answer. Throws for an authkey without an HMAC key. */
export const credentialsOf = (
  account: string,
  authkey: { readonly type: string; readonly token: string; readonly key?: string },
): TextKeyCredentials => {
  const { type, token, key } = authkey;
  if (type !== "hmac-sha256" || token === undefined || key === undefined)
    throw new TypeError("only an hmac-sha256 authkey with its key can sign calls");
  return { account, token, key };
};
