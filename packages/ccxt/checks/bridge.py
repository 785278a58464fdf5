"""Runs ccxt's own checks (ccxt.test.exchange of its Python package) on an exchange that lives in another process.

Standard input and output carry one JSON object a line. The first line in has the exchange's facts and which checks to
run; then each call of a check goes out as {"call": method, "args": [...]} and its {"result"} or {"error"} comes
in; the last line out is {"done": [{"check", "error"}]}. What the checks print goes to standard error.
"""

import importlib
import json
import sys
import traceback

import ccxt
from ccxt.test.exchange.base import test_deposit_withdrawal, test_market, test_order
from ccxt.test.exchange.base import test_shared_methods as shared
creating = importlib.import_module("ccxt.test.exchange.sync.test_create_order")
listing = importlib.import_module("ccxt.test.exchange.sync.test_fetch_markets")

answers, questions = sys.stdin, sys.stdout
sys.stdout = sys.stderr


def ask(method, args):
    questions.write(json.dumps({"call": method, "args": args}) + "\n")
    questions.flush()
    answer = json.loads(answers.readline())
    if "error" in answer:
        kind = getattr(ccxt, answer["error"]["class"], ccxt.BaseError)
        raise kind(answer["error"]["message"])
    return answer["result"]


class Remote(ccxt.Exchange):
    def __init__(self, facts):
        super().__init__()
        for name in ("id", "has", "options", "features", "timeframes", "fees", "precisionMode"):
            setattr(self, name, facts[name])
        self.set_markets(list(facts["markets"].values()), facts["currencies"])
        for name, can in facts["has"].items():
            if can:
                call = lambda *args, name=name: ask(name, list(args))  # noqa: E731
                setattr(self, self.un_camel_case(name), call)
                setattr(self, name, call)

    # Some checks name a method as they do in JavaScript.
    def __getitem__(self, name):
        return getattr(self, name)

    def load_markets(self, reload=False, params={}):
        return self.markets


# Some of ccxt's checks are translated from another language so that they cannot run in Python as they stand. What stops
# them is replaced here; what they check is theirs.


# The original joins texts and numbers to say what it does.
def create_order_safe(exchange, symbol, kind, side, amount, price=None, params={}, skipped={}):
    order = exchange.create_order(symbol, kind, side, amount, price, params)
    test_order(exchange, skipped, "createOrder", order, symbol, exchange.milliseconds())
    return order


creating.tco_create_order_safe = create_order_safe
# The original rounds in a way that Python's ccxt does not have.
creating.tco_get_minimum_amount_for_limit_price = lambda *_: 0.00123456
# The original raises a class that Python does not have, and so hides what was wrong.
creating.Error = AssertionError


def check_create_order(exchange, skipped, symbol):
    market = exchange.market(symbol)
    bid, ask_price = shared.fetch_best_bid_ask(exchange, "createOrder", symbol)
    beyond = 1.045
    for side in ("buy", "sell"):
        creating.tco_create_unfillable_order(exchange, market, side, skipped, bid, ask_price, beyond, side)
        creating.tco_create_fillable_order(exchange, market, side, skipped, bid, ask_price, beyond, side)


# The original asks for a dictionary and then counts through it as a list.
def check_fetch_markets(exchange, skipped):
    markets = exchange.fetch_markets()
    shared.assert_non_emtpy_array(exchange, skipped, "fetchMarkets", markets)
    for market in markets:
        test_market(exchange, skipped, "fetchMarkets", market)
    listing.detect_market_conflicts(exchange, markets)


def check_transaction(exchange, skipped, entry, code):
    test_deposit_withdrawal(exchange, skipped, "transaction", entry, code, exchange.milliseconds())


def check_order(exchange, skipped, entry, symbol):
    test_order(exchange, skipped, "order", entry, symbol, exchange.milliseconds())


OWN = {
    "createOrder": check_create_order,
    "fetchMarkets": check_fetch_markets,
    "order": check_order,
    "transaction": check_transaction,
}


def run(exchange, name, skipped, args):
    if name in OWN:
        return OWN[name](exchange, skipped, *args)
    # Their names are the methods' own, in Python's spelling.
    module = importlib.import_module("ccxt.test.exchange.sync.test_" + exchange.un_camel_case(name))
    return getattr(module, "test_" + exchange.un_camel_case(name))(exchange, skipped, *args)


def main():
    told = json.loads(answers.readline())
    exchange = Remote(told["facts"])
    done = []
    for check in told["checks"]:
        error = None
        try:
            run(exchange, check["check"], check.get("skipped", {}), check.get("args", []))
        except Exception as failed:
            error = type(failed).__name__ + ": " + str(failed) + "\n" + traceback.format_exc()
        done.append({"check": check["check"], "error": error})
    questions.write(json.dumps({"done": done}) + "\n")
    questions.flush()


main()
