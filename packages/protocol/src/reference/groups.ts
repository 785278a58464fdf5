import type { Access, Group } from "../functions/row.ts";

/** The groups of functions, in the order in which the reference shows them. */
export const groups: Readonly<Record<Group, { readonly title: string; readonly about: string }>> = {
  accounts: { title: "Accounts and authkeys", about: "Accounts, the keys that act for them, and balances." },
  transfers: { title: "Transfers", about: "Bitcoin and other money into the hub, within it and out of it." },
  market: { title: "Market", about: "Orders, trades and what the market shows to everyone." },
  options: { title: "Options", about: "The right to trade at a rate that is fixed for a short while." },
  invoices: { title: "Invoices", about: "Asking for money in a way that a wallet nearby can find and pay." },
  webhooks: {
    title: "Webhooks",
    about: "What happens to an account, posted to an address, and listed for who missed it.",
  },
  proofs: { title: "Proofs", about: "Whether the hub counts an account in what it says it owes." },
  calls: { title: "Calls", about: "Several calls in one." },
  operator: { title: "Operator", about: "What only the hub's operator may do." },
};

/** Who may call a function, in a sentence. */
export const accessWords: Readonly<Record<Access, string>> = {
  public: "Anyone; no authkey is needed.",
  "self-signed": "Anyone: its parameters carry their own signature, and no authkey is needed.",
  account: "An authkey that holds this function, or `all`, on the account.",
  operator: "An authkey that holds this very function on the operator account; `all` is not enough.",
};
