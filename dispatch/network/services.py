"""What can run: each coach offer as a vehicle type for each of its runs of days, each train or flight offer on each of
its dates as a departure.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

from dispatch.config import Horizon, Settings
from dispatch.model.problem import CoachType, Departure, DepartureCall
from dispatch.model.supply import Basis, Mode, Offer, Stop
from dispatch.model.units import DAY_MIN, Position, great_circle_m


def usable_seats(seats: int, cap: float) -> int:
    """Seats that ``load.cap`` leaves, at least one."""
    return max(1, math.floor(seats * cap + 1e-9))


def coach_types(offers: Sequence[Offer], settings: Settings, stop_index: Mapping[str, int]) -> tuple[CoachType, ...]:
    """Every coach offer on its days of the horizon: a type for each run of consecutive days, all with its id."""
    return tuple(
        CoachType(
            offer_id=o.offer_id,
            role=o.role,
            seats=usable_seats(o.seats, settings.policy.load.cap),
            available_per_day=o.available,
            first_day=first,
            last_day=last,
            base=stop_index[o.base_stop],
            fixed_fen=o.fixed_fen,
            km_fen=o.km_fen,
            hour_fen=o.hour_fen,
            seat_fen=o.seat_fen,
            min_passengers=o.min_passengers,
        )
        for o in offers
        if o.mode is Mode.COACH and o.available > 0
        for first, last in _runs(_days(o, settings.horizon))
    )


def departures(
    offers: Sequence[Offer], settings: Settings, stop_index: Mapping[str, int], stops: Sequence[Stop]
) -> tuple[Departure, ...]:
    """Every train or flight offer on each date inside its own dates and the horizon."""
    return tuple(
        _departure(offer, day, settings.policy.load.cap, stop_index, stops)
        for offer in offers
        if offer.mode is not Mode.COACH and offer.available > 0
        for day in _days(offer, settings.horizon)
    )


def _days(offer: Offer, horizon: Horizon) -> list[int]:
    """The days of the horizon on which an offer runs, in order."""
    within = range((horizon.to_date - horizon.from_date).days + 1)
    return [day for day in within if offer.runs_on(horizon.from_date + timedelta(days=day))]


def _runs(days: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of consecutive days."""
    firsts = [day for day in days if day - 1 not in days]
    lasts = [day for day in days if day + 1 not in days]
    return zip(firsts, lasts, strict=True)


def _hire(offer: Offer, positions: Sequence[Position]) -> int:
    """The cost that does not depend on people: a scheduled vehicle's kilometres (great circle) and hours are known."""
    metres = round(sum(great_circle_m(a, b) for a, b in pairwise(positions)))
    minutes = offer.calls[-1].arrives_min - offer.calls[0].departs_min
    return offer.fixed_fen + round(offer.km_fen * metres / 1000 + offer.hour_fen * minutes / 60)


def _open(stop: Stop, minute: int) -> bool:
    return stop.hours is None or stop.hours.contains(minute)


def _departure(offer: Offer, day: int, cap: float, stop_index: Mapping[str, int], stops: Sequence[Stop]) -> Departure:
    charter = offer.basis is Basis.CHARTER
    seats = usable_seats(offer.seats, cap) if charter else min(usable_seats(offer.seats, cap), offer.available)
    return Departure(
        offer_id=offer.offer_id,
        mode=offer.mode,
        day=day,
        calls=tuple(
            DepartureCall(
                stop=stop_index[c.stop_id],
                arrives_min=day * DAY_MIN + c.arrives_min,
                departs_min=day * DAY_MIN + c.departs_min,
                board=c.board and _open(stops[stop_index[c.stop_id]], c.departs_min),
                alight=c.alight and _open(stops[stop_index[c.stop_id]], c.arrives_min),
            )
            for c in offer.calls
        ),
        seats=seats,
        copies=offer.available if charter else 1,
        fixed_fen=_hire(offer, [stops[stop_index[c.stop_id]].position for c in offer.calls]),
        seat_fen=offer.seat_fen,
        min_passengers=offer.min_passengers,
    )
