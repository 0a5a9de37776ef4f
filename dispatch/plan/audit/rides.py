"""Who could gain by which train or flight at the prices of the bound, and what they cost there at least."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from dispatch.model.supply import Role
from dispatch.model.units import DAY_MIN
from dispatch.plan.audit.given import Bools, Floats, Given, Ints
from dispatch.plan.audit.shares import Ends

_BLOCK = 1_000_000  # ways looked at together
ROUNDED = 2  # fen a head; each of at most two coaches, and the value of time, is rounded to the fen


class Rides(NamedTuple):
    """Ways of groups by legs: group, leg, boarding stop, and least fen a head."""

    group: Ints
    leg: Ints
    stop: Ints
    cost: Floats


class Gains(NamedTuple):
    """The cheapest way of each group on each departure that it could gain by, in fen; by departure."""

    departure: Ints
    group: Ints
    cost: Ints


class Market:
    """Ways by train and flight of the groups of an instance, shares of coaches included."""

    def __init__(self, given: Given) -> None:
        self.given = given
        legs, ways = given.legs, given.ways
        self.feeders, self.last_miles = Ends(given, Role.FEEDER), Ends(given, Role.LAST_MILE)
        self.origins, self.origin = np.unique(legs.start, return_inverse=True)
        self.ends, self.end = np.unique(legs.end, return_inverse=True)
        self.feeder_alone = self.feeders.alone(self.origins)
        self.last_alone = self.last_miles.alone(self.ends)
        lasts = legs.arrives - legs.leaves
        self.lag, self.lead = np.full((2, len(given.opens)), DAY_MIN * given.days)
        np.minimum.at(self.lag, legs.start, lasts)
        np.minimum.at(self.lead, legs.end, lasts)
        self.ride = given.minute_fen * lasts + given.departures.fare[legs.departure]
        self.minutes = ways.minutes.astype(np.int64)
        first = np.full(len(given.departures.hire), len(legs.leaves))
        np.minimum.at(first, legs.departure, np.arange(len(legs.leaves)))
        self.by_time = np.argsort(first, kind="stable")
        self.rank = np.argsort(self.by_time)

    def possible(self, asked: Bools) -> Bools:
        """Whether the groups asked about can go by any train or flight."""
        found = np.zeros(len(asked), bool)
        for rides in self._rides(np.where(asked, np.inf, 0.0), np.ones(len(self.given.departures.hire), bool)):
            found[rides.group] = True
        return found

    def gains(self, price: Ints, departures: Bools, shared: bool) -> Gains:
        """What groups could gain by, among some departures; ``shared`` with the least shares of coaches, else with
        full coaches that drive nobody else's way, which is quicker and never dearer.
        """
        most = np.where(price > 0, price + float(ROUNDED), 0.0)
        found = []
        for rides in self._rides(most, departures):
            cost = self._shared(rides) if shared else rides.cost
            found.append(self._cheapest(rides._replace(cost=cost), price))
        joined = [np.concatenate(columns) for columns in zip(*found, strict=True)] or [np.zeros(0, np.int64)] * 3
        order = np.argsort(joined[0], kind="stable")
        return Gains(*(column[order] for column in joined))

    def _rides(self, most: Floats, departures: Bools) -> Iterator[Rides]:
        """Ways that cost less than ``most`` a head where coaches are full; each group's are in one block."""
        found: list[Rides] = []
        count = 0
        for rides in self._rides_by_group(most, departures[self.given.legs.departure]):
            if found and found[-1].group[0] != rides.group[0] and count >= _BLOCK:
                yield _joined(found)
                found, count = [], 0
            found.append(rides)
            count += len(rides.leg)
        if found:
            yield _joined(found)

    def _rides_by_group(self, most: Floats, open_legs: Bools) -> Iterator[Rides]:
        groups, legs = self.given.groups, self.given.legs
        from_stop: dict[int, tuple[Floats, Ints, Bools]] = {}
        for gate in np.unique(groups.gate[most > 0]).tolist():
            comes, after, walks = self._from_station(gate)
            for g in np.flatnonzero((groups.gate == gate) & (most > 0)).tolist():
                some = slice(*np.searchsorted(legs.leaves, (groups.release[g], groups.due[g] + 1)))
                able = (comes[some] <= groups.due[g]) & (after[some] < most[g]) & open_legs[some]
                able &= np.where(legs.flight[some], groups.flight[g], groups.train[g])
                if not groups.coach[g]:
                    able &= walks[some]
                t = some.start + np.flatnonzero(able)
                for a in groups.at[g, groups.at[g] >= 0].tolist() if len(t) else ():
                    if a not in from_stop:
                        from_stop[a] = self._to_station(a)
                    before, latest, near = from_stop[a]
                    cost = after[t] + before[t]
                    able = (cost < most[g]) & (latest[t] >= groups.release[g])
                    if not groups.coach[g]:
                        able &= near[t]
                    if able.any():
                        u = t[able]
                        yield Rides(np.full(len(u), g), u, np.full(len(u), a), cost[able])

    def _from_station(self, gate: int) -> tuple[Ints, Floats, Bools]:
        """By leg: arrival at a gate, least fen from the departure on, whether no coach is needed."""
        given, legs = self.given, self.given.legs
        way = self.minutes[legs.end, gate]
        walks = way == 0
        met = legs.arrives + np.where(walks, 0, legs.after) + way
        comes = _when_open(met, given.opens[gate], given.closes[gate])
        alone = np.where(walks, 0.0, self.last_alone[self.end, self.last_miles.row[gate]])
        after = given.minute_fen * (comes - legs.arrives) + self.ride + alone
        # a coach may wait for the gate to open, a train may not
        after[walks & (legs.end == gate) & (comes > legs.arrives)] = np.inf
        return comes, after, walks

    def _to_station(self, stop: int) -> tuple[Floats, Ints, Bools]:
        """By leg: least fen until its departure, the latest start, whether no coach is needed."""
        legs = self.given.legs
        way = self.minutes[stop, legs.start]
        near = way == 0
        spent = np.where(near, 0, way + legs.before)
        alone = np.where(near, 0.0, self.feeder_alone[self.origin, self.feeders.row[stop]])
        return alone + self.given.minute_fen * spent, legs.leaves - spent, near

    def _shared(self, rides: Rides) -> Floats:
        """Fen a head of ways with the least shares of their coaches by the days on which these may run."""
        given, legs, groups = self.given, self.given.legs, self.given.groups
        g, t, stop, _ = rides
        gate, start, end = groups.gate[g], legs.start[t], legs.end[t]
        way, gap = self.minutes[end, gate], self.minutes[stop, start]
        met = legs.arrives[t] + np.where(way == 0, 0, legs.after[t])
        comes = _when_open(met + way, given.opens[gate], given.closes[gate])
        cost = given.minute_fen * (comes - legs.arrives[t]) + self.ride[t]
        rode, fed = way > 0, gap > 0
        latest = groups.due[g] - way - self.lead[end]
        cost[rode] += self.last_miles.shares(end[rode], gate[rode], met[rode], latest[rode])
        earliest, latest = groups.release[g] + gap + self.lag[start], legs.leaves[t] - legs.before[t]
        shares = self.feeders.shares(start[fed], stop[fed], earliest[fed], latest[fed])
        cost[fed] += given.minute_fen * (gap + legs.before[t])[fed] + shares
        return cost

    def _cheapest(self, rides: Rides, price: Ints) -> Gains:
        """The least cost of each group on each departure, in whole fen, where it is below the group's price."""
        whole = np.maximum(0, np.floor(rides.cost) - ROUNDED)
        some = whole < price[rides.group]
        many = len(self.given.departures.hire)
        # by rank in time, keys are long rising runs, which a stable sort only has to merge
        key = rides.group[some] * many + self.rank[self.given.legs.departure[rides.leg[some]]]
        order = np.argsort(key, kind="stable")
        key = key[order]
        begins = np.flatnonzero(np.diff(key, prepend=-1))
        least = np.minimum.reduceat(whole[some][order], begins) if len(begins) else np.zeros(0)
        return Gains(self.by_time[key[begins] % many], key[begins] // many, least.astype(np.int64))


def _joined(rides: list[Rides]) -> Rides:
    return Rides(*(np.concatenate(columns) for columns in zip(*rides, strict=True)))


def _when_open(minute: Ints, opens: Ints, closes: Ints) -> Ints:
    m = minute % DAY_MIN
    inside = np.where(opens <= closes, (opens <= m) & (m <= closes), (m >= opens) | (m <= closes))
    return np.where(inside, minute, minute + (opens - m) % DAY_MIN)
