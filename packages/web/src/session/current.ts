import { HubError } from "@coinholder/client";
import type { FunctionName } from "@coinholder/protocol";
import { batch, computed, signal } from "@preact/signals";
import { forgetNotes, forgetTabNotes } from "./notes.ts";
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
/** Set when the hub no longer takes the current account's key, or (`signed_out`) another tab has forgotten it. */
export const ended = signal<HubError | undefined>(undefined);

const choose = (account: KeptAccount | undefined): void =>
  batch(() => {
    ended.value = undefined;
    current.value = account;
    for (const storage of [sessionStorage, localStorage])
      if (account) storage.setItem(CURRENT, account.token);
      else storage.removeItem(CURRENT);
  });

/** By it the tabs of a browser tell each other that the accounts are others now. */
const TABS = "coinholder.accounts";
let tabs: BroadcastChannel | undefined;

const followTabs = async (): Promise<void> => {
  const before = accounts.peek();
  const kept = await keptAccounts();
  for (const { account } of before) if (!kept.some((one) => one.account === account)) forgetTabNotes(account);
  batch(() => {
    accounts.value = kept;
    const mine = current.peek()?.token;
    if (mine !== undefined && !kept.some(({ token }) => token === mine))
      ended.value = new HubError("signed_out", "");
  });
};

export const loadAccounts = async (): Promise<void> => {
  tabs = new BroadcastChannel(TABS);
  tabs.onmessage = () => void followTabs();
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
  tabs?.postMessage(null);
};

/**
 * Forgets an account's key, and what the browser has noted of the account unless it has another key of it; the hub is not told.
 * `returns`: whoever's it is signs in again, and finds the notes.
 */
export const forgetAccount = async (
  { account, token }: KeptAccount,
  { returns = false }: { readonly returns?: boolean } = {},
): Promise<void> => {
  await dropAccount(token);
  batch(() => {
    accounts.value = accounts.value.filter((one) => one.token !== token);
    if (current.value?.token === token) choose(accounts.value[0]);
  });
  if (!returns && !accounts.value.some((one) => one.account === account)) forgetNotes(account);
  tabs?.postMessage(null);
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
