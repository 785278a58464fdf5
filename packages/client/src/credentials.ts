/** Authentication type 2: an HMAC authkey, and the account to act on. `key` is base64. */
export interface KeyCredentials {
  readonly token: string;
  readonly key: string;
  readonly account: string;
}

/** Authentication type 1. `name`: the account's identifier, or the name chosen when it was made. */
export interface PasswordCredentials {
  readonly name: string;
  readonly pass: string;
}

export type Credentials = KeyCredentials | PasswordCredentials;

export const authenticationType = (credentials: Credentials): 1 | 2 => ("pass" in credentials ? 1 : 2);

/** The same key or password on another account. */
export const withAccount = (credentials: Credentials, account: string): Credentials =>
  "pass" in credentials ? { ...credentials, name: account } : { ...credentials, account };

/** Credentials from what `create-account` and `create-authkey` answer. Throws for an authkey without an HMAC key. */
export const credentialsOf = (
  account: string,
  authkey: { readonly type: string; readonly token: string; readonly key?: string },
): KeyCredentials => {
  const { type, token, key } = authkey;
  if (type !== "hmac-sha256" || token === undefined || key === undefined)
    throw new TypeError("only an hmac-sha256 authkey with its key can sign calls");
  return { account, token, key };
};
