import * as p from "../param.ts";
import * as s from "../shape.ts";
import { row } from "./row.ts";

const before = p.optional(
  p.integer("Only what is older: `next_before` of the page before.", 1, Number.MAX_SAFE_INTEGER),
);

export const operatorAccountFunctions = {
  "operator-accounts": row({
    group: "operator",
    summary: "The hub's accounts, newest first, with what they have.",
    about:
      "With `search`, those whose identifier or name begins with it; one that it names in full comes first. A search looks at 200000 accounts for one page at most, so that a page can have fewer than `limit`, " +
      "or none, while `more_exist` is true: go on with `next_before`. The hub's own accounts are left out, the operator's is not. When an account was made is not kept. " +
      "What all accounts have together stands in [operator-status](operator-status.md) (`totals`).",
    access: "operator",
    changes: false,
    params: {
      search: p.optional(
        p.patterned(
          "How the identifier or the name begins.",
          /^[a-z][a-z0-9._-]{0,31}$/,
          "the beginning of an account identifier or name",
          32,
          "ali",
        ),
      ),
      before,
      limit: p.optional(p.integer("How many at most; 50 unless said.", 1, 200)),
    },
    result: s.obj(
      {
        accounts: s.list(
          s.obj(
            {
              account: s.str(),
              available: s.mapOf(s.dec()),
              held: s.mapOf(s.dec()),
              pending: s.mapOf(s.dec()),
              withdrawable: s.mapOf(s.dec()),
              authkeys: s.int("How many authkeys were made for it or hold a permission on it."),
              in_debt: s.bool(
                "Whether it is below zero after a reorganisation: what is `available` tells how much.",
              ),
            },
            { name: s.str("The name that was chosen when it was made.") },
          ),
        ),
        more_exist: s.bool("Whether there are, or may be, older ones."),
      },
      { next_before: s.int("Give it as `before` for the next page.") },
    ),
    errors: [],
    example: {
      request: { search: "ali", limit: "1" },
      answer: {
        accounts: [
          {
            account: "ac-7h2k5mq4x2v6b3tz",
            name: "alice",
            available: { btc: "17.50", usd: "0.02" },
            held: {},
            pending: { btc: "0.10" },
            withdrawable: { btc: "17.50", usd: "0.02" },
            authkeys: 2,
            in_debt: false,
          },
        ],
        more_exist: true,
        next_before: 41,
      },
    },
  }),
  "operator-audit": row({
    group: "operator",
    summary: "Everything that was changed with a key of the operator's account, newest first.",
    about:
      "It comes out of the journal, so that nothing can be left out or altered afterwards; each entry stands in it at `journal_seq`. That is every `operator-...` function that changed something, " +
      "`create-account` while registration was closed, and whatever else was done on the operator's account, such as its authkeys. Refused calls changed nothing and are not in it, nor are retries. " +
      "What goes on for a while ([operator-publish-proof](operator-publish-proof.md)) is written down before it begins, and how it ended (`outcome`) when it has. " +
      "What journals of earlier versions did not keep is not in it: published proofs, prepared sweeps, and whose key finished a sweep.",
    access: "operator",
    changes: false,
    params: {
      before,
      limit: p.optional(p.integer("How many at most; 50 unless said.", 1, 500)),
    },
    result: s.obj(
      {
        actions: s.list(
          s.obj(
            {
              journal_seq: s.int("Its position in the journal."),
              t: s.ms(),
              function: s.str("What was called."),
              authkey_token: s.str("The key that signed it."),
              params: s.mapOf(
                s.anything(),
                "What it was called with, without secrets, and what came of it: names as in the function's own page.",
              ),
            },
            {
              label: s.str("What the key was called; not there once it had revoked itself."),
              outcome: s.oneOf(
                "Of what goes on after it was written down, else not there: it was done at once. `under_way`; `done`; `failed`, with `error` in `params`; " +
                  "`unknown`: the hub was stopped before it could write down how it ended.",
                "under_way",
                "done",
                "failed",
                "unknown",
              ),
              ended_t: s.ms("When that was written down."),
            },
          ),
          "What was changed.",
        ),
        more_exist: s.bool("Whether there are older ones."),
      },
      { next_before: s.int("Give it as `before` for the next page.") },
    ),
    errors: [],
    example: {
      request: { limit: "1" },
      answer: {
        actions: [
          {
            journal_seq: 4711,
            t: 1_795_348_800_000,
            function: "operator-credit",
            authkey_token: "ak-5c2r7wq6x4m5b3td",
            label: "operator",
            params: {
              to_account: "alice",
              currency: "USD",
              amount: "100.00",
              reference: "wire 2026-11-22/7",
              transfer_id: "t12",
            },
          },
        ],
        more_exist: true,
        next_before: 4711,
      },
    },
  }),
};
