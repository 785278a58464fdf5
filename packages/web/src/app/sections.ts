import { current, may } from "../session/current.ts";
import type { IconName } from "../ui/icons.tsx";
import type { Section } from "./paths.ts";

export interface SectionRow {
  readonly section: Section;
  readonly icon: IconName;
  /** Whether the navigation shows it: by what the current key may do. */
  readonly shown: () => boolean;
  /** Whether it is of use only to somebody with an account. */
  readonly needsAccount: boolean;
}

/** Whether the key holds any of the operator's functions; where the hub did not tell, it lets try. */
export const mayOperate = (): boolean =>
  current.value?.permissions?.some((name) => name.startsWith("operator-")) ?? may("operator-status");

/** In the order of the navigation; the first few have a place on a phone's bar. */
export const sections: readonly SectionRow[] = [
  { section: "home", icon: "home", shown: () => true, needsAccount: false },
  { section: "wallet", icon: "wallet", shown: () => may("my-balance"), needsAccount: true },
  {
    section: "nearby",
    icon: "nearby",
    shown: () => current.value === undefined || may("pay-invoice"),
    needsAccount: false,
  },
  { section: "till", icon: "till", shown: () => may("new-invoice"), needsAccount: true },
  {
    section: "market",
    icon: "market",
    shown: () => current.value === undefined || may("my-open-orders"),
    needsAccount: false,
  },
  { section: "operator", icon: "operator", shown: mayOperate, needsAccount: true },
  { section: "proof", icon: "proof", shown: () => may("my-proof"), needsAccount: true },
  { section: "keys", icon: "keys", shown: () => may("my-authkeys"), needsAccount: true },
  { section: "settings", icon: "settings", shown: () => true, needsAccount: false },
];
