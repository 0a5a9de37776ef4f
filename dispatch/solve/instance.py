"""The problem as arrays that compiled code reads: units of people who travel together, trunk legs, coach types by
stop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.model.problem import Demand, Problem
from dispatch.model.supply import Mode, Role
from dispatch.model.units import DAY_MIN
from dispatch.solve.compiled import constant
from dispatch.solve.timetable import Rules

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FEEDER, DIRECT, LAST_MILE = constant(0), constant(1), constant(2)
NONE, ZERO, ONE, TWO = constant(-1), constant(0), constant(1), constant(2)
ROLE_OF_KIND = (Role.FEEDER, Role.TRUNK, Role.LAST_MILE)
ACCESS_KEPT = 6  # the search tries the nearest so many stops of each unit; the bound takes all of them
FAR = 1 << 40
TOGETHER_DAYS = 1.5  # that people have at least who travel in one unit though their windows differ


OPENS, CLOSES, PEOPLE_HOUR, COACHES_HOUR = range(4)
SIZE, GATE, RELEASE, DUE, RIDES_COACH, NEAR_FIRST, NEAR_LAST, ACCESS = range(8)
VEHICLE, ORIGIN, DESTINATION, DEPARTS, ARRIVES, FIRST_SEGMENT, LAST_SEGMENT, BEFORE, AFTER = range(9)
# NEAR_FIRST and NEAR_LAST: minutes from the stop to a station, and from one to the gate, beyond which nobody shares
SEATS, FIXED, FARE, LEAST = range(4)
COACH_SEATS, AVAILABLE, FIRST_DAY, LAST_DAY, COACH_FIXED, KM, HOUR, COACH_FARE, COACH_LEAST = range(9)


class Instance(NamedTuple):
    """Tables of one instance, few and wide since each is an argument of every compiled function.

    Minutes from the epoch, metres, fen; S stops, U units, T trunk legs, V vehicles, K coach types.
    """

    minutes: NDArray[np.int32]  # (S, S)
    metres: NDArray[np.int32]  # (S, S)
    stop: Ints  # (S, 4) OPENS CLOSES, minutes after midnight; what may leave in an hour, FAR where nothing limits it
    unit: Ints  # (U, ACCESS + ACCESS_KEPT) SIZE ... NEAR_LAST, then boarding stops, -1 beyond the last
    span: Ints  # (U, 2) first of, and first beyond, the unit's places in option
    option: Ints  # trunk legs of a unit, cheapest first; units alike share them
    vehicle_of: Ints  # the vehicle of each option
    worth: Floats  # least fen a head of each option, seat price and hire not included
    seat: Floats  # (U,) least fen a head of a direct coach, inf where impossible
    leg: Ints  # (T, 9) VEHICLE ... AFTER: the segments it fills, the least connections around it
    vehicle: Ints  # (V, 4) SEATS FIXED FARE LEAST
    coach: Ints  # (K, 9) COACH_SEATS ... COACH_LEAST
    types_from: Ints  # (3 * S + 1,) into types: coach types usable for a kind of load that starts at a stop
    types: Ints
    solo: Ints  # (U, 5) best coach of a unit's own to its gate: boarding stop or -1, start, value, hire, seats
    minute_fen: float  # price of one person's minute
    days: int
    ride_most: tuple[int, int, int]  # minutes that somebody may sit in one load of each kind
    rules: Rules


@dataclass(frozen=True, slots=True)
class Unit:
    """Whole parties that the search moves together: (demand, party) pairs, and what all of them may do: the stops they
    share, in the time they share.
    """

    members: tuple[tuple[int, int], ...]
    like: Demand
    size: int


@dataclass(frozen=True, slots=True)
class Compiled:
    """The instance with what leads back to the problem: units, and each vehicle's (departure, copy), each leg's
    calls.
    """

    instance: Instance
    units: tuple[Unit, ...]
    vehicles: tuple[tuple[int, int], ...]
    leg_calls: tuple[tuple[int, int], ...]


def matrices(problem: Problem) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Road minutes and metres, shape (stops, stops), without copying."""
    n = len(problem.stops)
    minutes = np.frombuffer(problem.travel.minutes, dtype=np.int32).reshape(n, n)
    metres = np.frombuffer(problem.travel.metres, dtype=np.int32).reshape(n, n)
    return minutes, metres


Alike = tuple[tuple[int, ...], int, int, int, frozenset[Mode]]


def alike(demand: Demand) -> Alike:
    """What makes cohorts the same to the search: all but the party size."""
    return demand.access, demand.gate, demand.release_min, demand.due_min, demand.barred


def pack_units(problem: Problem, most: int) -> tuple[Unit, ...]:
    """Parties of one nearest stop, gate, ready time and restriction packed first-fit decreasing into units of at most
    ``most``; they share the stops and the time that all of them have, at least ``TOGETHER_DAYS`` days.
    """
    kinds: dict[tuple[int, int, int, frozenset[Mode]], list[tuple[int, int, int]]] = defaultdict(list)
    for d, demand in enumerate(problem.demands):
        if demand.access:
            roomy = demand.due_min - demand.release_min >= TOGETHER_DAYS * DAY_MIN
            kind = (demand.access[0], demand.gate, demand.release_min if roomy else -1 - d, demand.barred)
            kinds[kind].extend((-demand.party_size, d, p) for p in range(len(demand.parties)))
    return tuple(
        _unit(problem, [(d, p) for _, d, p in some])
        for parties in kinds.values()
        for some in _first_fit(sorted(parties), most)
    )


def split_units(
    problem: Problem, units: tuple[Unit, ...], alone: Collection[int], all_of_them: bool
) -> tuple[Unit, ...]:
    """Units apart by what their parties may do, so that nobody is held to another's stops or time; those numbered in
    ``alone``, party by party; only these where not ``all_of_them``.
    """
    found: list[Unit] = []
    for u, unit in enumerate(units):
        if u not in alone and not all_of_them:
            found.append(unit)
            continue
        kinds: dict[Alike, list[tuple[int, int, int]]] = defaultdict(list)
        for d, p in unit.members:
            kinds[alike(problem.demands[d])].append((-problem.demands[d].party_size, d, p))
        for parties in kinds.values():
            for some in _first_fit(sorted(parties), 0 if u in alone else unit.size):
                found.append(_unit(problem, [(d, p) for _, d, p in some]))
    return tuple(found)


def _first_fit(parties: list[tuple[int, int, int]], most: int) -> list[list[tuple[int, int, int]]]:
    open_units: list[list[tuple[int, int, int]]] = []
    room: list[int] = []
    full = 0  # units before it have no room at all
    for party in parties:
        while full < len(room) and room[full] <= 0:
            full += 1
        fits = next((i for i in range(full, len(room)) if room[i] + party[0] >= 0), -1)
        if fits < 0:
            open_units.append([])
            room.append(most)
        open_units[fits].append(party)
        room[fits] += party[0]
    return open_units


def _unit(problem: Problem, members: list[tuple[int, int]]) -> Unit:
    demands = [problem.demands[d] for d in dict.fromkeys(d for d, _ in members)]
    first = demands[0]
    if len(demands) > 1:
        shared = set(first.access).intersection(*(d.access for d in demands))
        release, due = max(d.release_min for d in demands), min(d.due_min for d in demands)
        access = tuple(a for a in first.access if a in shared)
        first = replace(first, access=access, release_min=release, due_min=due)
    return Unit(tuple(members), first, sum(problem.demands[d].party_size for d, _ in members))


def vehicles_of(problem: Problem) -> tuple[tuple[int, int], ...]:
    """Each departure's vehicles as (departure, copy)."""
    return tuple((d, c) for d, departure in enumerate(problem.departures) for c in range(departure.copies))


class Legs(NamedTuple):
    """Trunk legs as columns: vehicle, stops, times, segments, connections, mode (1 train, 2 flight)."""

    vehicle: Ints
    origin: Ints
    destination: Ints
    departs: Ints
    arrives: Ints
    first: Ints
    last: Ints
    before: Ints
    after: Ints
    flight: Ints


def trunk_legs(problem: Problem, vehicles: tuple[tuple[int, int], ...]) -> Legs:
    """Every ride that a vehicle sells, from a call where one boards to a later one where one alights."""
    rows = []
    rules = problem.connections
    for v, (d, _) in enumerate(vehicles):
        departure = problem.departures[d]
        before, after = rules.before(departure.mode), rules.after(departure.mode)
        flight = int(departure.mode is Mode.FLIGHT)
        for i, a in enumerate(departure.calls):
            for j in range(i + 1, len(departure.calls)):
                b = departure.calls[j]
                if a.board and b.alight:
                    rows.append((v, a.stop, b.stop, a.departs_min, b.arrives_min, i, j - 1, before, after, flight))
    return Legs(*np.array(rows, np.int64).reshape(-1, 10).T.copy())


def usable_types(problem: Problem, kind: int) -> Ints:
    """Indices of coach types whose role admits a kind of load."""
    role = ROLE_OF_KIND[kind]
    return np.array([k for k, c in enumerate(problem.coaches) if c.role in (Role.ANY, role)], np.int64)


def least_head_cost(problem: Problem, kind: int) -> tuple[Floats, Floats, Floats]:
    """Per coach type of a kind: fixed share, fen per metre and fen per minute of one seat (and the seat's own price
    in the first).
    """
    types = usable_types(problem, kind)
    seats = np.array([problem.coaches[k].seats for k in types], float)
    fixed = np.array([problem.coaches[k].fixed_fen for k in types], float) / seats
    fixed += np.array([problem.coaches[k].seat_fen for k in types], float)
    metre = np.array([problem.coaches[k].km_fen for k in types], float) / 1000 / seats
    minute = np.array([problem.coaches[k].hour_fen for k in types], float) / 60 / seats
    return fixed, metre, minute


def largest_unit(problem: Problem) -> int:
    """People that one coach can hold whatever its purpose: the seats of the largest, of the purpose whose largest is
    the smallest.
    """
    usable = (usable_types(problem, kind).tolist() for kind in (FEEDER, DIRECT, LAST_MILE))
    return min(max((problem.coaches[k].seats for k in types), default=0) for types in usable)
