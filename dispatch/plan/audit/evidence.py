"""What every rule looks at: the bundle and the inputs, indexed once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dispatch.config import Settings
from dispatch.model.demand import Inputs, Worker
from dispatch.model.plan import Call, Leg, Plan, Trip
from dispatch.model.supply import Employer, Mode, Offer, Stop
from dispatch.model.units import Position
from dispatch.plan.audit.road import Road, Tables


class Ride(NamedTuple):
    """A leg with what it refers to: its trip and the calls where it starts and ends."""

    leg: Leg
    trip: Trip
    start: Call
    end: Call


class Move(NamedTuple):
    """A stretch between two calls, in minutes of the local clock from the horizon's first midnight."""

    departs: int
    arrives: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """The indexed case.

    ``rides`` lists each person's legs in order, ``aboard`` each trip's; both hold only legs that resolve.
    ``problem`` is problem.json, ``tables`` the roads that it may leave out.
    """

    plan: Plan
    inputs: Inputs
    settings: Settings
    road: Road
    zone: ZoneInfo
    epoch: datetime
    workers: dict[str, Worker]
    employers: dict[str, Employer]
    offers: dict[str, Offer]
    stops: dict[str, Stop]
    seats_of_divisions: dict[str, Position]
    rides: dict[str, list[Ride]]
    aboard: dict[str, list[Ride]]
    problem: dict[str, Any]
    tables: Tables

    def minute(self, at: datetime) -> int:
        """Minutes of the local clock from the horizon's first midnight."""
        return int((at.astimezone(self.zone).replace(tzinfo=None) - self.epoch) / timedelta(minutes=1))

    def day(self, at: datetime) -> date:
        """The local date."""
        return at.astimezone(self.zone).date()

    def place(self, stop_id: str) -> Position | None:
        """Where a stop is: one of the inputs, or the seat of a division at which the tool may make one."""
        stop = self.stops.get(stop_id)
        return stop.position if stop else self.seats_of_divisions.get(stop_id)

    def coaches(self) -> Iterator[Trip]:
        """The coach trips that have at least two calls."""
        return (t for t in self.plan.trips if t.mode is Mode.COACH and len(t.calls) > 1)

    def moves(self, trip: Trip) -> list[Move]:
        """The stretches between consecutive calls."""
        return [Move(self.minute(a.departs_at), self.minute(b.arrives_at)) for a, b in pairwise(trip.calls)]


def gather(
    plan: Plan, problem: dict[str, Any], inputs: Inputs, settings: Settings, road: Road, tables: Tables
) -> Evidence:
    """Index a bundle against the inputs."""
    rides, aboard = _rides(plan)
    return Evidence(
        plan=plan,
        inputs=inputs,
        settings=settings,
        road=road,
        zone=ZoneInfo(settings.timezone),
        epoch=datetime.combine(settings.horizon.from_date, time()),
        workers={w.worker_id: w for w in inputs.workers},
        employers={e.employer_id: e for e in inputs.employers},
        offers={o.offer_id: o for o in inputs.offers},
        stops={s.stop_id: s for s in inputs.stops},
        seats_of_divisions={
            w.home.division_code: w.home.seat for w in inputs.workers if w.home.division_code and w.home.seat
        },
        rides=rides,
        aboard=aboard,
        problem=problem,
        tables=tables,
    )


def _rides(plan: Plan) -> tuple[dict[str, list[Ride]], dict[str, list[Ride]]]:
    trips = {t.trip_id: (t, {c.seq: c for c in t.calls}) for t in plan.trips}
    rides: dict[str, list[Ride]] = {}
    aboard: dict[str, list[Ride]] = {t: [] for t in trips}
    for leg in plan.legs:
        trip, calls = trips.get(leg.trip_id, (None, {}))
        start, end = calls.get(leg.from_seq), calls.get(leg.to_seq)
        if trip and start and end:
            ride = Ride(leg, trip, start, end)
            rides.setdefault(leg.worker_id, []).append(ride)
            aboard[leg.trip_id].append(ride)
    for legs in rides.values():
        legs.sort(key=lambda r: r.leg.leg)
    return rides, aboard
