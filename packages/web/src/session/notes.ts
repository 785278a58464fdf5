// What the browser's storage has of accounts, beside their keys: drafts, settings, notes. Each name has the account as one of its parts.

/** Calls whose outcome nobody knows stand under `coinholder.unfinished:<account>:<step>`. */
export const UNFINISHED = "coinholder.unfinished";

/** Hubs keep client_ids for 30 days (protocol); after that the same call would be a new one. */
const KEPT_MS = 29 * 24 * 3_600_000;

export const readUnfinished = (name: string): { readonly t: number }[] => {
  const list = JSON.parse(localStorage.getItem(name) ?? "[]") as { readonly t: number }[];
  return list.filter(({ t }) => t > Date.now() - KEPT_MS);
};

const namesOf = (storage: Storage, account: string): string[] =>
  Object.keys(storage).filter((name) => {
    const [what, ...parts] = name.split(":");
    return what!.startsWith("coinholder.") && parts.includes(account);
  });

const unfinishedNames = (account: string): string[] =>
  namesOf(localStorage, account).filter((name) => name.split(":")[0] === UNFINISHED);

/** How many calls of the account were never answered. */
export const countUnfinished = (account: string): number =>
  unfinishedNames(account).reduce((count, name) => count + readUnfinished(name).length, 0);

/** Forgets what this tab has of the account. */
export const forgetTabNotes = (account: string): void => {
  for (const name of namesOf(sessionStorage, account)) sessionStorage.removeItem(name);
};

/**
 * Forgets what the browser has of the account, but for calls that were never answered: without them whoever signs in again could not
 * find out whether a payment was made, and make it twice.
 */
export const forgetNotes = (account: string): void => {
  forgetTabNotes(account);
  const kept = new Set(unfinishedNames(account).filter((name) => readUnfinished(name).length > 0));
  for (const name of namesOf(localStorage, account)) if (!kept.has(name)) localStorage.removeItem(name);
};
