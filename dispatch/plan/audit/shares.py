"""The least that one person bears of a feeder or last mile, over every load of one day that could hold that person.

A coach that costs C carries with a person only people whose detour with that person costs at most C, and shares C among
no more of them than it has seats: the least of C / min(seats, people within C) over the detours themselves. Where few
people stand at few places, rings may charge more (``rings.py``).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dispatch.model.supply import Role
from dispatch.model.units import DAY_MIN
from dispatch.plan.audit.given import Floats, Given, Ints, Price, Table
from dispatch.plan.audit.rings import PEOPLE_MOST, PLACES_MOST, joins, ranked, ring_prices

PAIRS_MOST = 1_500  # places up to which riders are compared pair by pair
MORE = 1 + 1e-6  # how much more rings have to charge in all than what they replace
_COLUMNS = 32  # neighbours looked at in one go
_KEYS = 20_000

Spent = Callable[[Ints, Ints], Floats]  # which of the asked, on which day -> value of the time that takes, in fen


class Ends:
    """Coaches between stations and the places at one end of the journey, boarding stops or gates."""

    def __init__(self, given: Given, role: Role, stations: Ints, ride: Ints) -> None:
        """Feeders to the sorted ``stations`` or last miles from them; ``ride`` is the quickest leg from or to each."""
        self.given, self.role, self.stations = given, role, stations
        groups = given.groups
        self.at = groups.at if role is Role.FEEDER else groups.gate[:, None]
        self.places = np.unique(self.at[self.at >= 0])
        self.row = np.full(len(given.opens), -1)
        self.row[self.places] = np.arange(len(self.places))
        self.prices = given.prices[role]
        self.onward = tuple(self._onward(table) for table in given.ways)
        self.alone = self._alone()
        self.paired = len(self.places) <= PAIRS_MOST
        shape = (len(stations), given.days, len(self.places))
        if not self.paired:
            self.fen = np.broadcast_to(self.alone[:, None], shape)
            self.ringed = np.zeros(shape[:2], bool)
            return
        self.fen = np.full(shape, np.nan)
        self.heads = np.zeros(shape, np.int32)
        for e in range(len(stations)):
            self.heads[e] = self._company(e, ride[e])
        some = (self.heads > 0).sum(axis=2)
        self.ringed = (some > 0) & (some <= PLACES_MOST) & (self.heads.sum(axis=2) <= PEOPLE_MOST * some)
        self.between = tuple(self._between(table) for table in given.ways)
        self.rank = ranked(self.between[1]) if self.ringed.any() else np.zeros((0, 0), np.int64)

    def _onward(self, table: Table) -> Floats:
        """From places to stations, or from stations to places; shape (stations, places)."""
        if self.role is Role.FEEDER:
            return table[np.ix_(self.places, self.stations)].T.astype(float)
        return table[np.ix_(self.stations, self.places)].astype(float)

    def _between(self, table: Table) -> Floats:
        """From places to places; on the last mile all ways are turned round."""
        between = table[np.ix_(self.places, self.places)].astype(float)
        return between if self.role is Role.FEEDER else between.T

    def _alone(self) -> Floats:
        """A full coach over the own way; shape (stations, places)."""
        long, far = self.onward
        found = np.full(far.shape, np.inf)
        for p in self.prices:
            np.minimum(found, p.seat + (p.hire + p.metre * far + p.minute * long) / p.seats, out=found)
        return found

    def floor(self) -> Floats:
        """What nobody bears less than where there are rings: a full coach to the nearest place or the station.

        Along the arc on which a way leaves a place, rings took off no more than ``seats`` times what they charge there.
        """
        if not self.ringed.any():
            return self.alone
        found = np.full(self.alone.shape, np.inf)
        (long, far), (long_on, far_on) = self.between, self.onward
        for p in self.prices:
            arcs = p.metre * far + p.minute * long
            np.fill_diagonal(arcs, np.inf)
            least = np.minimum(arcs.min(axis=1, initial=np.inf), p.metre * far_on + p.minute * long_on)
            np.minimum(found, p.seat + (p.hire + least) / p.seats, out=found)
        return found

    def _company(self, station: int, ride: int) -> Ints:
        """People who could be aboard on each day at each place: whoever is due before being released never is."""
        groups, end = self.given.groups, self.given.days - 1
        can = groups.coach & (groups.release <= groups.due)
        change = np.zeros((len(self.places), end + 2), np.int64)
        for column in self.at.T:
            some = np.flatnonzero(can & (column >= 0))
            row = self.row[column[some]]
            way = self.onward[0][station, row].astype(np.int64)
            before, after = (way, ride) if self.role is Role.FEEDER else (ride, way)
            first = np.clip((groups.release[some] + before) // DAY_MIN, 0, end)
            beyond = np.clip((groups.due[some] - after) // DAY_MIN, 0, end) + 1
            ever = first < beyond
            np.add.at(change, (row[ever], first[ever]), groups.heads[some[ever]])
            np.add.at(change, (row[ever], beyond[ever]), -groups.heads[some[ever]])
        people: Ints = change[:, :-1].cumsum(axis=1).T
        return people

    def least(self, station: Ints, place: Ints, first: Ints, last: Ints, spent: Spent) -> Floats:
        """The least fen a head of a coach whose moment lies between two minutes, with the time its day costs.

        The arguments are columns. Time is cheapest on the last day of a feeder and on the first of a last mile, and
        dearer the farther from it, so that days are looked at from there while time alone leaves room.
        """
        end = self.given.days - 1
        e, row = np.searchsorted(self.stations, station), self.row[place]
        i = np.clip(first // DAY_MIN, 0, end)
        j = np.clip(last // DAY_MIN, i, end)
        day, stop, step = (j, i, -1) if self.role is Role.FEEDER else (i, j, 1)
        found = np.full(len(station), np.inf)
        for one in np.unique(e):
            left = np.flatnonzero(e == one)
            offered = _Station(self, int(one), np.unique(row[left]))
            on = day[left]
            time = spent(left, on)
            while len(left):
                found[left] = np.minimum(found[left], offered.prices(on, row[left]) + time)
                more = (on != stop[left]) & self.paired
                left, on = left[more], on[more] + step
                time = spent(left, on)
                room = time < found[left]
                left, on, time = left[room], on[room], time[room]
        return found


class _Station:
    """One station: prices by day and place, worked out where they are asked for the first time."""

    def __init__(self, ends: Ends, station: int, rows: Ints) -> None:
        """``rows`` are the places that may be asked about."""
        self.ends, self.station, self.rows = ends, station, rows
        self.sorted: list[tuple[Floats, Ints]] = []

    def prices(self, day: Ints, row: Ints) -> Floats:
        fen = self.ends.fen[self.station]
        unknown = np.isnan(fen[day, row])
        if unknown.any():
            self._work_out(day[unknown], row[unknown])
        found: Floats = fen[day, row]
        return found

    def _work_out(self, day: Ints, row: Ints) -> None:
        heads, fen = self.ends.heads[self.station], self.ends.fen[self.station]
        asked = np.zeros(fen.shape, bool)
        asked[day, row] = True
        ringed = self.ends.ringed[self.station] & asked.any(axis=1)
        asked[ringed] |= heads[ringed] > 0
        days, rows = np.nonzero(asked)
        fen[days, rows] = self._shares(days, rows, heads)
        for d in np.flatnonzero(ringed):
            self._ring(fen[d], heads[d])

    def _shares(self, day: Ints, row: Ints, heads: Ints) -> Floats:
        if not self.sorted or not np.isin(row, self.rows).all():
            self.rows = np.union1d(self.rows, row)
            self.sorted = [self._by_cost(p) for p in self.ends.prices]
        least = np.full(len(row), np.inf)
        of = np.searchsorted(self.rows, row)
        for p, (cost, order) in zip(self.ends.prices, self.sorted, strict=True):
            for some in np.array_split(np.arange(len(row)), 1 + len(row) // _KEYS):
                shared = _least_quotient(cost, order, of[some], day[some], heads, p.seats)
                least[some] = np.minimum(least[some], p.seat + shared)
        return least

    def _by_cost(self, p: Price) -> tuple[Floats, Ints]:
        """What serving each of ``rows`` (down) and any other place costs, rising, and which place that is."""
        long, far = (
            self._over_both(b, o[self.station]) for b, o in zip(self.ends.between, self.ends.onward, strict=True)
        )
        cost = p.hire + p.metre * far + p.minute * long
        order = np.argsort(cost, axis=1)
        return np.take_along_axis(cost, order, axis=1), order

    def _over_both(self, between: Floats, onward: Floats) -> Floats:
        own = onward[self.rows, None]
        both: Floats = np.maximum(own, np.minimum(between[self.rows] + onward, between.T[self.rows] + own))
        return both

    def _ring(self, fen: Floats, heads: Ints) -> None:
        """Rings in place of the shares of a day, where they charge more in all."""
        ends, here = self.ends, np.flatnonzero(heads)
        if not ends.prices:
            return
        long, far = (table[np.ix_(here, here)] for table in ends.between)
        long_on, far_on = (table[self.station, here] for table in ends.onward)
        arcs = np.array([p.metre * far + p.minute * long for p in ends.prices])
        exits = np.array([p.metre * far_on + p.minute * long_on for p in ends.prices])
        people, meets = heads[here].astype(np.int64), joins(ends.rank[np.ix_(here, here)])
        weight = people / np.maximum(1.0, ends.alone[self.station, here]) ** 2  # whoever is near counts
        for charged in ring_prices(arcs, exits, people, ends.prices, meets):
            if weight @ charged > MORE * (weight @ fen[here]):
                fen[here] = charged


def _least_quotient(cost: Floats, order: Ints, row: Ints, day: Ints, heads: Ints, seats: int) -> Floats:
    """Least cost / min(seats, people so far) along the rows of ``cost``, which rise; people by the day of each key."""
    best = np.full(len(row), np.inf)
    aboard = np.zeros(len(row), np.int64)
    left = np.arange(len(row))
    for first in range(0, cost.shape[1], _COLUMNS):
        of = row[left]
        there = heads[day[left, None], order[of, first : first + _COLUMNS]]
        so_far = aboard[left, None] + there.cumsum(axis=1)
        counts = so_far > 0  # a place without company is no load's
        quotient = np.where(counts, cost[of, first : first + _COLUMNS], np.inf) / np.clip(so_far, 1, seats)
        best[left] = np.minimum(best[left], quotient.min(axis=1))
        aboard[left] = so_far[:, -1]
        if first + _COLUMNS >= cost.shape[1]:
            break
        left = left[(so_far[:, -1] < seats) & (cost[of, first + _COLUMNS] < seats * best[left])]
        if not len(left):
            break
    return best
