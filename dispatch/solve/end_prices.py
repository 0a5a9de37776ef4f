"""What feeders and last miles of a station cost a head at the very least, by place and by day.

Everybody on a load is aboard at one moment: when a feeder arrives at the station, when a last mile leaves it. Whoever
could be aboard on a day is company for all others of that day, and for each day there are prices that no load of
company undercuts: equal shares of coaches, or rings around thin clusters with shares of what they leave. The better are
taken.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dispatch.model.problem import Demand, Problem
from dispatch.model.supply import Mode
from dispatch.model.units import DAY_MIN
from dispatch.solve.compiled import entry
from dispatch.solve.instance import FEEDER, Floats, Ints, usable_types
from dispatch.solve.rings import ringed_prices
from dispatch.solve.sharing import COMPARED_MOST, Terms, distinct_terms, least_shares
from dispatch.solve.threads import side_by_side

Table = NDArray[np.int32]

PAIRS_MOST = 1_500  # places up to which riders are compared pair by pair
RINGED_MOST, RINGED_HEADS = 128, 20  # places, and people at each on average, up to which rings are tried
LIMITS = (20, 1 << 40)  # people in a set beyond which it has no ring
BETTER = 1e-6  # by which a system of prices must exceed another to be taken


def end_prices(
    problem: Problem,
    kind: int,
    places: Ints,
    stations: Ints,
    apart: Ints,
    ways: tuple[Table, Table],
    rough: bool,
    threads: int,
) -> Floats:
    """Least fen a head of a feeder from each place to each station, or of a last mile from station to place; shape
    (stations, places, days).

    ``apart`` (stations,) are the least minutes of any ride from, or to, a station; ``ways`` minutes and metres between
    all stops. For many places, or ``rough`` ones, full coaches on any day; shape (stations, places, 1).
    """
    minutes, metres = ways if kind == FEEDER else (ways[0].T, ways[1].T)
    terms = distinct_terms(problem.coaches[k] for k in usable_types(problem, kind))
    long, far = (table[np.ix_(places, stations)].T.astype(float) for table in (minutes, metres))
    if rough or len(places) > PAIRS_MOST:
        return _full(terms, far, long)[:, :, None]
    riders = _riders(problem.demands, kind, places)
    between = minutes[np.ix_(places, places)].astype(float), metres[np.ix_(places, places)].astype(float)
    people = [aboard(riders, way, last, problem.days, kind == FEEDER) for way, last in zip(long, apart, strict=True)]
    days = [_ringed_days(some) for some in people]
    nearest = _nearest_first(between[1]) if any(map(len, days)) else np.zeros((0, 2), np.int64)

    def of_station(s: int) -> Floats:
        prices = shared_prices(terms, people[s], between, (long[s], far[s]))
        if terms:
            ring_days(prices, days[s], terms, people[s], between, (long[s], far[s]), nearest)
        return prices

    found = list(side_by_side(of_station, range(len(stations)), threads))
    return np.stack(found) if found else np.zeros((0, len(places), 1))


def _full(terms: Sequence[Terms], metres: Floats, minutes: Floats) -> Floats:
    """A full coach's share over everybody's own way; inf without coaches."""
    least = np.full(metres.shape, np.inf)
    for hire, per_metre, per_minute, fare, seats in terms:
        least = np.minimum(least, fare + (hire + per_metre * metres + per_minute * minutes) / seats)
    return least


def _riders(demands: Sequence[Demand], kind: int, places: Ints) -> Ints:
    """Rows of place, release, due and people: a demand at each place that stands beside it."""
    rows = [
        (place, d.release_min, d.due_min, d.party_size * len(d.parties))
        for d in demands
        if Mode.COACH not in d.barred and d.release_min <= d.due_min
        for place in (d.access if kind == FEEDER else (d.gate,) if d.access else ())
    ]
    found = np.array(rows, np.int64).reshape(-1, 4)
    found[:, 0] = np.searchsorted(places, found[:, 0])
    return found


@entry
def aboard(riders: Ints, way: Floats, apart: int, days: int, feeder: bool) -> Ints:
    """People at each place who could be aboard on each day, shape (n, days); ``way`` are the minutes between each
    place and the station.
    """
    people = np.zeros((len(way), days), np.int64)
    for r in range(len(riders)):
        place, release, due, heads = riders[r]
        soonest = release + (way[place] if feeder else apart)
        latest = due - (apart if feeder else way[place])
        for day in range(days):
            if (day == days - 1 or soonest < DAY_MIN * (day + 1)) and (day == 0 or latest >= DAY_MIN * day):
                people[place, day] += heads
    return people


def _ringed_days(people: Ints) -> Ints:
    """Days on which rings are tried: few places, few people at each."""
    places = (people > 0).sum(axis=0)
    days: Ints = np.flatnonzero((places > 0) & (places <= RINGED_MOST) & (people.sum(axis=0) <= RINGED_HEADS * places))
    return days


def _nearest_first(metres: Floats) -> Ints:
    """Pairs of places by distance, shorter direction, then by number; shape (m, 2)."""
    i, j = np.triu_indices(len(metres), 1)
    order = np.argsort(np.minimum(metres, metres.T)[i, j], kind="stable")
    return np.column_stack((i[order], j[order])).astype(np.int64)


def shared_prices(
    terms: Sequence[Terms], people: Ints, between: tuple[Floats, Floats], to: tuple[Floats, Floats]
) -> Floats:
    """Equal shares at one station, shape (n, days); inf where nobody could be aboard."""
    long, far = (_via(some, onward) for some, onward in zip(between, to, strict=True))
    return least_shares(far, long, people, list(terms))


def ring_days(
    prices: Floats,
    days: Ints,
    terms: Sequence[Terms],
    people: Ints,
    between: tuple[Floats, Floats],
    to: tuple[Floats, Floats],
    nearest: Ints,
) -> None:
    """Put the prices of rings in the place of shares on those of the days on which they are better."""
    hire, _, _, fare, seats = (np.array(column) for column in zip(*terms, strict=True))
    arcs = np.array([
        np.column_stack((m * between[1] + t * between[0], m * to[1] + t * to[0])) for _, m, t, _, _ in terms
    ])  # fmt: skip
    alone = _full(terms, to[1], to[0])
    for day in days:
        there = np.flatnonzero(people[:, day])
        heads = people[there, day]
        if len(people) > COMPARED_MOST:  # where not all were compared, these few are, so that rings meet whole shares
            close, way = [b[np.ix_(there, there)] for b in between], [onward[there] for onward in to]
            prices[there, day] = shared_prices(terms, heads[:, None], (close[0], close[1]), (way[0], way[1]))[:, 0]
        row = np.full(len(people), -1)
        row[there] = np.arange(len(there))
        pairs = row[nearest]
        some = arcs[:, there][:, :, np.append(there, len(people))]
        weight = heads / np.maximum(1.0, alone[there]) ** 2  # whoever is near the station counts
        for limit in LIMITS:
            ringed = ringed_prices(some, hire, fare, seats, heads, pairs[(pairs >= 0).all(axis=1)], limit)
            if (weight * ringed).sum() > (1 + BETTER) * (weight * prices[there, day]).sum():
                prices[there, day] = ringed


def _via(between: Floats, onward: Floats) -> Floats:
    """Least way of a coach that serves p and q and ends at one place: p -> q -> end or q -> p -> end, shape (n, n)."""
    way: Floats = np.minimum(between + onward[None, :], between.T + onward[:, None])
    np.fill_diagonal(way, onward)
    return way
