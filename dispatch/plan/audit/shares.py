"""The least that one person bears of a coach, over every load that could hold that person.

A coach that costs C carries with a person only people whose detour with that person costs at most C, and shares C among
no more of them than it has seats: the least of C / min(seats, people within C) over the detours themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from dispatch.model.supply import Role
from dispatch.model.units import DAY_MIN
from dispatch.plan.audit.given import Bools, Floats, Given, Hours, Ints, Price, Table

PAIRS_MOST = 1_500  # places up to which riders of feeders and last miles are compared pair by pair
KINDS_MOST = 4_000  # kinds of people up to which those of direct coaches are
_COLUMNS = 32  # neighbours looked at in one go
_KEYS = 20_000


class Ends:
    """Coaches between stations and the places at one end of the journey, boarding stops or gates."""

    def __init__(self, given: Given, role: Role) -> None:
        """Feeders or last miles."""
        self.given, self.role = given, role
        groups = given.groups
        at = groups.at if role is Role.FEEDER else groups.gate[:, None]
        self.places = np.unique(at[at >= 0])
        self.row = np.full(len(given.opens), -1)
        self.row[self.places] = np.arange(len(self.places))
        self.prices = given.prices[role]
        self.company = _company(self.places, at, given) if len(self.places) <= PAIRS_MOST else None

    def alone(self, stations: Ints) -> Floats:
        """What nobody bears less than: a full coach over the own way; shape (stations, places)."""
        found = np.full((len(stations), len(self.places)), np.inf)
        for p in self.prices:
            long, far = (self._own(table, stations) for table in self.given.ways)
            np.minimum(found, p.seat + (p.hire + p.metre * far + p.minute * long) / p.seats, out=found)
        return found

    def shares(self, station: Ints, place: Ints, first: Ints, last: Ints) -> Floats:
        """The least fen a head where the coach runs between two minutes; the arguments are columns."""
        if self.company is None:
            stations, which = np.unique(station, return_inverse=True)
            alone = self.alone(stations)
            own: Floats = alone[which, self.row[place]]
            return own
        end = self.given.days - 1
        i = np.clip(first // DAY_MIN, 0, end)
        j = np.clip(last // DAY_MIN, i, end)
        keys, inverse = np.unique(np.column_stack((station, self.row[place], i, j)), axis=0, return_inverse=True)
        found = np.empty(len(keys))
        for one in np.unique(keys[:, 0]):
            asked = np.flatnonzero(keys[:, 0] == one)
            found[asked] = self._at_station(int(one), keys[asked, 1], keys[asked, 2], keys[asked, 3], self.company)
        return found[inverse.ravel()]

    def _own(self, table: Table, stations: Ints) -> Floats:
        own = (
            table[np.ix_(self.places, stations)].T if self.role is Role.FEEDER else table[np.ix_(stations, self.places)]
        )
        return own.astype(float)

    def _at_station(self, station: int, row: Ints, i: Ints, j: Ints, company: _Company) -> Floats:
        rows, of = np.unique(row, return_inverse=True)
        long, far = (self._over_both(table, station, rows) for table in self.given.ways)
        least = np.full(len(row), np.inf)
        for p in self.prices:
            cost = p.hire + p.metre * far + p.minute * long
            order = np.argsort(cost, axis=1)
            cost = np.take_along_axis(cost, order, axis=1)
            for some in np.array_split(np.arange(len(row)), 1 + len(row) // _KEYS):
                shared = _least_quotient(cost, order, of[some], i[some], j[some], company, p.seats)
                least[some] = np.minimum(least[some], p.seat + shared)
        return least

    def _over_both(self, table: Table, station: int, rows: Ints) -> Floats:
        """The least way of a coach that serves a place of ``rows`` (down), any other (across) and the station."""
        between = table[np.ix_(self.places, self.places)]
        onward = table[self.places, station]
        if self.role is not Role.FEEDER:
            between, onward = between.T, table[station, self.places]
        both = np.minimum(between[rows] + onward, between.T[rows] + onward[rows, None])
        least: Floats = np.maximum(both, onward[rows, None]).astype(float)
        return least


class _Company(NamedTuple):
    """People at each place: all, those released after day j, those due before day i; shape (places, days)."""

    everybody: Ints
    later: Ints
    earlier: Ints


def _company(places: Ints, at: Ints, given: Given) -> _Company:
    """Who could be aboard: whoever is due before being released never is."""
    groups = given.groups
    released, due = np.zeros((2, len(places), given.days), np.int64)
    able = groups.release <= groups.due
    for column in at.T:
        there = np.flatnonzero((column >= 0) & able)
        row = np.searchsorted(places, column[there])
        for when, table in ((groups.release, released), (groups.due, due)):
            np.add.at(table, (row, np.clip(when[there] // DAY_MIN, 0, given.days - 1)), groups.heads[there])
    everybody = released.sum(axis=1)
    return _Company(everybody, everybody[:, None] - released.cumsum(axis=1), due.cumsum(axis=1) - due)


def _least_quotient(cost: Floats, order: Ints, row: Ints, i: Ints, j: Ints, company: _Company, seats: int) -> Floats:
    """Least cost / min(seats, people so far) along the rows of ``cost``, which rise; people by the days of each key."""
    best = np.full(len(row), np.inf)
    aboard = np.zeros(len(row), np.int64)
    left = np.arange(len(row))
    for first in range(0, cost.shape[1], _COLUMNS):
        of = row[left]
        columns = order[of, first : first + _COLUMNS]
        there = company.everybody[columns] - company.later[columns, j[left, None]]
        so_far = aboard[left, None] + (there - company.earlier[columns, i[left, None]]).cumsum(axis=1)
        quotient = cost[of, first : first + _COLUMNS] / np.clip(so_far, 1, seats)
        best[left] = np.minimum(best[left], quotient.min(axis=1))
        aboard[left] = so_far[:, -1]
        if first + _COLUMNS >= cost.shape[1]:
            break
        left = left[(so_far[:, -1] < seats) & (cost[of, first + _COLUMNS] < seats * best[left])]
        if not len(left):
            break
    return best


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
    before the first alighting.
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
    least = np.zeros(len(kinds))
    asked = np.unique(of.ravel()[wanted[riders]])
    for at in np.unique(place[asked]):
        far, long, to_mine, to_theirs = (some[place] for some in pairs.of(int(at)))
        for k in asked[place[asked] == at]:
            meets = (release[k] < due) & (release < due[k])
            meets &= (release + to_mine <= due[k]) & (release[k] + to_theirs <= due)
            least[k] = _least_share(far[meets], long[meets], heads[meets], prices)
    found[riders] = least[of.ravel()]
    return found


def _least_share(far: Floats, long: Floats, heads: Ints, prices: Sequence[Price]) -> float:
    """As ``_least_quotient``, for one person; everybody counts, so that as many kinds as there are seats fill them."""
    best = np.inf
    for p in prices:
        cost = p.hire + p.metre * far + p.minute * long
        if len(cost) > p.seats:
            nearest = np.argpartition(cost, p.seats - 1)[: p.seats]
            order = nearest[np.argsort(cost[nearest])]
        else:
            order = np.argsort(cost)
        if len(order):
            best = min(best, p.seat + float((cost[order] / np.minimum(p.seats, heads[order].cumsum())).min()))
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
