"""What the lower bound is about, read from problem.json into arrays of the audit's own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.model.supply import Mode, Role, Stop, StopKind
from dispatch.model.units import DAY_MIN, Position
from dispatch.plan.audit.road import Tables, Ways
from dispatch.plan.audit.ways import least_ways

Ints = NDArray[np.int64]
Table = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Row = Mapping[str, Any]


class Price(NamedTuple):
    """What a coach costs: fen of hire, by metre, by minute and by seat sold, and its seats."""

    hire: float
    metre: float
    minute: float
    seat: float
    seats: int


class Groups(NamedTuple):
    """People who differ in nothing but party size, in order of appearance; ``at`` holds boarding stops, -1 beyond."""

    at: Ints  # (G, most)
    gate: Ints
    release: Ints
    due: Ints
    coach: Bools  # may ride one
    train: Bools
    flight: Bools
    heads: Ints


class Legs(NamedTuple):
    """What trains and flights sell, by departure time; ``before`` and ``after`` are the least minutes to change."""

    departure: Ints
    start: Ints
    end: Ints
    leaves: Ints
    arrives: Ints
    before: Ints
    after: Ints
    flight: Bools


class Departures(NamedTuple):
    """Trains and flights; ``most`` people may use one vehicle of them."""

    most: Ints
    hire: Ints
    fare: Ints
    copies: Ints


class Hours(NamedTuple):
    """Minutes that two drivers drive in a day, that one drives without a stop, and that the least stop takes."""

    daily: int
    continuous: int
    stop: int


@dataclass(frozen=True, slots=True)
class Given:
    """The instance. Money in fen, times in minutes; ``ways`` are the least between all stops."""

    days: int
    people: frozenset[str]
    minute_fen: float
    opens: Ints
    closes: Ints
    ways: Ways
    groups: Groups
    legs: Legs
    departures: Departures
    prices: dict[Role, tuple[Price, ...]]
    hours: Hours


def read_given(content: Row, tables: Tables) -> Given:
    """The instance of a parsed problem.json; ``tables`` tells the roads that it leaves out.

    Raises ``KeyError``, ``IndexError``, ``TypeError`` or ``ValueError`` where it is not in its form.
    """
    stops = [_stop(s) for s in content["stops"]]
    hours = [_hours(s["hours"]) for s in content["stops"]]
    groups = _groups(content["demands"])
    departures = content["departures"]
    legs = _legs(departures, content["connections"])
    named = np.concatenate((groups.at[groups.at >= 0], groups.gate, legs.start, legs.end))
    if len(named) and not 0 <= named.min() <= named.max() < len(stops):
        raise ValueError("a stop is named that is not listed")
    if int(content["days"]) < 1:
        raise ValueError("there are no days")
    return Given(
        days=int(content["days"]),
        people=frozenset(w for d in content["demands"] for party in d["parties"] for w in party),
        minute_fen=content["value_of_time_fen_per_hour"] / 60,
        opens=np.array([h[0] for h in hours], np.int64),
        closes=np.array([h[1] for h in hours], np.int64),
        ways=least_ways(_roads(content["travel"], stops, tables), [s.position for s in stops]),
        groups=groups,
        legs=legs,
        departures=Departures(
            *_columns(
                ((d["seats"] * turnover(d["calls"]), d["fixed_fen"], d["seat_fen"], d["copies"]) for d in departures), 4
            )
        ),
        prices={role: _prices(content["coaches"], role) for role in (Role.FEEDER, Role.TRUNK, Role.LAST_MILE)},
        hours=_driving(content["driving"]),
    )


def _columns(rows: Iterator[tuple[int, ...]], width: int) -> Ints:
    return np.array(list(rows), np.int64).reshape(-1, width).T.copy()


def _stop(said: Row) -> Stop:
    at = Position(said["lat"], said["lon"])
    return Stop(str(said["stop_id"]), str(said["name"]), StopKind(said["kind"]), "", "", at, None)


def _hours(said: Sequence[int] | None) -> tuple[int, int]:
    """A place that is open until 23:59 is always open."""
    if said is None or (said[0] == 0 and said[1] >= DAY_MIN - 1):
        return 0, DAY_MIN
    return int(said[0]), int(said[1])


def _people(demand: Row) -> int:
    return int(demand["party_size"]) * len(demand["parties"])


def _groups(demands: Sequence[Row]) -> Groups:
    heads: dict[tuple[Any, ...], int] = defaultdict(int)
    for d in demands:
        if d["access"]:
            kind = (tuple(d["access"]), d["gate"], d["release_min"], d["due_min"], frozenset(d["barred"]))
            heads[kind] += _people(d)
    at = np.full((len(heads), max((len(k[0]) for k in heads), default=1)), -1, np.int64)
    for g, kind in enumerate(heads):
        at[g, : len(kind[0])] = kind[0]
    may = [np.array([mode not in k[4] for k in heads], bool) for mode in (Mode.COACH, Mode.TRAIN, Mode.FLIGHT)]
    gate, release, due = (np.array([k[i] for k in heads], np.int64) for i in (1, 2, 3))
    return Groups(at, gate, release, due, may[0], may[1], may[2], np.array(list(heads.values()), np.int64))


def _legs(departures: Sequence[Row], connect: Row) -> Legs:
    rows = []
    for d, departure in enumerate(departures):
        flight = departure["mode"] == Mode.FLIGHT
        before, after = ("coach_to_air", "air_to_coach") if flight else ("coach_to_rail", "rail_to_coach")
        calls = departure["calls"]
        for i, a in enumerate(calls):
            for b in calls[i + 1 :]:
                if a["board"] and b["alight"]:
                    ends = (a["stop"], b["stop"], a["departs_min"], b["arrives_min"])
                    rows.append((d, *ends, connect[before], connect[after], int(flight)))
    rows.sort(key=lambda row: row[3])
    columns = _columns(iter(rows), 8)
    flight = columns[7] > 0
    departure, start, end, leaves, arrives, before, after = columns[:7]
    return Legs(departure, start, end, leaves, arrives, before, after, flight)


def turnover(calls: Sequence[Row]) -> int:
    """How many people may use one seat one after the other: the most rides of which none overlaps the next."""
    used, boarded = 0, False
    for call in calls:
        if boarded and call["alight"]:
            used, boarded = used + 1, False
        boarded = boarded or bool(call["board"])
    return used


def _prices(coaches: Sequence[Row], role: Role) -> tuple[Price, ...]:
    """The prices at which somebody offers a coach for this role, those that no other undercuts in everything."""
    found = {
        Price(c["fixed_fen"], c["km_fen"] / 1000, c["hour_fen"] / 60, c["seat_fen"], int(c["seats"]))
        for c in coaches
        if c["role"] in (Role.ANY, role)
    }
    if any(p.seats < 1 for p in found):
        raise ValueError("a coach has no seats")
    return tuple(sorted(p for p in found if not any(_undercuts(q, p) for q in found if q != p)))


def _undercuts(q: Price, p: Price) -> bool:
    return q.seats >= p.seats and all(a <= b for a, b in zip(q[:4], p[:4], strict=True))


def _driving(rules: Row) -> Hours:
    most = max(rules["continuous"], rules["continuous_night"])
    if most < 1 or rules["daily"] < 1:
        raise ValueError("nobody may drive")
    return Hours(2 * int(rules["daily"]), int(most), int(min(rules["swap"], rules["rest"])))


def _roads(travel: Row, stops: Sequence[Stop], tables: Tables) -> Ways:
    if travel["minutes"] is None or travel["metres"] is None:
        return tables(stops)
    n = len(stops)
    minutes, metres = (np.array(travel[key], np.int32).reshape(n, n) for key in ("minutes", "metres"))
    return Ways(minutes, metres)
