#!/usr/bin/env bash
# Calls any function of any hub, as its overview says, with nothing but curl and openssl.
#
#   HUB=http://127.0.0.1:8420 ./call.sh create-account
#   HUB=... TOKEN=ak-... KEY=... ./call.sh my-balance
#   HUB=... TOKEN=ak-... KEY=... ./call.sh send-btc to_btc_address=bcrt1q... amount=0.25
#
# TOKEN and KEY are an authkey's `token` and `key` (KEY_IS=text for a hub of another make whose keys are not base64);
# NAME and PASS are for hubs that take passwords. Without either the call is nobody's.
# ACCOUNT names the account where it is not the key's own.
# Exit code: 0 it worked, 1 refused (4xx), 3 not known (no answer, 5xx): look before you try again.
set -euo pipefail

hub=${HUB:-http://127.0.0.1:8420}
if [ $# -eq 0 ]; then
  echo "usage: [HUB=url] [TOKEN=ak-... KEY=base64 | NAME=... PASS=...] [ACCOUNT=ac-...] $0 <function> [name=value ...]" >&2
  exit 2
fi
fn=$1
shift

# One member of the overview, whatever its order and spaces.
overview=$(curl -fsSL "${hub%/}/api/overview.js" | tr '\r\n\t' '   ')
told() { printf %s "$overview" | sed -nE "s/.*\"$1\" *: *\"?([^\",}]*)\"?.*/\\1/p" | sed 's,\\/,/,g'; }
url=$(told req_url)
[ -n "$url" ] || { echo "$hub is no hub" >&2; exit 1; }
url=${url//(function_name)/$fn}
method=$(told req_method)
encoding=$(told post_body_encoding)

# Every byte as %xx: always right, if not always pretty.
encoded() { printf %s "$1" | od -An -vtx1 | tr -d '\n' | sed 's/ /%/g'; }
quoted() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/\\n}
  text=${text//$'\r'/\\r}
  printf '"%s"' "${text//$'\t'/\\t}"
}

pairs=("$@")
if [ -n "${TOKEN:-}" ]; then
  pairs+=("f=$fn" "account=${ACCOUNT:-$TOKEN}" "nonce_ms=$(($(date +%s) * 1000))" "nonce_random=$(openssl rand -hex 12)")
elif [ -n "${NAME:-}" ]; then
  pairs+=("name=$NAME" "pass=${PASS:-}")
fi
data=""
for pair in ${pairs[@]+"${pairs[@]}"}; do
  if [ "$method" = POST ] && [ "$encoding" = application/json ]; then
    data+="${data:+,}$(quoted "${pair%%=*}"):$(quoted "${pair#*=}")"
  else
    data+="${data:+&}${pair%%=*}=$(encoded "${pair#*=}")"
  fi
done

hex() { od -An -vtx1 | tr -d ' \n'; }
key() { if [ "${KEY_IS:-base64}" = text ]; then printf %s "$KEY"; else printf %s "$KEY" | openssl base64 -d -A; fi; }
# HMAC-SHA256 (RFC 2104) of what comes in, base64. Not openssl's own: that takes the key as a word, which other users can see.
sha256() { openssl dgst -sha256 -binary; }
hmac() {
  local hexkey i inner="" outer=""
  hexkey=$(key | hex)
  [ ${#hexkey} -le 128 ] || hexkey=$(key | sha256 | hex)
  hexkey=$(printf %-128s "$hexkey")
  hexkey=${hexkey// /0}
  for ((i = 0; i < 128; i += 2)); do
    printf -v inner '%s\\x%02x' "$inner" $((16#${hexkey:i:2} ^ 0x36))
    printf -v outer '%s\\x%02x' "$outer" $((16#${hexkey:i:2} ^ 0x5c))
  done
  { printf "$outer"; { printf "$inner"; cat; } | sha256; } | sha256 | openssl base64 -A
}

# The call as curl's configuration, through a pipe for the same reason.
request() {
  if [ "$method" = GET ]; then
    case $url in *\?*) url+="${data:+&}$data" ;; *) url+="${data:+?}$data" ;; esac
    signed=${url#*\?}
    [ "$signed" != "$url" ] || signed=""
  else
    [ "$encoding" != application/json ] || data="{$data}"
    signed=$data
    printf 'header = "Content-Type: %s"\ndata-binary = %s\n' "$encoding" "$(quoted "$data")"
  fi
  printf 'url = %s\n' "$(quoted "$url")"
  if [ -n "${TOKEN:-}" ]; then
    # What is signed is exactly what is sent.
    printf 'header = "X-Authkey-Token: %s"\nheader = "X-Signature: %s"\n' "$TOKEN" "$(printf %s "$signed" | hmac)"
  fi
}

answer=$(request | curl -sS --globoff -K - -w '\n%{http_code}') || exit 3
printf '%s\n' "${answer%$'\n'*}"
case ${answer##*$'\n'} in 200) ;; 4*) exit 1 ;; *) exit 3 ;; esac
