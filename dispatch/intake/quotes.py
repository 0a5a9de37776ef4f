"""Whether quotes and road times can be meant: times, seats and prices held against what vehicles do and cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from dispatch.config import QuotePolicy
from dispatch.intake.cells import as_text
from dispatch.intake.table import Table, mapped, only
from dispatch.model.notice import Severity
from dispatch.model.supply import Basis, Mode, OfferCall, Stop
from dispatch.model.units import Position, great_circle_m

_WARN = Severity.WARNING
# The stops of one town may share a point, and a timetable's minutes are whole.
_NEAR_KM, _ROUNDING_MIN = 5.0, 1
# The search looks at each train and flight of a charter by itself.
_MOST_VEHICLES = 1_000
Points = dict[str, Position]


@dataclass(frozen=True, slots=True)
class Quotes:
    """What the rows of the offers say; ``money`` is fixed, a kilometre, an hour and a seat in fen.

    ``calls`` are those of a timetable, even where the plan does not use it.
    """

    modes: pd.Series[Any]
    bases: pd.Series[Any]
    seats: pd.Series[Any]
    available: pd.Series[Any]
    money: tuple[pd.Series[Any], ...]
    calls: Sequence[tuple[OfferCall, ...]]


def check_quotes(table: Table, quotes: Quotes, stops: Sequence[Stop], policy: QuotePolicy) -> None:
    """Warnings about quotes that are possible and hardly meant, and about the same quote twice.

    A journey faster than its mode is an error: every plan would be built on it.
    """
    points = {s.stop_id: s.position for s in stops}
    limits = {Mode.COACH: policy.coach_kmh, Mode.TRAIN: policy.train_kmh, Mode.FLIGHT: policy.flight_kmh}
    speeds = mapped(table.frame.index, [_fastest(calls, points) for calls in quotes.calls])
    top = quotes.modes.map(limits).astype(float)
    fast = (speeds.astype(float) > top) & ~table.refused
    shown = only(speeds, fast, lambda kmh: str(round(kmh)))
    table.flag("arrives", fast, "too_fast", values=shown, limit=top.map(lambda kmh: f"{kmh:g}"))
    _check_seats(table, quotes, policy)
    _check_prices(table, quotes, policy)
    # An offer_id tells two quotes apart that are otherwise one.
    said = [key for key in table.frame.columns if key != "offer_id"]
    rows = ["\x1f".join(map(as_text, cells)) for cells in table.frame[said].itertuples(index=False)]
    table.duplicates("offer_id", mapped(table.frame.index, rows), "offer_twice", severity=_WARN)


def _check_seats(table: Table, quotes: Quotes, policy: QuotePolicy) -> None:
    limits = {Mode.COACH: policy.coach_seats, Mode.TRAIN: policy.train_seats, Mode.FLIGHT: policy.flight_seats}
    most = quotes.modes.map(limits).astype(float)
    # Of a charter so many vehicles are to be had, of an allotment or a ticket so many seats of one departure.
    available, chartered = quotes.available.astype(float), quotes.bases == Basis.CHARTER
    vehicles = available.where(chartered & (quotes.modes != Mode.COACH), 0)
    table.flag("available", vehicles > _MOST_VEHICLES, "many_vehicles", limit=str(_MOST_VEHICLES))
    limit = most.map(lambda limit: f"{limit:.0f}")
    table.flag("seats", quotes.seats.astype(float) > most, "many_seats", severity=_WARN, limit=limit)
    table.flag("available", available.where(~chartered, 0) > most, "many_available", severity=_WARN, limit=limit)
    table.flag("available", (quotes.available == 0).astype(bool), "available_none", severity=_WARN)


def _check_prices(table: Table, quotes: Quotes, policy: QuotePolicy) -> None:
    fixed, km, hour, seat = (column.fillna(0).astype(float) for column in quotes.money)
    table.flag("seat_cost", (fixed + km + hour + seat) == 0, "price_missing", severity=_WARN)
    seats = quotes.seats.astype(float)
    share = fixed / seats.where(seats > 0)
    for key, price, limit in (
        ("seat_cost", seat, policy.seat_cost),
        ("fixed_cost", share, policy.hire_per_seat),
    ):
        dear = price / 100 > limit
        shown = only(price, dear, lambda fen: f"{fen / 100:.0f}")
        table.flag(key, dear, "price_high", severity=_WARN, values=shown, limit=f"{limit:g}")


def _fastest(calls: Sequence[OfferCall], points: Points) -> float:
    """The speed of the fastest of a journey's parts in km/h by great circle; 0 where positions are unknown."""
    return max((_kmh(a, b, points) for a, b in pairwise(calls)), default=0.0)


def _kmh(a: OfferCall, b: OfferCall, points: Points) -> float:
    km = _straight_km(points.get(a.stop_id), points.get(b.stop_id))
    minutes = b.arrives_min - a.departs_min
    return 60 * km / (minutes + _ROUNDING_MIN) if km > _NEAR_KM and minutes >= 0 else 0.0


def _straight_km(a: Position | None, b: Position | None) -> float:
    return great_circle_m(a, b) / 1000 if a and b else 0.0


def check_roads(
    table: Table,
    ends: tuple[pd.Series[Any], pd.Series[Any]],
    minutes: pd.Series[Any],
    km: pd.Series[Any],
    stops: Sequence[Stop],
    policy: QuotePolicy,
) -> None:
    """Warnings about road times that no coach drives, and roads shorter than the great circle."""
    points = {s.stop_id: s.position for s in stops}
    straight = mapped(km.index, [_straight_km(points.get(a), points.get(b)) for a, b in zip(*ends, strict=True)])
    straight, road, time = straight.astype(float), km.astype(float), minutes.astype(float)
    short = (straight > _NEAR_KM) & (road < straight * 0.99)
    told = only(straight, short, lambda distance: f"{distance:.0f}")
    table.flag("km", short, "km_too_short", severity=_WARN, straight=told)
    speed = 60 * road / (time + _ROUNDING_MIN)
    fast = (speed > policy.coach_kmh) & (road > _NEAR_KM)
    shown = only(speed, fast, lambda kmh: f"{kmh:.0f}")
    table.flag("minutes", fast, "too_fast", severity=_WARN, values=shown, limit=f"{policy.coach_kmh:g}")
