import type { HubError } from "@coinholder/client";
import type { FunctionName } from "@coinholder/protocol";
import { batch, computed, signal } from "@preact/signals";
import {
  dropAccount,
  dropNewAccount,
  type KeptAccount,
  keepAccount,
  keepNewAccount,
  keptAccounts,
  keptNewAccount,
  type NewAccount,
} from "./store.ts";

/** Which of the accounts was open last: in this tab, whatever others do, and in any, for a tab that is new. */
const CURRENT = "coinholder.current";

/** All accounts that this browser has keys for. */
export const accounts = signal<readonly KeptAccount[]>([]);
/** The one that the page shows. */
export const current = signal<KeptAccount | undefined>(undefined);
/** One that is being made. */
export const newAccount = signal<NewAccount | undefined>(undefined);
/** Set when the hub no longer takes the current account's key. */
export const ended = signal<HubError | undefined>(undefined);

const choose = (account: KeptAccount | undefined): void =>
  batch(() => {
    ended.value = undefined;
    current.value = account;
    for (const storage of [sessionStorage, localStorage])
      if (account) storage.setItem(CURRENT, account.token);
      else storage.removeItem(CURRENT);
  });

export const loadAccounts = async (): Promise<void> => {
  const [kept, unfinished] = await Promise.all([keptAccounts(), keptNewAccount()]);
  const lastIn = (storage: Storage): KeptAccount | undefined =>
    kept.find(({ token }) => token === storage.getItem(CURRENT));
  batch(() => {
    accounts.value = kept;
    newAccount.value = unfinished;
    choose(lastIn(sessionStorage) ?? lastIn(localStorage) ?? kept[0]);
  });
};

export const switchTo = (account: KeptAccount): void => choose(account);

export const addAccount = async (account: KeptAccount): Promise<void> => {
  await keepAccount(account);
  batch(() => {
    accounts.value = [...accounts.value.filter(({ token }) => token !== account.token), account];
    choose(account);
  });
};

/** Forgets an account's key; the hub is not told. */
export const forgetAccount = async ({ token }: KeptAccount): Promise<void> => {
  await dropAccount(token);
  batch(() => {
    accounts.value = accounts.value.filter((one) => one.token !== token);
    if (current.value?.token === token) choose(accounts.value[0]);
  });
};

export const noteNewAccount = async (account: NewAccount | undefined): Promise<void> => {
  await (account ? keepNewAccount(account) : dropNewAccount());
  newAccount.value = account;
};

/** The codes by which a hub says that a key is no good (any more). */
const KEY_GONE = new Set(["authentication_failed", "authkey_expired", "account_unknown"]);

/** Notes what a call of the current account failed by, if that means that its key has ended. */
export const noteFailure = (error: HubError, token: string | undefined): void => {
  if (token !== undefined && token === current.value?.token && KEY_GONE.has(error.code)) ended.value = error;
};

const granted = computed(() => {
  const permissions = current.value?.permissions;
  return permissions && new Set(permissions);
});

/** Whether the current key may call the function. Where the hub did not tell, the page lets it try. */
export const may = (name: FunctionName): boolean => {
  if (current.value === undefined) return false;
  const set = granted.value;
  if (set === undefined) return true;
  return set.has(name) || (set.has("all") && !name.startsWith("operator-"));
};
