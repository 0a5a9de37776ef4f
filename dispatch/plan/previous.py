"""A plan as the start of another: who rode what from where to where."""

from __future__ import annotations

from collections import defaultdict

from dispatch.model.plan import Plan
from dispatch.model.problem import PreviousPlan, PreviousRide, PreviousTrip
from dispatch.model.supply import Mode


def previous_plan(plan: Plan) -> PreviousPlan:
    """The trips and journeys of a plan, without seats and names."""
    trips = {
        t.trip_id: PreviousTrip(
            t.offer_id, t.mode is Mode.COACH, t.role, t.departs_at, tuple(c.stop_id for c in t.calls if c.stop_id)
        )
        for t in plan.trips
    }
    journeys: dict[str, list[PreviousRide]] = defaultdict(list)
    for leg in sorted(plan.legs, key=lambda leg: leg.leg):
        if leg.trip_id in trips:
            journeys[leg.worker_id].append(PreviousRide(leg.trip_id, leg.board_stop, leg.alight_stop))
    return PreviousPlan(trips, {worker: tuple(rides) for worker, rides in journeys.items()})
