import { meaningOf } from "../errors.ts";
import { BODY_LIMIT, functionNames, functionRow } from "../functions/table.ts";
import { NONCE_WINDOW_MS } from "../signing.ts";
import { exampleCaller, exampleError, exampleForm } from "./examples.ts";
import { fence, page, table } from "./markdown.ts";
import { firstSteps, hubSh, jsonCall, passwordCall } from "./shell.ts";

const links = (names: readonly string[]): string => names.map((name) => `[${name}](${name}.md)`).join(", ");
const withClientId = functionNames.filter(
  (name) => Object.hasOwn(functionRow(name).params, "client_id") && name !== "cancel-order",
);
const unsignedGet = functionNames.filter((name) => {
  const { access, changes } = functionRow(name);
  return access === "public" && !changes;
});

const example = exampleForm("my-balance", functionRow("my-balance"));
const signature = example.headers.find(([name]) => name === "X-Signature")![1];

const overview = `## The overview

\`GET /api/overview.js\` describes a hub, and is the only address a client has to know:

${table(
  ["member", "meaning"],
  [
    ["`req_url`", "Where the functions are: `(function_name)` is replaced by the function's name."],
    ["`req_method`", "How to call: `POST` here; other hubs may say `GET`."],
    ["`post_body_encoding`", "How to encode a body; `post_body_encodings` lists all that the hub takes."],
    ["`req_authentication_type`", "2 (signed) or 1 (password); `req_authentication_types` lists all."],
    ["`supported_functions`", "The functions that this hub has."],
    ["`name`, `network`", "What the hub calls itself, and which Bitcoin network it is on."],
    ["`currencies`", "Each with `code` and `decimals`, the places after the point."],
    [
      "`markets`",
      "Each with `name`, `base`, `quote`, `tick`, `lot`, `maker_fee_bps`, `taker_fee_bps`, `fee_tiers`.",
    ],
    ["`stream_url`", "Where [the stream](stream.md) tells what happens, as it happens."],
    ["`openapi_url`", "The OpenAPI 3.1 description of the same functions."],
  ],
)}

Take the URL from \`req_url\` rather than building it: a hub may live anywhere. The pages here write \`/api/<function>\`.`;

const encodings = `## Requests and answers

A call is a \`POST\` with key-value pairs in UTF-8, in one of two encodings, whichever you like:

- \`Content-Type: application/x-www-form-urlencoded\` (also when there is no Content-Type): \`amount=0.25&to_btc_address=...\`.
  Lists and objects are JSON text inside the value.
- \`Content-Type: application/json\`: one object whose values are what the form would hold. All values may be strings; whole
  numbers, \`true\` and \`false\`, lists and objects may also stand as themselves. \`null\` and numbers with a point are refused.

A parameter that is given twice, that the function does not have, or that is too long is refused: nothing is passed over in silence.

What changes nothing can be called by \`GET\` too, with the pairs in the query string; without a signature: ${links(unsignedGet)}.
With a signature every function can.

The answer is JSON. Status 200 means that it worked. Everything else is an error of this form:

${fence("json", JSON.stringify(exampleError("insufficient_funds")))}

- **4xx**: your call was refused, and nothing was changed.
- **5xx**: the hub's trouble. After \`internal\` and \`outcome_unknown\` the call may have worked; see [retries](#retries-and-client_id).

New members may be added to answers and errors; be prepared to pass over those that you do not know.

### Amounts

Amounts are decimal strings, \`"17.50"\`, never JSON numbers: plain digits with at most one point between digits, above zero, no finer than
the currency (BTC: 8 places). Anything else is \`amount_invalid\`, and never rounded: \`-1\`, \`0\`, \`1e3\`, \`.5\`, \`1.\`, \`1,5\`, \`0.000000001\`.
Currency codes are upper case in parameters (\`BTC\`) and lower case as keys of balances (\`btc\`).

### Times

Times are whole milliseconds since 1970 (UTC), as in \`expires_t\` or \`t\`.`;

const type2 = `## Authentication type 2: signed calls

An authkey has a \`token\`, which names it, and a \`key\`, which is base64 of 32 secret bytes and never travels. [create-account](create-account.md) and
[create-authkey](create-authkey.md) answer both. To sign a call:

1. Beside the function's own parameters put these four into the body:

${table(
  ["name", "meaning"],
  [
    ["`f`", "The function's name, the same as in the path."],
    [
      "`account`",
      "The account identifier to call for. The token stands for the account that the key was made for.",
    ],
    [
      "`nonce_ms`",
      `The time now, ms since 1970, within ${NONCE_WINDOW_MS / 1000} seconds of the hub's clock.`,
    ],
    ["`nonce_random`", "1 to 64 visible ASCII characters, fresh and random for each call."],
  ],
)}

2. Encode the body. From here on its bytes are fixed: sign them, then send the very same ones.
3. Compute HMAC-SHA256 over these bytes, keyed with the decoded key (32 bytes, not their base64 text).
4. Send the body with the headers \`X-Authkey-Token\`: the token, and \`X-Signature\`: base64 of the HMAC.

### With curl and openssl

Save this as \`hub.sh\`. It needs bash, curl and openssl, and nothing else:

${fence("bash", hubSh)}

A new account, and the first signed calls:

${fence("bash", firstSteps)}

From here every function is one line:

${fence(
  "sh",
  `call send-btc to_btc_address=bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080 amount=0.25 client_id=rent-november
call place-order trade_amt=650.00 trade_cur=USD for_amt=0.01 for_cur=BTC
call create-authkey label="till at the door" permissions='[["'$ACCOUNT'","new-invoice"],["'$ACCOUNT'","invoice-status"]]'`,
)}

openssl takes the key as an argument, which other users of the same machine can see for a moment. On a machine that you share, use a client library.

### Signed JSON

The same, with the Content-Type of JSON:

${fence("bash", jsonCall)}

### Signed GET

What is signed is the query string: everything after the \`?\`, byte for byte as it is sent, before any decoding. \`get my-balance\` in \`hub.sh\` does it.
Query strings end up in logs, and their signatures with them; they are useless to others, since each is good once.

### To check your own code

With the key \`${exampleCaller.key}\` the body

${fence("text", example.body)}

has the signature

${fence("text", signature)}

### Nonces and clocks

- Each pair of \`nonce_ms\` and \`nonce_random\` is good for one call of one authkey; a second time is \`nonce_used\`. 16 random bytes in hex never meet by chance.
- \`nonce_ms\` further than ${NONCE_WINDOW_MS / 1000} seconds from the hub's clock is \`nonce_stale\`. The error's \`now\` is the hub's time: remember the difference to your own clock and sign
  again. Just after a start a hub also refuses what was signed before it.
- Sign a retry anew. The nonce guards against others who repeat your call; \`client_id\` guards against your own repeating.`;

const type1 = `## Authentication type 1: name and password

Parameters \`name\` (the account identifier, or the name chosen at [create-account](create-account.md)) and \`pass\` (the password of an authkey of type \`password\`)
stand in the body beside the function's own, and no headers are needed:

${fence("bash", passwordCall)}

By \`POST\` only: by \`GET\` it is \`authentication_type_refused\`. A name that does not exist and a wrong password answer alike. Whoever sees the call has the password: use
type 1 over https or on your own machine only. It is slower than type 2, because the hub hashes the password each time.`;

const identityCalls = `## Calls by an identity

Another hub buys an option for an invoice ([buy-option](buy-option.md)) in its own name: it has no account here, but a key that it publishes. Beside the function's own parameters
these stand in the body, by \`POST\`:

${table(
  ["name", "meaning"],
  [
    ["`f`", "The function's name, the same as in the path."],
    ["`identity_url`", "Where the caller publishes its key: https, on the public Internet."],
    ["`identity_public_key`", "The key: x-only secp256k1 (BIP-340), 32 bytes in base64."],
    ["`nonce_ms`, `nonce_random`", "As in type 2."],
    ["`hub_url`", "The public URL of the hub that is called: the call is worth nothing at another one."],
  ],
)}

The header \`X-Identity-Signature\` is base64 of the BIP-340 signature by that key over the tagged hash (tag \`coinholder/call\`) of the exact bytes of the body. The hub checks the
form, the time, the signature, the nonce, and then that \`identity_url\` publishes the key (\`identity_url_refused\`, \`identity_unreachable\`, \`identity_mismatch\`).`;

const retries = `## Retries and client_id

When a connection breaks before the answer, or the answer is \`internal\` or \`outcome_unknown\`, the call may have worked. A \`client_id\`, any 1 to 64 visible ASCII
characters of your own, makes it safe to send it again: ${links(withClientId)} take one.

- The same account, function, \`client_id\` and parameters: the first answer again, and nothing is done twice.
- Other parameters: \`client_id_conflict\`.
- A refusal is not kept: after \`insufficient_funds\` the same call can succeed later.
- A \`client_id\` is remembered for 30 days. Nonces are no parameters: sign each try anew.

Without a \`client_id\`, look first ([my-transfers](my-transfers.md), [my-open-orders](my-open-orders.md)) before you call again.`;

const limits = `## Limits

${table(
  ["what", "how much", "beyond it"],
  [
    ["Body", `${BODY_LIMIT / 1024} KiB, unless the function says otherwise`, "`body_too_large`"],
    ["Query string of a GET", "16 KiB with all headers", "`body_too_large`; use POST"],
    ["Wrong passwords", "10 for one name from one source, then one every 30 s", "`rate_limited`"],
    ["`create-account`", "60 an hour from one source, unless the operator says otherwise", "`rate_limited`"],
    ["`new-btc-address`, `new-invoice`", "300 at once for one account, then one a second", "`rate_limited`"],
    ["Passwords set by `create-authkey`", "10 for one account, then one every 30 s", "`rate_limited`"],
    [
      "`broadcast-invoice`, `withdraw-invoice`",
      "60 at once from one source, then 4 a second",
      "`rate_limited`",
    ],
    [
      "`attach-identity-to-transfer`, `attach-option-to-transfer`",
      "60 at once from one source, then 4 a second; of many inputs each ten count as one more",
      "`rate_limited`",
    ],
    ["Calls by an identity", "100 at once from one source, then 20 a second", "`rate_limited`"],
    ["`pay-invoice` to other hubs", "60 at once for one account, then 2 a second", "`rate_limited`"],
    ["`batch`", "100 calls", "`param_invalid`"],
    ["`invoice-status` with `wait_ms`", "30 s; let your client wait a little longer", "`param_invalid`"],
  ],
)}

\`rate_limited\` says in \`retry_after_ms\` (and, in whole seconds, in the header \`Retry-After\`) when to try again. \`overloaded\`: ${meaningOf("overloaded")}`;

const browsers = `## From a browser

CORS is open: \`Access-Control-Allow-Origin: *\` stands on the overview and on every function, for GET and POST and for the headers \`Content-Type\`, \`X-Authkey-Token\` and
\`X-Signature\`. A page of any origin can call a hub; no cookies are used, so none can be misused. Signing in a page needs WebCrypto, which browsers
give to pages of https and of localhost.`;

const order = `## Which error comes first

A call can be wrong in several ways at once; the answer names the first in the order of [what every call is checked for](errors.md#what-every-call-is-checked-for). In short: the size of the body, the
function and the method, the encoding, who calls, the parameters, the permission, and then the function's own checks as its page lists them.

[broadcast-invoice](broadcast-invoice.md) and [withdraw-invoice](withdraw-invoice.md) need no authkey: their \`signature\` is a BIP-322 signature by a Bitcoin address, which any wallet
that signs messages by that standard makes, and \`npx coinholder message sign\` too.`;

export const callsPage = (): string =>
  page(
    "# How to call",
    "Everything you need to call a hub, from nothing but curl and openssl. [All functions](README.md), [all errors](errors.md).",
    overview,
    encodings,
    type2,
    type1,
    identityCalls,
    retries,
    order,
    limits,
    browsers,
  );
