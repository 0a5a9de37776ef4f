"""The operating plan: one to one with the files of the plan bundle, so that publications and audit need nothing
else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dispatch.model.supply import Mode, Role
from dispatch.model.units import Position


@dataclass(frozen=True, slots=True)
class Call:
    """A row of calls.csv. A rest has an empty ``stop_id`` and ``rest_minutes`` above 0."""

    trip_id: str
    seq: int
    stop_id: str
    stop_name: str
    position: Position
    arrives_at: datetime
    departs_at: datetime
    board: int
    alight: int
    onboard_after: int
    rest_minutes: int


@dataclass(frozen=True, slots=True)
class Trip:
    """A row of trips.csv with its calls. ``cost_fen`` in fen, ``distance_m`` in metres, ``drivers`` 0 for trains
    and flights.
    """

    trip_id: str
    offer_id: str
    mode: Mode
    role: Role
    operator: str
    vehicle: str
    seats: int
    drivers: int
    origin_stop: str
    destination_stop: str
    departs_at: datetime
    arrives_at: datetime
    passengers: int
    distance_m: int
    cost_fen: int
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Leg:
    """A row of legs.csv: one person on one trip."""

    worker_id: str
    leg: int
    trip_id: str
    from_seq: int
    to_seq: int
    board_stop: str
    alight_stop: str
    departs_at: datetime
    arrives_at: datetime
    seat: str


@dataclass(frozen=True, slots=True)
class Unserved:
    """A row of unserved.csv: ``reason`` is a code, ``detail`` and ``remedy`` are sentences in the output language."""

    worker_id: str
    reason: str
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class CostLine:
    """A row of costs.csv; the lines of a trip sum to the trip's cost to the fen."""

    trip_id: str
    sending_county: str
    receiving_city: str
    employer_id: str
    passengers: int
    cost_fen: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole plan. ``summary`` is summary.json as it stands in the bundle; ``revision`` counts from 1 in the store."""

    name: str
    revision: int
    made_at: datetime
    trips: tuple[Trip, ...]
    legs: tuple[Leg, ...]
    unserved: tuple[Unserved, ...]
    costs: tuple[CostLine, ...]
    summary: dict[str, Any]
