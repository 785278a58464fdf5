import type { FunctionName, PermissionPair } from "@coinholder/protocol";

/** What a browser or a device may be allowed to do. */
export type Preset = "everything" | "everyday" | "till" | "look" | "operator";

/** Every key may see the account's keys and end itself, so that signing out ends it at the hub too. */
const OWN_KEY: readonly FunctionName[] = ["my-authkeys", "revoke-authkey"];

const LOOK: readonly FunctionName[] = [
  ...OWN_KEY,
  "my-balance",
  "my-transfers",
  "my-trades",
  "my-statement",
  "my-open-orders",
  "my-cancelled-orders",
  "my-options",
  "my-invoices",
  "invoice-status",
  "my-fees",
  "my-settings",
  "my-allowlist",
  "my-proof",
];

const TILL: readonly FunctionName[] = [
  ...OWN_KEY,
  "new-invoice",
  "my-invoices",
  "invoice-status",
  "withdraw-invoice",
];

const EVERYDAY: readonly FunctionName[] = [
  ...LOOK,
  "new-btc-address",
  "send-btc",
  "quote-send",
  "withdraw-fiat",
  "pay-invoice",
  "confirm-invoice",
  "new-invoice",
  "withdraw-invoice",
  "place-order",
  "amend-order",
  "cancel-order",
  "cancel-all-orders",
  "buy-option",
  "exercise-option",
  "batch",
  // For a till's key, which can do no more than this one.
  "create-authkey",
];

/** What only some hubs have, for nobody to lack. */
const PLAY: readonly FunctionName[] = ["play-money"];

const isOperators = ([, permission]: PermissionPair): boolean => permission.startsWith("operator-");

/** What a key that holds these pairs can give to another, most useful first. */
export const presetsFor = (held: readonly PermissionPair[], account: string): Preset[] => {
  const mine = new Set(held.filter(([of]) => of === account).map(([, permission]) => permission));
  const holds = (names: readonly string[]): boolean =>
    mine.has("all") || names.every((name) => mine.has(name));
  const presets: Preset[] = held.some(isOperators) ? ["operator"] : [];
  if (holds(EVERYDAY)) presets.push("everyday");
  if (holds(TILL)) presets.push("till");
  if (holds(LOOK)) presets.push("look");
  if (mine.has("all")) presets.push("everything");
  return presets;
};

/** The pairs of a preset, out of what is held and what the hub has. */
export const pairsOf = (
  preset: Preset,
  account: string,
  held: readonly PermissionPair[],
  supported: readonly string[],
): PermissionPair[] => {
  if (preset === "everything") return [[account, "all"]];
  const own = { everyday: [...EVERYDAY, ...PLAY], till: TILL, look: LOOK, operator: LOOK }[preset];
  return [
    ...own.filter((name) => supported.includes(name)).map((name): PermissionPair => [account, name]),
    ...(preset === "operator" ? held.filter(isOperators) : []),
  ];
};

/**
 * The preset that a key's permissions are, for telling it in a word; undefined where they are none of them: a key that may do one thing
 * beside is not called by what it does beside that.
 */
export const presetOf = (permissions: readonly string[]): Preset | undefined => {
  const own = permissions.filter((name) => !name.startsWith("operator-"));
  const are = (first: FunctionName, names: readonly string[]): boolean =>
    own.includes(first) && own.every((name) => names.includes(name));
  if (own.includes("all")) return "everything";
  if (own.length < permissions.length)
    return own.every((name) => (LOOK as readonly string[]).includes(name)) ? "operator" : undefined;
  if (are("send-btc", [...EVERYDAY, ...PLAY])) return "everyday";
  if (are("my-balance", LOOK)) return "look";
  return are("new-invoice", TILL) ? "till" : undefined;
};
