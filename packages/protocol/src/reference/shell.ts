/** The reference's shell examples. Its tests run them against a server, as a reader would. */

/** Functions to source: everything that a signed call needs, with curl and openssl alone. */
export const hubSh = `# hub.sh: set HUB, ACCOUNT, TOKEN and KEY, then: source hub.sh

# Percent-encodes every byte of a value: always right, if not pretty.
encode() { printf %s "$1" | od -An -v -tx1 | tr -d ' \\n' | sed 's/../%&/g'; }

# Milliseconds since 1970. Where date knows no %3N, whole seconds are near enough.
now_ms() { case $(date +%3N) in *N) echo "$(date +%s)000" ;; *) date +%s%3N ;; esac; }

# The four parameters of authentication, then your own, as name=value&name=value.
pairs() {
  local fn=$1 pair
  shift
  printf %s "f=$fn&account=$ACCOUNT&nonce_ms=$(now_ms)&nonce_random=$(openssl rand -hex 16)"
  for pair in "$@"; do printf %s "&\${pair%%=*}=$(encode "\${pair#*=}")"; done
}

# Base64 of HMAC-SHA256 over exactly these bytes, keyed with the decoded key.
sign() {
  local hexkey
  hexkey=$(printf %s "$KEY" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')
  printf %s "$1" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$hexkey" -binary | openssl base64 -A
}

# call <function> [name=value ...]: a signed POST. The bytes that are sent are the bytes that were signed.
call() {
  local body
  body=$(pairs "$@")
  curl --silent --show-error --header "X-Authkey-Token: $TOKEN" --header "X-Signature: $(sign "$body")" \\
    --data-binary "$body" "$HUB/api/$1"
  echo
}

# get <function> [name=value ...]: a signed GET. What is signed is the query string, without the question mark.
get() {
  local query
  query=$(pairs "$@")
  curl --silent --show-error --header "X-Authkey-Token: $TOKEN" --header "X-Signature: $(sign "$query")" \\
    "$HUB/api/$1?$query"
  echo
}`;

/** Makes an account and puts what it answers where hub.sh looks. */
export const firstSteps = `HUB=http://localhost:8420
reply=$(curl --silent --show-error --data '' "$HUB/api/create-account")
echo "$reply"        # keep it: the key is shown only once
member() { printf %s "$reply" | sed "s/.*\\"$1\\":\\"\\([^\\"]*\\)\\".*/\\1/"; }
ACCOUNT=$(member account) TOKEN=$(member token) KEY=$(member key)

source hub.sh
call my-balance
call new-btc-address`;

/** A signed call whose body is JSON. */
export const jsonCall = `body='{"f":"batch","account":"'$ACCOUNT'","nonce_ms":'$(now_ms)',"nonce_random":"'$(openssl rand -hex 16)'",
  "calls":[{"function":"my-balance","params":{}},{"function":"my-transfers","params":{"limit":5}}]}'
curl --silent --show-error --header "Content-Type: application/json" \\
  --header "X-Authkey-Token: $TOKEN" --header "X-Signature: $(sign "$body")" \\
  --data-binary "$body" "$HUB/api/batch"`;

/** A call with name and password. */
export const passwordCall = `curl --silent --show-error "$HUB/api/create-account" \\
  --data-urlencode "name=alice" --data-urlencode "pass=correct horse battery"

curl --silent --show-error "$HUB/api/my-balance" \\
  --data-urlencode "name=alice" --data-urlencode "pass=correct horse battery"`;
