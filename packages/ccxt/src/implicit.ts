import type { coinholder } from "./coinholder.ts";

type Asked = Record<string, (params?: object) => Promise<Record<string, unknown>>>;
/** The functions that ccxt makes of the names in `describe().api`: it has no types for them. */
export const implicit = (exchange: coinholder): Asked => exchange as unknown as Asked;
