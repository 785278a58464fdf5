import type { FunctionName } from "@coinholder/protocol";
import { paths } from "../app/paths.ts";
import { may } from "../session/current.ts";
import type { t } from "../texts/index.ts";

export type View = keyof typeof t.operator.views;

/** Each view and the functions of which a key needs one to be shown it. */
const needs: Readonly<Record<View, readonly FunctionName[]>> = {
  overview: ["operator-status", "operator-chain", "operator-registration"],
  accounts: ["operator-accounts"],
  credit: ["operator-credit"],
  withdrawals: ["operator-fiat-withdrawals"],
  wallet: [
    "operator-wallet",
    "operator-halt-withdrawals",
    "operator-resume-withdrawals",
    "operator-sweep",
    "operator-finish-sweep",
    "operator-cold-address",
  ],
  peers: ["operator-peers", "operator-set-line"],
  identity: ["operator-publish-proof", "operator-rotate-identity"],
  audit: ["operator-audit"],
};

/** What the current key is offered, in the order of the navigation. */
export const offered = (): View[] =>
  (Object.keys(needs) as View[]).filter((view) => needs[view].some((name) => may(name)));

export const pathOf = (view: View): string =>
  view === "overview" ? paths.operator : `${paths.operator}/${view}`;
