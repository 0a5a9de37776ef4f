"""The lower bound worked out once more: from problem.json and the stored price of each group of people, by arithmetic.

Nothing of the solver is trusted or used. ``docs/mathematics.md``, "The lower bound", has the proof; the value is the
prices' sum, less what each train or flight could be filled with below these prices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from dispatch.model.units import yuan_text
from dispatch.plan.audit.directs import direct_alone, direct_shares
from dispatch.plan.audit.evidence import Evidence
from dispatch.plan.audit.given import Floats, Given, Ints, read_given
from dispatch.plan.audit.rides import ROUNDED, Gains, Market
from dispatch.plan.audit.summary import numeric
from dispatch.plan.audit.violation import Violation, found

NO_COACH = 10**12  # fen; stands for "no direct coach could carry this group"
TOLERANCE_FEN = 1  # a head, for the last bits of floats
MALFORMED = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Proven:
    """What the prices prove: fen for a number of people left out, how many cannot be carried, prices too high."""

    value_fen: int
    stranded: int
    too_high: Ints


def check(e: Evidence) -> Iterator[Violation]:
    """Rules ``bound.*``."""
    try:
        given = read_given(e.problem, e.tables)
    except MALFORMED as error:
        yield found("bound.problem", "problem.json", detail=f"{type(error).__name__} {error}")
        return
    said = e.plan.summary
    if strangers := given.people ^ e.workers.keys():
        yield found("bound.problem", "problem.json", detail=" ".join(sorted(strangers)[:5]))
    prices = _prices(said.get("bound_prices_fen"))
    groups = len(given.groups.gate)
    if len(prices) != groups:
        yield found("bound.prices", "summary.json", value=len(prices), expected=groups)
        return
    if below_zero := sum(p < 0 for p in prices):
        yield found("bound.price", "summary.json", groups=below_zero)
        return
    proven = prove(given, np.array(prices, np.int64), len({u.worker_id for u in e.plan.unserved}))
    if len(proven.too_high):
        yield found("bound.price", "summary.json", groups=len(proven.too_high))
    yield from _claims(said, proven, given)


def _prices(said: object) -> list[int]:
    """The prices; none where they are not whole numbers."""
    if not isinstance(said, list) or any(not isinstance(p, int) or abs(p) > NO_COACH for p in said):
        return []
    return said


def _claims(said: dict[str, Any], proven: Proven, given: Given) -> Iterator[Violation]:
    bound, stranded = numeric(said.get("lower_bound")), numeric(said.get("unserved_lower_bound"))
    if bound is not None and bound * 100 > proven.value_fen + TOLERANCE_FEN * max(1, len(given.people)):
        yield found("bound.value", "summary.json", value=f"{bound:.2f}", expected=yuan_text(proven.value_fen))
    if stranded is not None and stranded > proven.stranded:
        yield found("bound.unserved", "summary.json", value=stranded, expected=proven.stranded)


def prove(given: Given, prices: Ints, unserved: int) -> Proven:
    """What some prices prove of every plan that leaves so many people out; what is too high in them is cut off."""
    market = Market(given)
    ceiling, direct = _ceiling(given, prices)
    carried = np.isfinite(direct) | market.possible(np.isinf(direct))
    ceiling = np.where(carried, ceiling, 0)
    price = np.minimum(prices, ceiling)
    heads = np.where(carried, given.groups.heads, 0)
    stranded = len(given.people) - int(heads.sum())
    total = int(price @ heads) + _departures(market, price, heads)
    total -= _dearest(price, heads, max(0, unserved - stranded))
    return Proven(max(0, total), stranded, np.flatnonzero(prices > ceiling + TOLERANCE_FEN))


def _ceiling(given: Given, prices: Ints) -> tuple[Ints, Floats]:
    """What an own seat on a direct coach costs at least, in whole fen, as far as prices need it, and before that."""
    alone, time = direct_alone(given)
    enough = _whole(alone) >= prices
    shared = direct_shares(given, ~enough & np.isfinite(alone))
    return _whole(np.maximum(alone, shared + np.where(np.isfinite(time), time, 0.0))), alone


def _whole(fen: Floats) -> Ints:
    whole: Ints = np.maximum(0, np.floor(np.minimum(fen, NO_COACH)) - ROUNDED).astype(np.int64)
    return whole


def _departures(market: Market, price: Ints, heads: Ints) -> int:
    """What the trains and flights take off: of each, as many vehicles as pay, with the people who gain most."""
    at_best = market.gains(price, np.ones(len(market.given.departures.hire), bool), shared=False)
    pays = np.array([worth < 0 for worth in _worths(market.given, at_best, price, heads)], bool)
    gaining = np.zeros(len(price), bool)
    gaining[at_best.group[pays[at_best.departure]]] = True
    at_least = market.gains(np.where(gaining, price, 0), pays, shared=True)
    return sum(_worths(market.given, at_least, price, heads))


def _worths(given: Given, gains: Gains, price: Ints, heads: Ints) -> Iterator[int]:
    most, hire, _, copies = given.departures
    begins = np.searchsorted(gains.departure, np.arange(len(most) + 1))
    for d in range(len(most)):
        some = slice(begins[d], begins[d + 1])
        gain, people = gains.cost[some] - price[gains.group[some]], heads[gains.group[some]]
        yield _knapsack(gain, people, int(most[d]), int(hire[d]), int(copies[d]))


def _knapsack(gain: Ints, heads: Ints, most: int, hire: int, copies: int) -> int:
    """Least sum of hire and gains, the most negative first, over the number of vehicles; 0 is none."""
    if int((gain * heads).sum()) + hire >= 0:
        return 0
    order = np.argsort(gain, kind="stable")
    gain, heads = gain[order], heads[order]
    people, sums = heads.cumsum(), (heads * gain).cumsum()
    room = most * np.arange(1, min(copies, -(-int(people[-1]) // max(1, most))) + 1)
    last = np.minimum(np.searchsorted(people, room), len(gain) - 1)
    beyond = np.maximum(0, people[last] - room)
    worth = hire * np.arange(1, len(room) + 1) + sums[last] - beyond * gain[last]
    return min(0, int(worth.min(initial=0)))


def _dearest(price: Ints, heads: Ints, spared: int) -> int:
    """The highest prices of so many people: who is left out may be they."""
    order = np.argsort(-price, kind="stable")
    before = heads[order].cumsum() - heads[order]
    left_out = np.clip(spared - before, 0, heads[order])
    return int((left_out * price[order]).sum())
