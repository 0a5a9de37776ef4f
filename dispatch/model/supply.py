"""Places and transport on offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dispatch.model.units import DailyHours, Position


class Mode(StrEnum):
    """Means of transport."""

    COACH = "coach"
    TRAIN = "train"
    FLIGHT = "flight"


class Basis(StrEnum):
    """How seats are bought: the whole vehicle, a block of one departure, or an ordinary seat."""

    CHARTER = "charter"
    ALLOTMENT = "allotment"
    TICKET = "ticket"


class Role(StrEnum):
    """What a vehicle is used for; ``ANY`` only in offers, a trip has one of the others."""

    ANY = "any"
    FEEDER = "feeder"
    TRUNK = "trunk"
    LAST_MILE = "last_mile"


class StopKind(StrEnum):
    """What sort of place a stop is."""

    ASSEMBLY = "assembly"
    COACH_STATION = "coach_station"
    RAIL_STATION = "rail_station"
    AIRPORT = "airport"
    SERVICE_STATION = "service_station"
    GATE = "gate"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where people board or alight; ``made`` marks a stop the tool made at a township or county seat.

    ``township`` is resolved for somebody's home only: it stands for the home wherever a name would tell too much.
    """

    stop_id: str
    name: str
    kind: StopKind
    city: str
    district: str
    position: Position
    hours: DailyHours | None = None
    made: bool = False
    township: str = ""


@dataclass(frozen=True, slots=True)
class Employer:
    """A receiving site: a factory, a service station, a school, a parent's address. Its gate is the stop of the
    same id; ``private`` marks somebody's home.
    """

    employer_id: str
    name: str
    city: str
    district: str
    address: str
    position: Position
    headcount: int | None
    hours: DailyHours
    contact: str = ""
    phone: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class OfferCall:
    """A scheduled call of a train or flight, minutes after local midnight of the departure's date (may pass 1440).

    ``arrives_min`` of the first call equals its ``departs_min``; ``departs_min`` of the last equals its
    ``arrives_min``.
    """

    stop_id: str
    arrives_min: int
    departs_min: int
    board: bool
    alight: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A quote. Money in fen (per metre-thousand for ``km_fen``, per hour for ``hour_fen``, per person for
    ``seat_fen``).

    A train or flight always has ``calls`` (two when the file gives origin and destination only); a coach has
    ``base_stop``. ``available`` counts vehicles a day for a charter, seats a day for an allotment or ticket.
    It runs from ``from_date`` to ``to_date``, on all days or on the ``days`` given.
    """

    offer_id: str
    mode: Mode
    basis: Basis
    operator: str
    vehicle: str
    seats: int
    seat_layout: str
    available: int
    from_date: date
    to_date: date
    base_stop: str
    calls: tuple[OfferCall, ...]
    fixed_fen: int
    km_fen: int
    hour_fen: int
    seat_fen: int
    min_passengers: int
    role: Role
    book_days_before: int
    days: frozenset[date] | None = None

    def __post_init__(self) -> None:
        if self.seats < 1:
            raise ValueError(f"offer {self.offer_id}: seats={self.seats}; give 1 or more")
        if self.mode is not Mode.COACH and len(self.calls) < 2:
            raise ValueError(f"offer {self.offer_id}: a {self.mode} needs an origin and a destination with times")

    def runs_on(self, day: date) -> bool:
        """Whether it can be had on a date; a train that calls after midnight belongs to the date it set out."""
        return self.from_date <= day <= self.to_date and (self.days is None or day in self.days)
