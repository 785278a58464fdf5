import * as p from "../param.ts";
import * as s from "../shape.ts";
import { row } from "./row.ts";

const authkey = s.obj(
  { type: s.oneOf("How the key signs", "hmac-sha256", "password"), token: s.str("Names the key.") },
  {
    key: s.str("Base64 of 32 bytes: the HMAC key. Shown once, never again."),
    expires_t: s.ms("When the key stops to work."),
    label: s.str("What its owner calls it."),
  },
);

const keyType = p.optional(
  p.choice("What kind of key; `hmac-sha256` unless said.", "hmac-sha256", "password"),
);
const password = p.optional(p.text("A password of 8 characters or more.", 200));
const token = p.patterned(
  "The key's token.",
  /^ak-[a-z2-7]{16}$/,
  "an authkey's token",
  19,
  "ak-5c2r7wq6x4m5b3td",
);

export const accountFunctions = {
  "create-account": row({
    group: "accounts",
    summary: "Makes an account and its first authkey.",
    about:
      "Anyone may call it, as often in an hour from one source as the hub is set to allow (60), unless the operator has closed registration. " +
      "The authkey holds `all` on the new account. With `pass` (and a `name` to sign in with) the account also gets a password key with `all`.",
    access: "public",
    changes: true,
    params: {
      name: p.optional(
        p.patterned(
          "A name to sign in with, unique on this hub.",
          /^(?!a[ck]-)[a-z][a-z0-9._-]{2,31}$/,
          "3 to 32 of a-z 0-9 . _ - beginning with a letter, and not like an account identifier",
          32,
          "alice",
        ),
      ),
      pass: password,
    },
    result: s.obj({ account: s.str("The account identifier."), authkey }),
    errors: ["registration_closed", "rate_limited", "param_invalid", "name_taken"],
    example: {
      request: { name: "alice" },
      answer: {
        account: "ac-7h2k5mq4x2v6b3tz",
        authkey: {
          type: "hmac-sha256",
          token: "ak-5c2r7wq6x4m5b3td",
          key: "cGxlYXNlIHVzZSAzMiByYW5kb20gYnl0ZXMgaGVyZS4=",
        },
      },
    },
  }),
  "create-authkey": row({
    group: "accounts",
    summary: "Makes another authkey for the account, with just the permissions asked for.",
    about:
      "No permissions unless asked for. A key gives only what it holds entirely itself, and what it makes expires no later than it does. " +
      "A key with limits makes no keys. For type `password` give `pass` and sign the call: with type 1 authentication `pass` is the caller's own. " +
      "The account then signs in with its name or identifier.",
    access: "account",
    changes: true,
    params: {
      type: keyType,
      pass: password,
      permissions: p.optional(
        p.permissions("Pairs [account, permission]; a permission is a function's name or `all`."),
      ),
      expires_t: p.optional(
        p.integer("When the key stops to work, ms since 1970.", 0, 8_640_000_000_000_000),
      ),
      label: p.optional(p.text("What you call it.", 100, "till at the door")),
      limits: p.optional(
        p.json(
          'Most that may leave by this key in one UTC day, per currency, e.g. {"BTC":"0.05"}. Orders do not count: they stay in the account.',
          { type: "object", additionalProperties: { type: "string" }, example: { BTC: "0.05" } },
          (value) =>
            typeof value === "object" &&
            value !== null &&
            !Array.isArray(value) &&
            Object.entries(value).length <= 20 &&
            Object.values(value).every((amount) => typeof amount === "string")
              ? (value as Record<string, string>)
              : undefined,
          "an object of currency and decimal amount",
          2_000,
        ),
      ),
    },
    result: s.obj({ authkey }),
    errors: [
      "param_invalid",
      "currency_unknown",
      "amount_invalid",
      "rate_limited",
      "account_unknown",
      "permission_denied",
      "expiry_too_late",
      "password_in_use",
      "authkey_limit_reached",
    ],
    example: {
      request: { permissions: '[["ac-7h2k5mq4x2v6b3tz","new-invoice"]]', label: "till at the door" },
      answer: {
        authkey: {
          type: "hmac-sha256",
          token: "ak-3b7q2wq6x4m5b3td",
          key: "YW5vdGhlciAzMiByYW5kb20gYnl0ZXMgc3RhbmQgaGU=",
          label: "till at the door",
        },
      },
    },
  }),
  "change-authkey-permissions": row({
    group: "accounts",
    summary: "Adds permissions to an authkey, or takes them away.",
    about:
      "The calling key must hold entirely whatever it adds or removes, and cannot add to a key that lives longer than itself. " +
      "Pairs to remove that the key does not have are passed over. `remove` is carried out first.",
    access: "account",
    changes: true,
    params: {
      authkey_token: token,
      add: p.optional(p.permissions("Pairs [account, permission] to add.")),
      remove: p.optional(p.permissions("Pairs [account, permission] to take away.")),
    },
    result: s.obj({}),
    errors: ["authkey_unknown", "param_invalid", "account_unknown", "permission_denied", "expiry_too_late"],
    example: {
      request: { authkey_token: "ak-3b7q2wq6x4m5b3td", add: '[["ac-7h2k5mq4x2v6b3tz","my-balance"]]' },
      answer: {},
    },
  }),
  "my-authkeys": row({
    group: "accounts",
    summary: "Lists the account's authkeys, without their secrets.",
    about: "All keys that were made for this account or hold a permission on it.",
    access: "account",
    changes: false,
    params: {},
    result: s.obj({
      authkeys: s.list(
        s.obj(
          {
            type: s.oneOf("How the key signs", "hmac-sha256", "password"),
            token: s.str(),
            permissions: s.list(s.pair(s.str(), s.str()), "Pairs [account, permission]."),
          },
          {
            expires_t: s.ms(),
            label: s.str(),
            limits: s.mapOf(s.dec(), "Per currency and UTC day."),
            last_used_t: s.ms(
              "When a call with it was proven last, to the second. Kept in memory: not there for one that was not used since the hub was started, nor for a key of another account.",
            ),
          },
        ),
      ),
    }),
    errors: [],
    example: {
      request: {},
      answer: {
        authkeys: [
          {
            type: "hmac-sha256",
            token: "ak-5c2r7wq6x4m5b3td",
            permissions: [["ac-7h2k5mq4x2v6b3tz", "all"]],
          },
        ],
      },
    },
  }),
  "revoke-authkey": row({
    group: "accounts",
    summary: "Ends an authkey, at once and for ever.",
    about:
      "The calling key must hold all that the other does, or `all` of the other's own account and whatever else the other holds there. " +
      "A key may revoke itself; a key with limits no other.",
    access: "account",
    changes: true,
    params: { authkey_token: token },
    result: s.obj({}),
    errors: ["authkey_unknown", "permission_denied"],
    example: { request: { authkey_token: "ak-3b7q2wq6x4m5b3td" }, answer: {} },
  }),
  "my-balance": row({
    group: "accounts",
    summary: "What the account has, per currency.",
    about:
      "`available` can be traded and spent now; `pending` is incoming and not yet counted; `held` is bound by open orders and withdrawals under way; " +
      "`withdrawable` is the most that may leave. Currencies of which the account has nothing are left out.",
    access: "account",
    changes: false,
    params: {},
    result: s.obj(
      { available: s.mapOf(s.dec()), pending: s.mapOf(s.dec()), held: s.mapOf(s.dec()) },
      { withdrawable: s.mapOf(s.dec()) },
    ),
    errors: [],
    example: {
      request: {},
      answer: {
        available: { btc: "17.50", usd: "0.02" },
        pending: { btc: "5000.00" },
        held: {},
        withdrawable: { btc: "17.50", usd: "0.02" },
      },
    },
  }),
};
