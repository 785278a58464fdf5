#!/usr/bin/env bash
# Calls any function of any hub with nothing but curl and openssl.
#
#   HUB=http://127.0.0.1:8420 ./call.sh create-account
#   HUB=... TOKEN=ak-... KEY=... ./call.sh my-balance
#   HUB=... TOKEN=ak-... KEY=... ./call.sh send-btc to_btc_address=bcrt1q... amount=0.25
#
# TOKEN and KEY are an authkey's `token` and `key`; without them the call is not signed.
# ACCOUNT names the account where it is not the key's own.
set -euo pipefail

hub=${HUB:-http://127.0.0.1:8420}
if [ $# -eq 0 ]; then
  echo "usage: [HUB=url] [TOKEN=ak-... KEY=base64] [ACCOUNT=ac-...] $0 <function> [name=value ...]" >&2
  exit 2
fi
fn=$1
shift

# Every byte as %xx: always right, if not always pretty.
encoded() { printf %s "$1" | od -An -vtx1 | tr -d '\n' | sed 's/ /%/g'; }

body=""
for pair in "$@"; do body+="&${pair%%=*}=$(encoded "${pair#*=}")"; done

if [ -z "${TOKEN:-}" ]; then
  exec curl -sS -w '\n' "$hub/api/$fn" -d "${body#&}"
fi

# What is signed is exactly what is sent.
body="f=$fn&account=${ACCOUNT:-$TOKEN}&nonce_ms=$(($(date +%s) * 1000))&nonce_random=$(openssl rand -hex 12)$body"
hexkey=$(printf %s "$KEY" | openssl base64 -d -A | od -An -vtx1 | tr -d ' \n')
signature=$(printf %s "$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$hexkey" -binary | openssl base64 -A)

exec curl -sS -w '\n' "$hub/api/$fn" -H "X-Authkey-Token: $TOKEN" -H "X-Signature: $signature" -d "$body"
