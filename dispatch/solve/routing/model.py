"""What is asked and what is answered: integer minutes, metres and fen, places as rows of the matrices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer]

NEVER = 1 << 40  # the end of a window that does not end, in minutes
MISSING = 100_000_000  # metres; an arc so long or longer is a road that is not there


class Shape(StrEnum):
    """Which way people go: to the hub (trips end there), from it (trips end at their last stop), or round and back."""

    GATHER = "gather"
    SPREAD = "spread"
    ROUND = "round"


@dataclass(frozen=True, slots=True)
class Request:
    """People at one place: sizes of their parties, each of which stays whole; one party of n is n units of goods.

    The coach leaves the place (``GATHER``) or comes to it (the others) between ``earliest`` and ``latest``. ``hub_min``
    is when the coach is at the hub at the latest (``GATHER``), or leaves it at the earliest (the others).
    """

    place: int
    parties: tuple[int, ...]
    hub_min: int = 0
    earliest: int = 0
    latest: int = NEVER

    def __post_init__(self) -> None:
        if not self.parties or min(self.parties) < 0:
            raise ValueError(f"request at place {self.place}: parties {self.parties}; give at least one, none negative")
        if self.earliest < 0 or self.hub_min < 0:
            raise ValueError(f"request at place {self.place}: times before minute 0; count from an earlier epoch")


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle type: ``available`` of them, each for one trip. ``km_fen`` is fen a kilometre, ``hour_fen`` an hour,
    ``seat_fen`` a person. ``begins`` are the places where a trip that gathers may begin; None means anywhere.
    """

    name: str
    seats: int
    available: int
    fixed_fen: int
    km_fen: int
    hour_fen: int = 0
    seat_fen: int = 0
    min_passengers: int = 0
    begins: frozenset[int] | None = None

    def __post_init__(self) -> None:
        if self.seats < 1 or self.available < 0:
            raise ValueError(
                f"vehicle {self.name}: seats={self.seats}, available={self.available}; give 1 and 0 or more"
            )
        if min(self.fixed_fen, self.km_fen, self.hour_fen, self.seat_fen) < 0:
            raise ValueError(f"vehicle {self.name}: negative price")


@dataclass(frozen=True, slots=True, eq=False)
class RoutingProblem:
    """A whole instance. ``minutes`` and ``metres`` have shape (places, places) and whole numbers.

    A coach stands ``dwell_min`` at each place it visits, apart from an open trip's first or last one and the hub.
    ``hub_opens`` to ``hub_closes`` is when a coach may come to the hub (``GATHER``) or leave it. ``ride_limit_min``
    holds for whole trips, so for everybody's ride. A minute of a person from boarding to ``hub_min`` (``GATHER``), or
    from ``hub_min`` to alighting, counts by ``value_of_time_fen_per_hour``.
    """

    shape: Shape
    hub: int
    minutes: Ints
    metres: Ints
    requests: tuple[Request, ...]
    vehicles: tuple[Vehicle, ...]
    dwell_min: int = 0
    hub_opens: int = 0
    hub_closes: int = NEVER
    ride_limit_min: int = NEVER
    value_of_time_fen_per_hour: int = 0

    def __post_init__(self) -> None:
        n = len(self.minutes)
        for name, matrix in (("minutes", self.minutes), ("metres", self.metres)):
            if matrix.shape != (n, n) or not np.issubdtype(matrix.dtype, np.integer):
                raise ValueError(f"{name} has shape {matrix.shape} of {matrix.dtype}; give integers, one row a place")
            if n and (matrix.min() < 0 or matrix.diagonal().any()):
                raise ValueError(f"{name} holds negative entries, or a way from a place to itself")
        if not all(0 <= p < n for p in (self.hub, *(r.place for r in self.requests))):
            raise ValueError(f"the hub or a request lies outside the {n} places")
        if any(r.place == self.hub for r in self.requests):
            raise ValueError("a request lies at the hub itself; nobody there needs a ride")


@dataclass(frozen=True, slots=True)
class Visit:
    """A stop of a trip and who boards or alights there: (request, party) pairs."""

    place: int
    arrives_min: int
    departs_min: int
    parties: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Trip:
    """One vehicle's stops in order without the hub; ``starts_min`` and ``ends_min`` include the hub."""

    vehicle: int
    visits: tuple[Visit, ...]
    starts_min: int
    ends_min: int
    metres: int
    people: int
    cost_fen: int
    person_minutes: int

    @property
    def parties(self) -> Iterator[tuple[int, int]]:
        """(request, party) of everybody aboard."""
        return (party for visit in self.visits for party in visit.parties)


@dataclass(frozen=True, slots=True)
class Routes:
    """The answer: trips, parties left out, trips with fewer people than their vehicle's minimum, the search's rounds.

    ``value_fen`` is ``cost_fen`` and the riders' time, without anything for who is left out.
    """

    trips: tuple[Trip, ...]
    unserved: tuple[tuple[int, int], ...]
    short: tuple[int, ...]
    left_out: int
    cost_fen: int
    value_fen: float
    iterations: int
