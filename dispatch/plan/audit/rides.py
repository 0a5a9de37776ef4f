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
        lasts = legs.arrives - legs.leaves
        origins, self.origin = np.unique(legs.start, return_inverse=True)
        ends, self.end = np.unique(legs.end, return_inverse=True)
        self.feeders = Ends(given, Role.FEEDER, origins, _least_by(self.origin, lasts))
        self.last_miles = Ends(given, Role.LAST_MILE, ends, _least_by(self.end, lasts))
        self.feeder_floor, self.last_floor = self.feeders.floor(), self.last_miles.floor()
        self.ringed_before, self.ringed_after = self._ringed_before(), self._ringed_after()
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
        full coaches as far as nobody bears less, which is quicker and never dearer.
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
        """Ways that could cost less than ``most`` a head; each group's are in one block."""
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
        met = legs.arrives + np.where(walks, 0, legs.after)
        comes = self._at_gate(met + way, gate)
        row = self.last_miles.row[gate]
        alone = given.minute_fen * (comes - legs.arrives) + np.where(walks, 0.0, self.last_miles.alone[self.end, row])
        later = self._at_gate(
            np.where(self.ringed_after > 0, np.maximum(met, self.ringed_after * DAY_MIN), met) + way, gate
        )
        ringed = given.minute_fen * (later - legs.arrives) + self.last_floor[self.end, row]
        ringed[walks | (self.ringed_after < 0)] = np.inf
        after = self.ride + np.minimum(alone, ringed)
        # a coach may wait for the gate to open, a train may not
        after[walks & (legs.end == gate) & (comes > legs.arrives)] = np.inf
        return comes, after, walks

    def _to_station(self, stop: int) -> tuple[Floats, Ints, Bools]:
        """By leg: least fen until its departure, the latest start, whether no coach is needed."""
        legs = self.given.legs
        way = self.minutes[stop, legs.start]
        near = way == 0
        spent = np.where(near, 0, way + legs.before)
        row = self.feeders.row[stop]
        ringed = self.feeder_floor[self.origin, row] + self._idle(legs.leaves - legs.before, self.ringed_before)
        ringed[self.ringed_before < 0] = np.inf
        least = np.where(near, 0.0, np.minimum(self.feeders.alone[self.origin, row], ringed))
        return least + self.given.minute_fen * spent, legs.leaves - spent, near

    def _ringed_before(self) -> Ints:
        """By leg the last day with rings on which a feeder may arrive, -1 where there is none."""
        legs, ringed = self.given.legs, self.feeders.ringed
        last = np.maximum.accumulate(np.where(ringed, np.arange(self.given.days), -1), axis=1)
        found: Ints = last[self.origin, self._day(legs.leaves - legs.before)]
        return found

    def _ringed_after(self) -> Ints:
        """By leg the first day with rings on which a last mile may leave, -1 where there is none."""
        legs, days = self.given.legs, self.given.days
        days_on = np.where(self.last_miles.ringed, np.arange(days), days)
        first = np.minimum.accumulate(days_on[:, ::-1], axis=1)[:, ::-1]
        found = first[self.end, self._day(legs.arrives + legs.after)]
        return np.where(found < days, found, -1)

    def _day(self, minute: Ints) -> Ints:
        day: Ints = np.clip(minute // DAY_MIN, 0, self.given.days - 1)
        return day

    def _idle(self, ready: Ints, day: Ints) -> Floats:
        """The value of waiting at a station until ``ready`` for who comes by the end of a day at the latest."""
        idle = np.maximum(0, ready - DAY_MIN * (day + 1) + 1)
        return self._value(np.where(day < self.given.days - 1, idle, 0))

    def _value(self, minutes: Ints) -> Floats:
        value: Floats = self.given.minute_fen * minutes.astype(float)
        return value

    def _at_gate(self, minute: Ints, gate: Ints | int) -> Ints:
        """When somebody who comes at a minute is let in."""
        return _when_open(minute, self.given.opens[gate], self.given.closes[gate])

    def _shared(self, rides: Rides) -> Floats:
        """Fen a head of ways with the least shares of their coaches on the days on which these may run."""
        given, legs, groups = self.given, self.given.legs, self.given.groups
        g, t, stop, _ = rides
        way, gap = self.minutes[legs.end[t], groups.gate[g]], self.minutes[stop, legs.start[t]]
        cost = self.ride[t].astype(float)
        walks, rode, fed = way == 0, way > 0, gap > 0
        open_at = self._at_gate(legs.arrives[t[walks]], groups.gate[g[walks]])
        cost[walks] += given.minute_fen * (open_at - legs.arrives[t[walks]])
        cost[rode] += self.last_mile(g[rode], t[rode], way[rode])
        cost[fed] += self.feeder(g[fed], t[fed], stop[fed], gap[fed])
        return cost

    def last_mile(self, g: Ints, t: Ints, way: Ints) -> Floats:
        """From the arrival of leg t on, in a coach."""
        legs, gate = self.given.legs, self.given.groups.gate[g]
        met = legs.arrives[t] + legs.after[t]

        def until_open(which: Ints, day: Ints) -> Floats:
            leaves = np.where(day > 0, np.maximum(met[which], DAY_MIN * day), met[which])
            return self._value(self._at_gate(leaves + way[which], gate[which]) - legs.arrives[t[which]])

        return self.last_miles.least(legs.end[t], gate, met, self.given.groups.due[g] - way, until_open)

    def feeder(self, g: Ints, t: Ints, stop: Ints, gap: Ints) -> Floats:
        """Until the departure of leg t, in a coach."""
        legs = self.given.legs
        ready, soonest = legs.leaves[t] - legs.before[t], self.given.groups.release[g] + gap

        def idle(which: Ints, day: Ints) -> Floats:
            return self._idle(ready[which], day)

        share = self.feeders.least(legs.start[t], stop, soonest, ready, idle)
        return share + self._value(gap + legs.before[t])

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


def _least_by(key: Ints, value: Ints) -> Ints:
    """The least value of each of the keys 0, 1, 2 …, none of which is left out."""
    order = np.lexsort((value, key))
    found: Ints = value[order[np.flatnonzero(np.diff(key[order], prepend=-1))]]
    return found


def _joined(rides: list[Rides]) -> Rides:
    return Rides(*(np.concatenate(columns) for columns in zip(*rides, strict=True)))


def _when_open(minute: Ints, opens: Ints, closes: Ints) -> Ints:
    m = minute % DAY_MIN
    inside = np.where(opens <= closes, (opens <= m) & (m <= closes), (m >= opens) | (m <= closes))
    return np.where(inside, minute, minute + (opens - m) % DAY_MIN)
