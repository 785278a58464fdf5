import { paths } from "../app/paths.ts";

/** Paths of the wallet's views. */
export const views = {
  receive: `${paths.wallet}/receive`,
  send: `${paths.wallet}/send`,
  withdraw: `${paths.wallet}/withdraw`,
  history: `${paths.wallet}/history`,
  statement: `${paths.wallet}/statement`,
  allowed: `${paths.wallet}/allowed`,
  payment: (transferId: string): string => `${paths.wallet}/payment/${transferId}`,
} as const;
