import type { KeyCredentials } from "@coinholder/client";

/** A key that WebCrypto keeps: it signs, and no script reads it out. */
export type KeptKey = CryptoKey;

/** An account that this browser has a key for. */
export interface KeptAccount extends KeyCredentials {
  readonly key: KeptKey;
  /** The name that its owner signs in with. */
  readonly name?: string;
  /** Functions of the account that the key may call, or `all`; undefined where the hub did not tell. */
  readonly permissions?: readonly string[];
  /** When the key stops to work, ms since 1970. */
  readonly expires_t?: number;
  readonly label?: string;
  /** When it came here. */
  readonly t: number;
}

/** An account that was just made, whose owner has not come to the end of the steps. Its key holds `all` and is revoked at the end. */
export interface NewAccount extends KeyCredentials {
  readonly key: KeptKey;
  readonly name?: string;
  readonly hasPassword: boolean;
  /** What is left to do: agree to what this browser may do, then print the sheet. */
  readonly step: "consent" | "sheet";
}

const NAME = "coinholder";
const ACCOUNTS = "accounts";
const NEW_ACCOUNT = "new-account";

const asked = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

let opened: Promise<IDBDatabase> | undefined;
const open = (): Promise<IDBDatabase> => {
  opened ??= (() => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(ACCOUNTS, { keyPath: "token" });
      request.result.createObjectStore(NEW_ACCOUNT);
    };
    return asked(request);
  })();
  return opened;
};

/** One request in a transaction of its own, done when it is on disk. */
const once = async <T>(
  store: string,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> => {
  const transaction = (await open()).transaction(store, mode);
  const over = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  const result = await asked(ask(transaction.objectStore(store)));
  await over;
  return result;
};

/** In the order in which they came. */
export const keptAccounts = async (): Promise<KeptAccount[]> => {
  const all: KeptAccount[] = await once(ACCOUNTS, "readonly", (store) => store.getAll());
  return all.sort((a, b) => a.t - b.t);
};
export const keepAccount = (account: KeptAccount): Promise<unknown> =>
  once(ACCOUNTS, "readwrite", (store) => store.put(account));
export const dropAccount = (token: string): Promise<unknown> =>
  once(ACCOUNTS, "readwrite", (store) => store.delete(token));

export const keptNewAccount = (): Promise<NewAccount | undefined> =>
  once(NEW_ACCOUNT, "readonly", (store) => store.get(0));
export const keepNewAccount = (account: NewAccount): Promise<unknown> =>
  once(NEW_ACCOUNT, "readwrite", (store) => store.put(account, 0));
export const dropNewAccount = (): Promise<unknown> =>
  once(NEW_ACCOUNT, "readwrite", (store) => store.delete(0));
