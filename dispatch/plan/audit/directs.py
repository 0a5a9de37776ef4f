"""The least that one person bears of a direct coach, over every load that could hold that person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from dispatch.model.supply import Role
from dispatch.model.units import DAY_MIN
from dispatch.plan.audit.given import Bools, Floats, Given, Hours, Ints, Price, Table

KINDS_MOST = 4_000  # kinds of people up to which they are compared pair by pair
_COLUMNS = 256  # neighbours looked at in one go


def legal_minutes(drive: Floats, hours: Hours) -> Floats:
    """Minutes that so much driving takes at least with two drivers: full days, and stops on the last."""
    days = np.maximum(0, np.ceil(drive / hours.daily) - 1)
    rest = drive - days * hours.daily
    legal: Floats = days * DAY_MIN + rest + np.maximum(0, np.ceil(rest / hours.continuous) - 1) * hours.stop
    return legal


def direct_alone(given: Given) -> tuple[Floats, Floats]:
    """For each group a full direct coach over the own way, and the value of the least time alone, fen a head."""
    groups = given.groups
    there = (groups.at >= 0) & groups.coach[:, None]
    metres = given.ways.metres[groups.at, groups.gate[:, None]].astype(float)
    minutes = legal_minutes(given.ways.minutes[groups.at, groups.gate[:, None]].astype(float), given.hours)
    money = np.full(metres.shape, np.inf)
    for p in given.prices[Role.TRUNK]:
        np.minimum(money, p.seat + (p.hire + p.metre * metres + p.minute * minutes) / p.seats, out=money)
    money[(metres == 0) & (minutes == 0)] = 0.0
    in_time = there & (groups.release[:, None] + minutes <= groups.due[:, None])
    whole = np.where(in_time, money + given.minute_fen * minutes, np.inf)
    least_time = np.where(there, minutes, np.inf).min(axis=1, initial=np.inf)
    return whole.min(axis=1, initial=np.inf), given.minute_fen * least_time


class _Place(NamedTuple):
    """Boarding stops and a gate, as several kinds of people have them."""

    stops: tuple[int, ...]
    gate: int


def direct_shares(given: Given, wanted: Bools) -> Floats:
    """The least fen a head on a direct coach of the ``wanted`` groups, riders compared pair by pair; else 0.

    Two people share a coach only where each can alight in time after the other has boarded, since every boarding comes
    before the first alighting; and all aboard can be so on the day on which the coach leaves the last boarding stop.
    """
    groups, prices = given.groups, given.prices[Role.TRUNK]
    found = np.zeros(len(groups.gate))
    riders = np.flatnonzero(groups.coach)
    key = np.column_stack((groups.at, groups.gate, groups.release, groups.due))[riders]
    kinds, of = np.unique(key, axis=0, return_inverse=True)
    if not prices or not 0 < len(kinds) <= KINDS_MOST:
        return found
    heads = np.bincount(of.ravel(), groups.heads[riders], len(kinds)).astype(np.int64)
    release, due = kinds[:, -2], kinds[:, -1]
    place_rows, place = np.unique(kinds[:, :-2], axis=0, return_inverse=True)
    pairs = _Pairs(given, place_rows)
    place = place.ravel()
    days = _days(given, kinds)
    least = np.zeros(len(kinds))
    asked = np.unique(of.ravel()[wanted[riders]])
    for at in np.unique(place[asked]):
        far, long, to_mine, to_theirs = (some[place] for some in pairs.of(int(at)))
        for k in asked[place[asked] == at]:
            meets = (release[k] < due) & (release < due[k])
            meets &= (release + to_mine <= due[k]) & (release[k] + to_theirs <= due)
            day = np.arange(days[0, k], days[1, k] + 1)[:, None]
            by_day = np.where((days[0, meets] <= day) & (day <= days[1, meets]), heads[meets], 0)
            least[k] = _least_share(far[meets], long[meets], by_day, prices)
    found[riders] = least[of.ravel()]
    return found


def _days(given: Given, kinds: Ints) -> Ints:
    """The first and the last day on which each kind may be aboard when its coach leaves the last boarding stop."""
    at = given.groups.at[given.groups.coach]
    stops = np.unique(at[at >= 0])
    gate, release, due = kinds[:, -3:].T
    reach = legal_minutes(given.ways.minutes[stops].min(axis=0).astype(float), given.hours)[gate]
    days: Ints = np.clip(np.array((release, due - reach)) // DAY_MIN, 0, given.days - 1).astype(np.int64)
    return days


def _least_share(far: Floats, long: Floats, heads: Ints, prices: Sequence[Price]) -> float:
    """The least share of one person in company of the cheapest day; ``heads`` are (days, people to share with)."""
    best = np.inf
    for p in prices:
        cost = p.hire + p.metre * far + p.minute * long
        order = np.argsort(cost)
        best = min(best, p.seat + _least_quotient(cost[order], heads[:, order], p.seats, best - p.seat))
    return best


def _least_quotient(cost: Floats, heads: Ints, seats: int, best: float) -> float:
    """Least cost / min(seats, people so far) of any row of ``heads``, ``cost`` rising, and no more than ``best``."""
    aboard = np.zeros(len(heads), np.int64)
    for first in range(0, len(cost), _COLUMNS):
        if cost[first] >= seats * best:
            break
        so_far = aboard[:, None] + heads[:, first : first + _COLUMNS].cumsum(axis=1)
        each = np.where(so_far > 0, cost[first : first + _COLUMNS], np.inf) / np.clip(so_far, 1, seats)
        best = min(best, float(each.min(initial=np.inf)))
        left = so_far[:, -1] < seats
        if not left.any():
            break
        aboard, heads = so_far[left, -1], heads[left]
    return best


class _Pairs:
    """Least ways of direct coaches over the boarding stops and gates of two riders."""

    def __init__(self, given: Given, rows: Ints) -> None:
        """``rows`` hold boarding stops, -1 beyond the last, and the gate."""
        self.hours = given.hours
        self.places = [_Place(tuple(r[:-1][r[:-1] >= 0].tolist()), int(r[-1])) for r in rows]
        self.at = np.where(rows[:, :-1] >= 0, rows[:, :-1], rows[:, :1])
        self.gate = rows[:, -1]
        sets: dict[tuple[int, ...], int] = {}
        self.of_set = np.array([sets.setdefault(p.stops, len(sets)) for p in self.places])
        tables = (given.ways.metres, given.ways.minutes)
        self.tables = [_Looked(table, list(sets), self.at, self.gate) for table in tables]

    def of(self, p: int) -> Iterator[Floats]:
        """Against every place: metres and legal minutes over both, legal minutes from there to my gate, from me to
        theirs.
        """
        metres, minutes = self.tables
        yield metres.over_both(p, self).astype(float)
        yield legal_minutes(minutes.over_both(p, self).astype(float), self.hours)
        yield legal_minutes(minutes.table[self.at, self.gate[p]].min(axis=1).astype(float), self.hours)
        yield legal_minutes(minutes.leaving[self.of_set[p]][self.gate].astype(float), self.hours)


class _Looked:
    """One table of ways with what is needed of it again and again."""

    def __init__(self, table: Table, sets: list[tuple[int, ...]], at: Ints, gate: Ints) -> None:
        self.table = table
        self.leaving = np.array([table[list(s)].min(axis=0) for s in sets])  # from the nearest of a set to each stop
        self.home = table[at, gate[:, None]]

    def over_both(self, p: int, pairs: _Pairs) -> Ints:
        """The least way over both boardings, then both gates."""
        table, me = self.table, pairs.places[p]
        there, back = table[me.gate, pairs.gate], table[pairs.gate, me.gate]
        theirs = np.minimum(table[pairs.at, me.gate] + there[:, None], self.home + back[:, None])
        least: Ints = (self.leaving[pairs.of_set[p]][pairs.at] + theirs).min(axis=1)
        for a in me.stops:
            mine = np.minimum(table[a, pairs.gate] + back, table[a, me.gate] + there)
            np.minimum(least, self.leaving[pairs.of_set, a] + mine, out=least)
        return least
