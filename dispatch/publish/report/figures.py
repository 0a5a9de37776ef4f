"""The report's numbers, each derived from the plan's trips, legs and costs rather than copied from a summary."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dispatch.model.plan import Leg, Trip
from dispatch.model.supply import Basis, Mode, Role
from dispatch.publish.privacy import Audience, disclosure, shown_name
from dispatch.publish.view import View


@dataclass(frozen=True, slots=True)
class People:
    """Head counts: ``rostered = served + unserved + rejected``."""

    rostered: int
    served: int
    unserved: int
    rejected: int


@dataclass(frozen=True, slots=True)
class FleetLine:
    """Trips of one mode and role. ``load`` is the share of hired seats taken at the fullest point, if any are hired."""

    mode: Mode
    role: Role
    trips: int
    people: int
    cost_fen: int
    load: float | None


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """How many people a reason leaves out, and the remedy named most often."""

    reason: str
    people: int
    remedy: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody without a place: the name as the office's report may show it, and the number in the roster."""

    name: str
    number: str
    county: str
    employer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Quality:
    """Objective, proven lower bound and their gap as the summary states them; ``None`` where no bound was found."""

    objective: float
    lower_bound: float
    gap: float


def people(view: View) -> People:
    """Everybody on the roster and what became of them."""
    summary = view.plan.summary
    served, unserved = len(view.legs_by_worker), len(view.unserved)
    rejected = int(summary.get("rejected", 0))
    return People(int(summary.get("rostered", served + unserved + rejected)), served, unserved, rejected)


def total_fen(view: View) -> int:
    """What all trips cost together, in fen."""
    return sum(trip.cost_fen for trip in view.plan.trips)


def quality(view: View) -> Quality | None:
    """How good the plan provably is, or ``None`` without a bound."""
    values = [view.plan.summary.get(key) for key in ("objective", "lower_bound", "gap")]
    return None if any(value is None for value in values) else Quality(*(float(str(value)) for value in values))


def fleet(view: View) -> list[FleetLine]:
    """Trunk first, then feeder and last mile; dearest mode first inside."""
    groups: defaultdict[tuple[Role, Mode], list[Trip]] = defaultdict(list)
    for trip in view.plan.trips:
        groups[trip.role, trip.mode].append(trip)
    order = (Role.TRUNK, Role.FEEDER, Role.LAST_MILE, Role.ANY)
    lines = [
        FleetLine(mode, role, len(own), sum(t.passengers for t in own), sum(t.cost_fen for t in own), _load(view, own))
        for (role, mode), own in groups.items()
    ]
    return sorted(lines, key=lambda line: (order.index(line.role), -line.cost_fen, line.mode))


def departures_by_day(view: View) -> list[tuple[date, dict[Mode, int]]]:
    """People who set out on each day, by the mode of their trunk."""
    days: defaultdict[date, Counter[Mode]] = defaultdict(Counter)
    for legs in view.legs_by_worker.values():
        days[view.local(legs[0].departs_at).date()][_trunk_mode(view, legs)] += 1
    return [(day, {mode: heads[mode] for mode in Mode}) for day, heads in sorted(days.items())]


def reasons(view: View) -> list[ReasonLine]:
    """Reasons for people not served, most frequent first. A remedy that names the person stays out of the report."""
    groups: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for unserved in view.unserved.values():
        named = view.workers[unserved.worker_id].name in unserved.remedy
        groups[unserved.reason]["" if named else unserved.remedy] += 1
    lines = [
        ReasonLine(reason, own.total(), min(own, key=lambda r: (not r, -own[r], r))) for reason, own in groups.items()
    ]
    return sorted(lines, key=lambda line: (-line.people, line.reason))


def left_out(view: View) -> list[LeftOut]:
    """Everybody without a place, by county, then number."""
    see = disclosure(Audience.OFFICE)
    people = [
        LeftOut(
            shown_name(worker.name, see.name),
            worker.worker_id,
            worker.home.county_name,
            view.employers[worker.employer_id].name,
            view.unserved[worker.worker_id].reason,
        )
        for worker in (view.workers[worker_id] for worker_id in view.unserved)
    ]
    return sorted(people, key=lambda person: (person.county, person.number))


def _load(view: View, trips: Iterable[Trip]) -> float | None:
    """Seats taken at the fullest point over seats hired; seats bought one by one are full by definition."""
    hired = [t for t in trips if t.offer_id in view.offers and view.offers[t.offer_id].basis is Basis.CHARTER]
    seats = sum(trip.seats for trip in hired)
    return sum(max(call.onboard_after for call in trip.calls) for trip in hired) / seats if seats else None


def _trunk_mode(view: View, legs: tuple[Leg, ...]) -> Mode:
    trips = [view.trips[leg.trip_id] for leg in legs]
    return next((trip.mode for trip in trips if trip.role is Role.TRUNK), trips[-1].mode)
