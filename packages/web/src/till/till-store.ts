import { isLatitude, isLongitude } from "@coinholder/protocol";
import type { Spot } from "../nearby/geo.ts";

// What a device knows of the till that it is, for each account.

export interface TillSettings {
  readonly currency: string;
  readonly place?: Spot;
  readonly digits: number;
  readonly sound: boolean;
}

export const FIRST_DIGITS = 3;
export const DIGITS = [2, 3, 4, 6] as const;

const placeOf = (what: string, account: string): string => `coinholder.till.${what}:${account}`;

export const readSettings = (account: string, currencies: readonly string[]): TillSettings | undefined => {
  const text = localStorage.getItem(placeOf("settings", account));
  if (text === null) return undefined;
  const { currency, digits, place, sound } = JSON.parse(text) as Partial<TillSettings>;
  if (currency === undefined || !currencies.includes(currency)) return undefined;
  return {
    currency,
    digits: DIGITS.find((one) => one === digits) ?? FIRST_DIGITS,
    sound: sound !== false,
    ...(place && isLatitude(place.lat) && isLongitude(place.lng) ? { place } : {}),
  };
};
export const keepSettings = (account: string, settings: TillSettings): void =>
  localStorage.setItem(placeOf("settings", account), JSON.stringify(settings));

/** What is being typed; `posted`: asked for, and not known to be posted yet. */
export interface Draft {
  readonly shown: string;
  readonly memo: string;
  readonly posted?: {
    readonly code: string;
    readonly amount: string;
    readonly currency: string;
    /** ms since 1970, by this device's clock */
    readonly t: number;
  };
}

export const EMPTY: Draft = { shown: "", memo: "" };

export const readDraft = (account: string): Draft =>
  JSON.parse(localStorage.getItem(placeOf("draft", account)) ?? JSON.stringify(EMPTY)) as Draft;
export const keepDraft = (account: string, draft: Draft): void =>
  localStorage.setItem(placeOf("draft", account), JSON.stringify(draft));
