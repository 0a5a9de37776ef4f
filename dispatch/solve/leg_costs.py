"""What each trunk leg costs a person at the very least, added up from tables: feeder, ride, last mile and waiting."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.model.units import DAY_MIN
from dispatch.solve.compiled import entry, kernel
from dispatch.solve.instance import Floats, Ints
from dispatch.solve.timetable import next_open


class Tables(NamedTuple):
    """What the cost of a way is added up from: S stops, T legs by departure, E origins, D destinations."""

    minutes: NDArray[np.int32]  # (S, S) least ways
    leg: Ints  # (T, 8) rows of ``LEG`` ... ``FLIES``
    ride: Floats  # (T,) fen of the ride's time and its seat
    fare: Floats  # (T,) fen of the seat
    stop: Ints  # (S, 4) row among boarding stops, row among gates, OPENS, CLOSES
    gathering: Floats  # (E, boarding stops, days) least feeder fen a head by the day of arrival at the station
    spreading: Floats  # (D, gates, days) least last-mile fen a head by the day of departure from the station
    origin: Ints  # (E,) stops that legs leave from
    destination: Ints  # (D,) stops that legs come to
    minute_fen: float


LEG, LEAVES, COMES, WAIT, CHANGE, ORIGIN_AT, DESTINATION_AT, FLIES = range(8)
BOARDS_AT, WORKS_AT, OPEN_FROM, OPEN_TO = range(4)
RELEASED, DUE_BY, WORK, NO_COACH, NO_TRAIN, NO_FLIGHT = range(6)


@kernel
def _feeder(prices: Floats, first: int, last: int, minute_fen: float) -> float:
    """The least fen a head of a feeder that arrives between two minutes, waiting for the last of them included."""
    days = len(prices)
    today = min(days - 1, max(0, first // DAY_MIN))
    best = np.inf
    for day in range(min(days - 1, max(0, last // DAY_MIN)), today - 1, -1):
        idle = minute_fen * max(0, last - (DAY_MIN * (day + 1) - 1)) if day < days - 1 else 0.0
        if idle >= best:
            break
        best = min(best, idle + prices[day])
    return best


@kernel
def _last_mile(
    prices: Floats, arrives: int, first: int, last: int, way: int, opens: int, closes: int, minute_fen: float
) -> float:
    """The least fen a head, time from the arrival of the ride to the gate included, of a last mile that leaves between
    two minutes.
    """
    days = len(prices)
    today = min(days - 1, max(0, first // DAY_MIN))
    best = np.inf
    for day in range(today, min(days - 1, max(0, last // DAY_MIN)) + 1):
        leaves = max(first, DAY_MIN * day) if day > 0 else first
        spent = minute_fen * (next_open(leaves + way, opens, closes) - arrives)
        if spent >= best:
            break
        best = min(best, spent + prices[day])
    return best


@kernel
def _costs_from_the_train(
    minutes: NDArray[np.int32],
    leg: Ints,
    ride: Floats,
    stop: Ints,
    spreading: Floats,
    destination: Ints,
    minute_fen: float,
    row: Ints,
    first: int,
    beyond: int,
    after: Floats,
) -> None:
    """What the legs ``first:beyond`` cost a demand from the departure on, seat price included, inf where that is
    impossible; the same for all demands alike but for where they board.
    """
    due, gate = row[DUE_BY], row[WORK]
    opens, closes, works_at = stop[gate, OPEN_FROM], stop[gate, OPEN_TO], stop[gate, WORKS_AT]
    for t in range(first, beyond):
        after[t] = np.inf
        arrives = leg[t, COMES]
        if arrives > due or row[NO_FLIGHT if leg[t, FLIES] == 1 else NO_TRAIN]:
            continue
        d = leg[t, DESTINATION_AT]
        way = minutes[destination[d], gate]
        if way == 0:
            comes = next_open(arrives, opens, closes)
            # a coach may wait for the gate to open, a train may not
            if comes > due or (destination[d] == gate and comes > arrives):
                continue
            after[t] = minute_fen * (comes - arrives) + ride[t]
        elif not row[NO_COACH]:
            met = arrives + leg[t, CHANGE]
            if next_open(met + way, opens, closes) <= due:
                prices = spreading[d, works_at]
                after[t] = _last_mile(prices, arrives, met, due - way, way, opens, closes, minute_fen) + ride[t]


@kernel
def _costs_to_the_train(
    minutes: NDArray[np.int32],
    leg: Ints,
    prices: Floats,
    origin: Ints,
    minute_fen: float,
    release: int,
    first: int,
    beyond: int,
    before: Floats,
) -> None:
    """What it costs somebody released at a stop until the legs ``first:beyond`` depart: 0 where the stop is the
    station, inf where no coach would be in time. ``minutes`` are those from the stop, ``prices`` by station and day.
    """
    for t in range(first, beyond):
        e = leg[t, ORIGIN_AT]
        gap = minutes[origin[e]]
        before[t] = np.inf
        if gap == 0:
            before[t] = 0.0
        elif release + gap + leg[t, WAIT] <= leg[t, LEAVES]:
            share = _feeder(prices[e], release + gap, leg[t, LEAVES] - leg[t, WAIT], minute_fen)
            before[t] = share + minute_fen * (gap + leg[t, WAIT])


@entry
def leg_costs(
    minutes: NDArray[np.int32],
    leg: Ints,
    ride: Floats,
    fare: Floats,
    stop: Ints,
    gathering: Floats,
    spreading: Floats,
    origin: Ints,
    destination: Ints,
    minute_fen: float,
    rows: Ints,
    at: Ints,
    most: Floats,
) -> tuple[Ints, Ints, Floats, int]:
    """``LeastCosts.entries`` of one block: starts, legs and costs without the seat price, and those too dear.

    What lies between a stop and a train is the same for all demands released together, what follows the train for all
    of one gate and window; each is worked out again only where these change from one demand to the next.
    """
    start = np.zeros(len(rows) + 1, np.int64)
    which = np.zeros(4096, np.int64)
    costs = np.zeros(4096)
    count = 0
    dear = 0
    leaves = leg[:, LEAVES].copy()
    own, stops = _numbered(at, len(stop))
    before = np.empty((stops, len(leg)))  # fen from each stop of the block until the departure
    known = np.full((stops, 2), -1)  # the release that this is for, and the leg up to which
    board = np.zeros(at.shape[1], np.int64)
    after = np.zeros(len(leg))
    for k in range(len(rows)):
        release, due = rows[k, RELEASED], rows[k, DUE_BY]
        first = np.searchsorted(leaves, release)
        beyond = np.searchsorted(leaves, due, side="right")
        if k == 0 or np.any(rows[k] != rows[k - 1]):
            _costs_from_the_train(
                minutes, leg, ride, stop, spreading, destination, minute_fen, rows[k], first, beyond, after
            )
        boards = 0
        while boards < at.shape[1] and at[k, boards] >= 0:
            a = at[k, boards]
            i = own[a]
            if known[i, 0] != release:
                known[i, 0], known[i, 1] = release, first
            if known[i, 1] < beyond:
                prices = gathering[:, stop[a, BOARDS_AT]]
                _costs_to_the_train(
                    minutes[a], leg, prices, origin, minute_fen, release, known[i, 1], beyond, before[i]
                )
                known[i, 1] = beyond
            board[boards] = i
            boards += 1
        for t in range(first, beyond):
            if after[t] == np.inf:
                continue
            best = np.inf
            for i in range(boards):
                if not rows[k, NO_COACH] or minutes[at[k, i], origin[leg[t, ORIGIN_AT]]] == 0:
                    best = min(best, before[board[i], t])
            total = after[t] + best
            if total >= most[k]:
                dear += best < np.inf
                continue
            if count == len(which):
                which = np.concatenate((which, np.zeros(len(which), np.int64)))
                costs = np.concatenate((costs, np.zeros(len(costs))))
            which[count] = leg[t, LEG]
            costs[count] = total - fare[t]
            count += 1
        start[k + 1] = count
    return start, which[:count].copy(), costs[:count].copy(), dear


@kernel
def _numbered(at: Ints, stops: int) -> tuple[Ints, int]:
    """Own numbers of the stops in ``at``, -1 for all others; and how many there are."""
    own = np.full(stops, -1, np.int64)
    count = 0
    for k in range(len(at)):
        for i in range(at.shape[1]):
            if at[k, i] >= 0 and own[at[k, i]] < 0:
                own[at[k, i]] = count
                count += 1
    return own, count
