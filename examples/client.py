#!/usr/bin/env python3
"""Calls any function of any hub, as its overview says, with nothing but Python's standard library.

    HUB=http://127.0.0.1:8420 ./client.py create-account
    HUB=... TOKEN=ak-... KEY=... ./client.py my-balance
    HUB=... TOKEN=ak-... KEY=... ./client.py send-btc to_btc_address=bcrt1q... amount=0.25

TOKEN and KEY are an authkey's; KEY_IS=text for a hub of another make whose keys are not base64. NAME and PASS are for hubs that take
passwords. ACCOUNT names the account where it is not the key's own. Exit code: 0 it worked, 1 refused, 3 not known: look before you try again.

As a module: Hub(url, token=..., key=...).call("my-balance"). Raises HubError.
"""
import base64
import hashlib
import hmac
import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

JSON = "application/json"


class HubError(Exception):
    """code: the hub's, for programs. status: HTTP's, 0 without an answer. unknown: the call may have taken effect all the same."""

    def __init__(self, code, message, status=0, unknown=False, **particulars):
        super().__init__(f"{code}: {message}")
        self.code, self.status, self.unknown, self.particulars = code, status, unknown, particulars


def refused(status, text):
    try:
        error = dict(json.loads(text)["error"])
        return HubError(error.pop("code"), error.pop("message", ""), status, status >= 500, **error)
    except (ValueError, KeyError, TypeError):  # the words of a hub of another make
        return HubError("refused" if status < 500 else "hub_failed", text.strip()[:300], status, not 400 <= status < 500)


class Unredirected(urllib.request.HTTPRedirectHandler):
    """A signed call goes to whom it was signed for, and nowhere else."""

    def redirect_request(self, *_):
        return None


class Hub:
    def __init__(self, url, token=None, key="", account=None, name=None, password=None, key_is="base64", timeout=30):
        with urllib.request.urlopen(url.rstrip("/") + "/api/overview.js", timeout=timeout) as response:
            self.overview = json.load(response)
        self.token, self.account, self.name, self.password = token, account or token, name, password
        self.key = key.encode() if key_is == "text" else base64.b64decode(key)
        self.timeout, self.ahead_ms = timeout, 0
        self.opener = urllib.request.build_opener(Unredirected)

    def call(self, function, **params):
        """The hub's answer. Amounts are strings, as everywhere in this protocol."""
        try:
            return self._once(function, params)
        except HubError as error:  # our clock is wrong: nothing was done, so again by the hub's
            if error.code != "nonce_stale" or "now" not in error.particulars:
                raise
            self.ahead_ms = error.particulars["now"] - int(time.time() * 1000)
            return self._once(function, params)

    def _once(self, function, params):
        url = self.overview["req_url"].replace("(function_name)", urllib.parse.quote(function, safe=""))
        is_get, encoding = self.overview["req_method"] == "GET", self.overview.get("post_body_encoding")
        values, headers = dict(params), {}
        if self.token:
            values |= {"f": function, "account": self.account, "nonce_random": secrets.token_hex(12)}
            values["nonce_ms"] = str(int(time.time() * 1000) + self.ahead_ms)
        elif self.name:
            values |= {"name": self.name, "pass": self.password}
        body = json.dumps(values).encode() if encoding == JSON and not is_get else urllib.parse.urlencode(values).encode()
        signed = body
        if is_get:
            url += ("&" if "?" in url else "?") + body.decode() if body else ""
            signed = url.partition("?")[2].encode()
        else:
            headers["Content-Type"] = encoding
        if self.token:  # what is signed is exactly what is sent
            headers["X-Authkey-Token"] = self.token
            headers["X-Signature"] = base64.b64encode(hmac.digest(self.key, signed, hashlib.sha256)).decode()
        request = urllib.request.Request(url, None if is_get else body, headers)
        try:
            with self.opener.open(request, timeout=self.timeout) as response:
                text = response.read().decode()
        except urllib.error.HTTPError as error:
            raise refused(error.code, error.read().decode(errors="replace")) from None
        except OSError as error:
            lost = not isinstance(getattr(error, "reason", None), ConnectionRefusedError)
            raise HubError("connection_lost" if lost else "hub_unreachable", str(error), unknown=lost) from None
        except Exception as error:  # half an answer
            raise HubError("connection_lost", str(error), unknown=True) from None
        try:
            return json.loads(text) if text.strip() else {}
        except ValueError:
            raise HubError("answer_malformed", "the answer is not JSON", 200, unknown=True) from None


def main(words, env):
    if not words:
        sys.exit(__doc__)
    params = dict(word.split("=", 1) for word in words[1:])
    try:
        hub = Hub(env.get("HUB", "http://127.0.0.1:8420"), env.get("TOKEN"), env.get("KEY", ""), env.get("ACCOUNT"),
                  env.get("NAME"), env.get("PASS"), env.get("KEY_IS", "base64"))
        print(json.dumps(hub.call(words[0], **params), ensure_ascii=False))
    except HubError as error:
        print(error, error.particulars or "", file=sys.stderr)
        sys.exit(3 if error.unknown else 1)


if __name__ == "__main__":
    main(sys.argv[1:], os.environ)
