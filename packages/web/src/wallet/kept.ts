import { useState } from "preact/hooks";
import { current } from "../session/current.ts";

/** Under which payments and withdrawals stand until they are answered. */
export const SEND_STEP = "wallet-send";
export const WITHDRAW_STEP = "wallet-withdraw";

/** A place in the browser's storage that belongs to the current account. */
export const placeOf = (name: string): string => `coinholder.wallet.${name}:${current.peek()?.account ?? ""}`;

const read = <T>(place: string, first: T): T => {
  try {
    const text = sessionStorage.getItem(place);
    return text === null ? first : { ...first, ...(JSON.parse(text) as T) };
  } catch {
    return first;
  }
};

/** State of a form that survives a reload of its tab, for the current account. `set(undefined)` forgets it. */
export const useKept = <T extends object>(
  name: string,
  first: T,
): readonly [T, (change: Partial<T> | undefined) => void] => {
  const place = placeOf(name);
  const [value, setValue] = useState(() => read(place, first));
  const set = (change: Partial<T> | undefined): void => {
    // From what is stored, so that two changes in one go both count.
    const next = change === undefined ? first : { ...read(place, first), ...change };
    if (change === undefined) sessionStorage.removeItem(place);
    else sessionStorage.setItem(place, JSON.stringify(next));
    setValue(next);
  };
  return [value, set];
};
