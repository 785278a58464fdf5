import * as p from "../param.ts";
import * as s from "../shape.ts";
import { MAX_TRANSFER_CHARS } from "../transfer.ts";
import { row } from "./row.ts";

// Not p.text: JSON may have carriage returns between its members, and what is signed are its bytes.
const transfer_json = p.patterned(
  `The exact bytes that were signed, at most ${MAX_TRANSFER_CHARS} characters.`,
  /^[\s\S]+$/,
  "a text that is not empty",
  MAX_TRANSFER_CHARS,
);

const exampleTransfer = JSON.stringify({
  identity_url: "https://x.example/identity.js",
  identity_public_key: "Gx3kTl0Sx8yIhQ9z4ZJbYw3m3wq0m3Kq0a2Yf8m0s9M=",
  bitcoin_transfer: "AgAAAAABAb...",
});

/** Both texts of 100,000 characters, most of them base64, in a form: a few more. */
const bodyLimit = 320 * 1024;

export const identityFunctions = {
  "attach-identity-to-transfer": row({
    group: "transfers",
    summary:
      "Another hub says: this transaction to an address of yours is mine, and nothing will conflict with it.",
    about:
      "`identity_signature` is the BIP-340 signature by `identity_public_key` over the tagged hash (`coinholder/transfer`) of the bytes of `transfer_json`. " +
      "`coinholder_signature` is one BIP-322 proof of funds (version 2.0.0, prefix `pof`) of the message `coinholder/transfer:` and that hash in hex, " +
      "whose challenge is the script of the coin that the transaction's first input spends, and whose further inputs are exactly the transaction's, in order. " +
      "What each of them spends is looked up at this hub's own node: it must be confirmed. All signatures, the transaction's too, must be over everything " +
      "(SIGHASH_ALL, in taproot SIGHASH_DEFAULT). The transaction is final, of version 1 or 2, has 100 inputs at most and pays at least the fee rate that this hub would; " +
      "`identity_url` must publish that key. What passes is given to this hub's node, and must enter its mempool. " +
      "Then, as long as the operator's line for that identity carries it, its payees have it at once (`credited`): it can be traded and spent inside the hub, and leaves by chain when it is confirmed. " +
      "Beyond the line it is `noted`, and counts as any deposit; `confirmed`: it does already. " +
      "`inconclusive`: a coin is of a kind whose owner cannot be proven here (other than P2PKH, P2WPKH, P2TR by its key, P2SH-P2WPKH); nothing was changed, and it will count as any deposit. " +
      "The same call again does nothing and answers how it stands by then. The body may have 320 KiB.",
    access: "self-signed",
    changes: true,
    bodyLimit,
    params: {
      transfer_json,
      identity_signature: p.text("BIP-340, 64 bytes in base64.", 88),
      coinholder_signature: p.text(
        "BIP-322 proof of funds, with its prefix `pof`.",
        100_000,
        "pofcHNidP8BAH...",
      ),
    },
    result: s.obj({
      status: s.oneOf("How it stands.", "credited", "noted", "confirmed", "inconclusive"),
    }),
    errors: [
      "rate_limited",
      "transfer_malformed",
      "transfer_too_large",
      "identity_signature_invalid",
      "transfer_not_ours",
      "transfer_version",
      "transfer_not_final",
      "identity_url_refused",
      "node_unreachable",
      "transfer_coin_missing",
      "transfer_fee_low",
      "coinholder_signature_invalid",
      "transfer_signature_invalid",
      "identity_unreachable",
      "identity_mismatch",
      "transfer_conflict",
      "transfer_not_accepted",
      "transfer_claimed",
    ],
    example: {
      request: {
        transfer_json: exampleTransfer,
        identity_signature:
          "6QgwmZwGO+hy3S+6pNc4v9d4mpbCnyNCEKhCtvAWSH7bXc2FLgL4bYz1MvJYJ2MTDYGxRLJxn3VfB0h8mTz4OQ==",
        coinholder_signature: "pofcHNidP8BAH...",
      },
      answer: { status: "credited" },
    },
  }),
  "attach-option-to-transfer": row({
    group: "transfers",
    summary: "Another hub says: this transfer exercises that option, which it bought here for an invoice.",
    about:
      "After `attach-identity-to-transfer`, by the same identity. `option_json` and `option_signature` are what `buy-option` answered, as they are. " +
      "When the coins that the transaction pays to the option's `btc_address` are credited, before they confirm or after, before `expires_t` by this hub's clock, and make up `trade_amt`, " +
      "the payee has `for_amt` of `for_cur` for them (`exercised`); until then it is `waiting`. Too late (`expired`) the payee keeps them as BTC. " +
      "The same call again does nothing and answers how it stands by then.",
    access: "self-signed",
    changes: true,
    bodyLimit,
    params: {
      transfer_json,
      option_json: p.text("The option's exact bytes.", 4096),
      option_signature: p.text("By this hub's identity, 64 bytes in base64.", 88),
    },
    result: s.obj({ status: s.oneOf("How it stands.", "exercised", "waiting", "expired") }),
    errors: [
      "rate_limited",
      "transfer_malformed",
      "option_malformed",
      "option_unknown",
      "option_signature_invalid",
      "transfer_not_ours",
      "transfer_not_attached",
      "option_not_open",
    ],
    example: {
      request: {
        transfer_json: exampleTransfer,
        option_json: '{"option_id":"op-4zkq2wq6x4m5b3td","issuer_url":"https://hub.example", ...}',
        option_signature:
          "6QgwmZwGO+hy3S+6pNc4v9d4mpbCnyNCEKhCtvAWSH7bXc2FLgL4bYz1MvJYJ2MTDYGxRLJxn3VfB0h8mTz4OQ==",
      },
      answer: { status: "exercised" },
    },
  }),
  "operator-rotate-identity": row({
    group: "operator",
    summary: "Gives the hub a new identity key, which the one before signs.",
    about:
      "When the old key may be known to somebody else, or out of habit. `/identity.js` and the overview tell the new key from now on, and " +
      "the old ones in `previous`, each with its BIP-340 signature (tag `coinholder/identity`) over the 32 bytes of the next. " +
      "What the hub signs is signed with the new key; options that were sold stay good. Other hubs move their record of this one to the new key when they see it sign a transfer.",
    access: "operator",
    changes: true,
    params: { client_id: p.clientId },
    result: s.obj({
      public_key: s.str("The new one: x-only, 32 bytes in base64."),
      rotations: s.int("How many keys were before it."),
    }),
    errors: ["client_id_conflict"],
    example: {
      request: {},
      answer: { public_key: "Gx3kTl0Sx8yIhQ9z4ZJbYw3m3wq0m3Kq0a2Yf8m0s9M=", rotations: 1 },
    },
  }),
};
