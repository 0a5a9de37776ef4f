"""The report's numbers, each derived from the plan's trips, legs and costs rather than copied from a summary."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from dispatch.model.plan import Leg, Trip
from dispatch.model.supply import Basis, Mode, Role
from dispatch.publish.view import View

SHOWN_PLACES = 15
SHOWN_NAMES = 3


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
class PlaceLine:
    """A county's or city's people and cost; an empty name gathers the places beyond those shown."""

    name: str
    people: int
    cost_fen: int


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """How many people a reason leaves out, and the remedy named most often."""

    reason: str
    people: int
    remedy: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """What must be booked by ``due``: departures of one day, mode and basis; ``late`` when ``due`` was past already."""

    due: date
    travel: date
    mode: Mode
    basis: Basis
    trips: int
    people: int
    names: tuple[str, ...]
    more: int
    late: bool


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


def by_county(view: View) -> list[PlaceLine]:
    """People and cost by sending county."""
    heads = Counter(view.workers[w].home.county_name for w in view.legs_by_worker)
    costs: Counter[str] = Counter()
    for line in view.plan.costs:
        costs[line.sending_county] += line.cost_fen
    return _largest(heads, costs)


def by_city(view: View) -> list[PlaceLine]:
    """People and cost by receiving city."""
    costs: Counter[str] = Counter()
    for line in view.plan.costs:
        costs[line.receiving_city] += line.cost_fen
    return _largest(Counter({city.name: city.people for city in view.cities}), costs)


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


def night_arrivals(view: View) -> list[tuple[date, int, list[tuple[str, int]]]]:
    """(day, people, people by city) who reach their employer between 22:00 and 06:00; cities with most people first."""
    found: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for worker_id, legs in view.legs_by_worker.items():
        at = view.local(legs[-1].arrives_at)
        if at.hour >= 22 or at.hour < 6:
            found[at.date()][view.employers[view.workers[worker_id].employer_id].city] += 1
    by_city = {day: sorted(own.items(), key=lambda c: (-c[1], c[0])) for day, own in found.items()}
    return [(day, found[day].total(), by_city[day]) for day in sorted(found)]


def deadlines(view: View) -> list[Deadline]:
    """What must be booked until when, by each quote's lead in days before the departure."""
    made = view.local(view.plan.made_at).date()
    groups: defaultdict[tuple[date, date, Mode, Basis], list[Trip]] = defaultdict(list)
    for trip in view.plan.trips:
        if offer := view.offers.get(trip.offer_id):
            travel = view.local(trip.departs_at).date()
            groups[travel - timedelta(days=offer.book_days_before), travel, trip.mode, offer.basis].append(trip)
    return [_deadline(key, own, made) for key, own in sorted(groups.items())]


def funding(view: View) -> list[tuple[str, int, int]]:
    """(kind, accepted, carried by the plan) for the subsidy accounts, most people first."""
    accepted = Counter(worker.funding for worker in view.workers.values())
    carried = Counter(view.workers[w].funding for w in view.legs_by_worker)
    return sorted(((kind, n, carried[kind]) for kind, n in accepted.items()), key=lambda row: (-row[1], row[0]))


def _deadline(key: tuple[date, date, Mode, Basis], trips: list[Trip], made: date) -> Deadline:
    due, travel, mode, basis = key
    names = sorted({(trip.operator if mode is Mode.COACH else trip.vehicle) or trip.offer_id for trip in trips})
    heads = sum(trip.passengers for trip in trips)
    shown = tuple(names[:SHOWN_NAMES])
    return Deadline(due, travel, mode, basis, len(trips), heads, shown, len(names) - len(shown), late=due < made)


def _load(view: View, trips: Iterable[Trip]) -> float | None:
    """Seats taken at the fullest point over seats hired; seats bought one by one are full by definition."""
    hired = [t for t in trips if t.offer_id in view.offers and view.offers[t.offer_id].basis is Basis.CHARTER]
    seats = sum(trip.seats for trip in hired)
    return sum(max(call.onboard_after for call in trip.calls) for trip in hired) / seats if seats else None


def _largest(heads: Counter[str], costs: Counter[str]) -> list[PlaceLine]:
    names = sorted(heads.keys() | costs.keys(), key=lambda name: (-heads[name], -costs[name], name))
    lines = [PlaceLine(name, heads[name], costs[name]) for name in names]
    shown, rest = lines[:SHOWN_PLACES], lines[SHOWN_PLACES:]
    if rest:
        shown.append(PlaceLine("", sum(line.people for line in rest), sum(line.cost_fen for line in rest)))
    return shown


def _trunk_mode(view: View, legs: tuple[Leg, ...]) -> Mode:
    trips = [view.trips[leg.trip_id] for leg in legs]
    return next((trip.mode for trip in trips if trip.role is Role.TRUNK), trips[-1].mode)
