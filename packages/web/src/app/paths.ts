/**
 * Paths of the page's own views: the hub answers each of them, and what is below it, with the page. Beside them stand the hub's /api,
 * /code, /identity.js and /proof.
 */
export const paths = {
  home: "/",
  begin: "/begin",
  wallet: "/wallet",
  till: "/till",
  nearby: "/nearby",
  market: "/market",
  proof: "/proof-of-balance",
  keys: "/keys",
  recovery: "/recovery",
  operator: "/operator",
  settings: "/settings",
} as const;

export type Section = keyof typeof paths;
