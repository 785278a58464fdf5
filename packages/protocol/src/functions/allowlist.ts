import * as p from "../param.ts";
import * as s from "../shape.ts";
import { row } from "./row.ts";

const EXAMPLE_ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

/** As many as a list may have, too (`allowlist_full`). */
const MOST_AT_ONCE = 100;
const LONGEST_ADDRESS = 100;

const isAddressText = (value: unknown): boolean =>
  typeof value === "string" && value.length >= 1 && value.length <= LONGEST_ADDRESS && value.isWellFormed();

const addresses = (about: string) =>
  p.json<readonly string[]>(
    about,
    {
      type: "array",
      maxItems: MOST_AT_ONCE,
      items: { type: "string", maxLength: LONGEST_ADDRESS },
      example: [EXAMPLE_ADDRESS],
    },
    (value) =>
      Array.isArray(value) && value.length <= MOST_AT_ONCE && value.every(isAddressText)
        ? (value as string[])
        : undefined,
    `a list of up to ${MOST_AT_ONCE} addresses`,
    16_000,
  );

const result = s.obj(
  {
    on: s.bool("Whether BTC leaves the account to these addresses alone."),
    addresses: s.list(
      s.obj({
        address: s.str("A Bitcoin address."),
        from_t: s.ms("From when on it may be paid."),
      }),
      "In the order in which they were put on.",
    ),
  },
  { off_t: s.ms("The list was switched off and is in force until then.") },
);

const exampleList = {
  on: true,
  addresses: [{ address: EXAMPLE_ADDRESS, from_t: 1_795_435_200_000 }],
};

export const allowlistFunctions = {
  "my-allowlist": row({
    group: "transfers",
    summary: "The addresses to which the account's BTC may go, and whether it may go nowhere else.",
    about:
      "While the list is `on`, `send-btc` and `pay-invoice` refuse payments to any other address (`address_not_allowed`), be it of this hub or elsewhere. " +
      "What is traded on the market stays in the account and is not asked about.",
    access: "account",
    changes: false,
    params: {},
    result,
    errors: [],
    example: { request: {}, answer: exampleList },
  }),
  "change-allowlist": row({
    group: "transfers",
    summary: "Puts addresses on the account's list, takes them off, or switches the list on or off.",
    about:
      "What makes the list stricter counts at once: switching it on, taking an address off. What makes it looser counts after the hub's delay " +
      "(a day, unless the operator says otherwise), so that whoever stole a key cannot pay himself before the owner looks: `from_t` and `off_t` tell when. " +
      "While the list is off, an address counts when it is put on. `remove` is carried out first. Give this permission to a key that is kept elsewhere than those that pay.",
    access: "account",
    changes: true,
    params: {
      add: p.optional(addresses("Addresses to put on the list. Those on it already stay as they are.")),
      remove: p.optional(addresses("Addresses to take off.")),
      on: p.optional(p.flag("Switches the list on or off. As it was unless given.")),
      client_id: p.clientId,
    },
    result,
    errors: ["address_invalid", "client_id_conflict", "address_unknown", "allowlist_full"],
    example: { request: { add: `["${EXAMPLE_ADDRESS}"]`, on: "true" }, answer: exampleList },
  }),
};
