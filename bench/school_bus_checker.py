"""Check school-bus routes from the facts of the set's README alone; shares no code with any search.

Coordinates in feet, Manhattan ways at 29.33 ft/s, 66 seats, boarding 19.0 + 2.6 n s, alighting 29.0 + 1.9 n s, each
rider's ride (from the bus's arrival at the stop to its arrival at the school) at most the limit, arrival at a school in
its window. A stop's riders go together. Where a bus starts and ends does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

FEET_PER_S = 29.33
SEATS = 66
FLOAT_S = 1e-6  # what sums of floating-point seconds may be out by


@dataclass(frozen=True, slots=True)
class School:
    x: float
    y: float
    opens_s: float
    closes_s: float


@dataclass(frozen=True, slots=True)
class Stop:
    x: float
    y: float
    school: str
    riders: int


@dataclass(frozen=True, slots=True)
class Call:
    """A bus arrives at a stop or school, where so many board or alight."""

    place: str
    arrives_s: float
    riders: int


@dataclass(frozen=True, slots=True)
class Case:
    schools: dict[str, School]
    stops: dict[str, Stop]


def seconds(hhmm: str) -> int:
    """Minutes-as-hhmm to seconds after midnight."""
    return int(hhmm) // 100 * 3600 + int(hhmm) % 100 * 60


def table(path: Path) -> list[list[str]]:
    """Rows of a file below its heading, by position: one heading has a stray column."""
    return [line.split() for line in path.read_text("utf-8").splitlines()[1:] if line.strip()]


def read_case(folder: Path) -> Case:
    schools = {
        r[0]: School(float(r[1]), float(r[2]), seconds(r[3]), seconds(r[4])) for r in table(folder / "Schools.txt")
    }
    stops = {r[0]: Stop(float(r[1]), float(r[2]), r[3], int(r[4])) for r in table(folder / "Stops.txt")}
    return Case(schools, stops)


def read_supplied(path: Path, case: Case) -> list[list[Call]]:
    """A supplied solution; its arrivals are rounded to minutes, so times are chained from the columns in seconds."""
    buses: dict[str, list[Call]] = {}
    clock: dict[str, float] = {}
    for bus, _, place, riders, service, arrival, wait, travel, *_ in table(path):
        clock[bus] = clock[bus] + int(travel) if bus in clock else seconds(arrival)
        known = place in case.stops or place in case.schools
        if known and int(riders) > 0:
            buses.setdefault(bus, []).append(Call(place, clock[bus], int(riders)))
        clock[bus] += int(service) + int(wait)
    return list(buses.values())


def faults(case: Case, buses: Sequence[Sequence[Call]], ride_limit_s: float, allowance_s: float) -> list[str]:
    """Every broken rule in words; times may be out by ``allowance_s``."""
    allowance_s += FLOAT_S
    found = [
        fault
        for number, calls in enumerate(buses)
        for fault in bus_faults(case, number, calls, ride_limit_s, allowance_s)
    ]
    boarded = sorted(call.place for calls in buses for call in calls if call.place in case.stops)
    if boarded != sorted(case.stops):
        found.append("not every stop is served exactly once")
    return found


def bus_faults(case: Case, bus: int, calls: Sequence[Call], ride_limit_s: float, allowance_s: float) -> Iterable[str]:
    aboard: dict[str, float] = {}  # stop -> arrival there
    for call, following in zip(calls, [*calls[1:], None], strict=True):
        if call.place in case.stops:
            aboard[call.place] = call.arrives_s
            expected, service = case.stops[call.place].riders, 19.0 + 2.6 * call.riders
        else:
            school = case.schools[call.place]
            leaving = [stop for stop in aboard if case.stops[stop].school == call.place]
            expected, service = sum(case.stops[stop].riders for stop in leaving), 29.0 + 1.9 * call.riders
            for stop in leaving:
                ride = call.arrives_s - aboard.pop(stop)
                if ride > ride_limit_s + allowance_s:
                    yield f"bus {bus}: ride of {ride:.1f} s from {stop}"
            if not school.opens_s - allowance_s <= call.arrives_s <= school.closes_s + allowance_s:
                yield f"bus {bus}: at {call.place} {call.arrives_s:.1f} s after midnight"
        if call.riders != expected:
            yield f"bus {bus}: {call.riders} riders at {call.place} instead of {expected}"
        if (load := sum(case.stops[stop].riders for stop in aboard)) > SEATS:
            yield f"bus {bus}: {load} riders aboard after {call.place}"
        if following and following.arrives_s - call.arrives_s < service + way_s(case, call, following) - allowance_s:
            yield f"bus {bus}: too fast from {call.place} to {following.place}"
    if aboard:
        yield f"bus {bus}: {len(aboard)} stops never taken to school"


def way_s(case: Case, a: Call, b: Call) -> float:
    """Seconds between two calls."""
    here, there = ((case.stops.get(c.place) or case.schools[c.place]) for c in (a, b))
    return (abs(here.x - there.x) + abs(here.y - there.y)) / FEET_PER_S
