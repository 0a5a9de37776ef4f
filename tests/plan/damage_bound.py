"""Bounds that their prices do not prove."""

from dataclasses import replace

from damage import breaks, first


@breaks("bound.value")
def the_bound_is_raised_by_a_twentieth(c):
    c.summary["lower_bound"] = float(c.summary["lower_bound"]) * 1.05
    c.summary["gap"] = 1 - c.summary["lower_bound"] / float(c.summary["objective"])


@breaks("bound.value")
def prices_are_halved(c):
    c.summary["bound_prices_fen"] = [p // 2 for p in c.summary["bound_prices_fen"]]


@breaks("bound.price")
def a_price_is_tenfold(c):
    prices = c.summary["bound_prices_fen"]
    prices[prices.index(max(prices))] *= 10


@breaks("bound.price")
def a_price_is_below_zero(c):
    c.summary["bound_prices_fen"][0] = -1


@breaks("bound.prices")
def a_price_is_missing(c):
    c.summary["bound_prices_fen"].pop()


@breaks("bound.prices")
def prices_are_missing(c):
    del c.summary["bound_prices_fen"]


@breaks("bound.prices")
def a_price_is_a_word(c):
    c.summary["bound_prices_fen"][0] = "dear"


@breaks("bound.unserved")
def more_cannot_be_carried_than_cannot(c):
    c.summary["unserved_lower_bound"] = int(c.summary["unserved_lower_bound"]) + 1


@breaks("bound.problem")
def the_problem_says_nothing(c):
    c.problem = '{"name": "small"}'


@breaks("bound.problem")
def the_problem_is_about_others(c):
    left = {u["worker_id"] for u in c.tables["unserved"]}
    gone = first(w for w in c.inputs.workers if w.worker_id not in left)
    stranger = replace(gone, worker_id="somebody else")
    c.inputs = replace(c.inputs, workers=tuple(stranger if w is gone else w for w in c.inputs.workers))
