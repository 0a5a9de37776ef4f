"""The instance the solver sees: integer minutes, metres and fen; no names of people beyond their ids.

Times count minutes from ``Problem.epoch`` (local midnight of the first day of the horizon); a place of the network is
an index into ``Problem.stops``.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dispatch.model.supply import Mode, Role, Stop
from dispatch.model.units import DAY_MIN


@dataclass(frozen=True, slots=True)
class TravelTimes:
    """Road minutes and metres between all pairs of stops, row-major ``array('i')`` of n*n; ``source`` labels where
    they come from. ``gaps`` lists pairs (from, to) between which a road was asked for and none is known: their numbers
    mean nothing.
    """

    n: int
    minutes: array[int]
    metres: array[int]
    source: str
    gaps: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if len(self.minutes) != self.n * self.n or len(self.metres) != self.n * self.n:
            raise ValueError(f"travel times hold {len(self.minutes)} entries for {self.n} stops")


@dataclass(frozen=True, slots=True)
class Demand:
    """An SND commodity: parties of one size that share access stops, gate, window and restrictions.

    ``access`` lists boarding stops, nearest first; ``parties`` the worker ids of each party.
    """

    access: tuple[int, ...]
    gate: int
    release_min: int
    due_min: int
    barred: frozenset[Mode]
    party_size: int
    parties: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class CoachType:
    """A coach offer as a VRP vehicle type: costs in fen, days counted from the horizon's first day, both ends
    included.
    """

    offer_id: str
    role: Role
    seats: int
    available_per_day: int
    first_day: int
    last_day: int
    base: int
    fixed_fen: int
    km_fen: int
    hour_fen: int
    seat_fen: int
    min_passengers: int


@dataclass(frozen=True, slots=True)
class DepartureCall:
    """A call of a scheduled departure in minutes from the epoch."""

    stop: int
    arrives_min: int
    departs_min: int
    board: bool
    alight: bool


@dataclass(frozen=True, slots=True)
class Departure:
    """One train or flight on one date. ``copies`` vehicles can be hired (charter); else ``seats`` are what may be
    bought that day.
    """

    offer_id: str
    mode: Mode
    day: int
    calls: tuple[DepartureCall, ...]
    seats: int
    copies: int
    fixed_fen: int
    seat_fen: int
    min_passengers: int


@dataclass(frozen=True, slots=True)
class DrivingRules:
    """``drive.*`` rules, minutes and metres. Night runs from ``night_from`` to ``night_to`` and the curfew
    likewise, minutes after midnight. A second driver is due above ``second_driver_m``.
    """

    continuous: int = 240
    continuous_night: int = 120
    rest: int = 20
    night_from: int = 22 * 60
    night_to: int = 6 * 60
    daily: int = 480
    weekly: int = 44 * 60
    curfew_from: int = 2 * 60
    curfew_to: int = 5 * 60
    curfew_exempt_m: int = 200_000
    second_driver_m: int = 400_000
    swap: int = 5


@dataclass(frozen=True, slots=True)
class RideLimits:
    """``coach.ride_max``: the most minutes one person may sit in one coach, from leaving the boarding stop to arriving
    where they alight, by the coach's role; ``None`` is no limit.
    """

    feeder: int | None = None
    last_mile: int | None = None
    direct: int | None = None

    def of(self, role: Role) -> int | None:
        """The limit on a coach trip of a role."""
        return {Role.FEEDER: self.feeder, Role.LAST_MILE: self.last_mile, Role.TRUNK: self.direct}[role]


@dataclass(frozen=True, slots=True)
class ConnectionRules:
    """``connect.min`` in minutes."""

    coach_to_rail: int = 60
    coach_to_air: int = 120
    rail_to_coach: int = 30
    air_to_coach: int = 45

    def before(self, mode: Mode) -> int:
        """Minutes between a feeder's arrival and the departure of a train or flight."""
        return self.coach_to_air if mode is Mode.FLIGHT else self.coach_to_rail

    def after(self, mode: Mode) -> int:
        """Minutes between the arrival of a train or flight and the last-mile coach."""
        return self.air_to_coach if mode is Mode.FLIGHT else self.rail_to_coach


@dataclass(frozen=True, slots=True)
class Square:
    """``square.hour``: the most people and coaches that may leave a boarding stop by coach in one clock hour; ``None``
    is no limit.
    """

    stop: int
    people_per_hour: int | None = None
    coaches_per_hour: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A whole instance; validates that every index is inside its list."""

    name: str
    epoch: datetime
    days: int
    stops: tuple[Stop, ...]
    travel: TravelTimes
    demands: tuple[Demand, ...]
    coaches: tuple[CoachType, ...]
    departures: tuple[Departure, ...]
    driving: DrivingRules
    connections: ConnectionRules
    coach_base_m: int
    dwell_min: int
    value_of_time_fen_per_hour: int
    pruned: dict[str, int]
    ride_limits: RideLimits = RideLimits()
    squares: tuple[Square, ...] = ()

    def __post_init__(self) -> None:
        n = len(self.stops)
        if self.travel.n != n:
            raise ValueError(f"travel times cover {self.travel.n} stops, the problem has {n}")
        for d in self.demands:
            if not (0 <= d.gate < n and all(0 <= a < n for a in d.access)):
                raise ValueError("a demand names a stop outside the problem")
        for t in self.departures:
            if any(not 0 <= c.stop < n for c in t.calls):
                raise ValueError(f"departure {t.offer_id} names a stop outside the problem")
        if any(not 0 <= s.stop < n for s in self.squares):
            raise ValueError("a square is a stop outside the problem")

    @property
    def heads(self) -> int:
        """Number of people."""
        return sum(d.party_size * len(d.parties) for d in self.demands)

    def instant(self, minute: int) -> datetime:
        """The aware instant of a minute of the problem, by wall clock of the epoch's zone."""
        return self.epoch + timedelta(minutes=minute)

    def day_of(self, minute: int) -> int:
        """The day of the horizon a minute falls on."""
        return minute // DAY_MIN


@dataclass(frozen=True, slots=True)
class PreviousTrip:
    """A trip of an earlier plan: offer, whether it is a coach, role, first departure, ids of the stops in order."""

    offer_id: str
    coach: bool
    role: Role
    departs_at: datetime
    stops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreviousRide:
    """A part of somebody's journey in an earlier plan: a trip, and the stops it was boarded and left at."""

    trip_id: str
    board_stop: str
    alight_stop: str


@dataclass(frozen=True, slots=True)
class PreviousPlan:
    """An earlier plan: its trips by id, and the rides of each worker it served, in order."""

    trips: dict[str, PreviousTrip]
    journeys: dict[str, tuple[PreviousRide, ...]]


@dataclass(frozen=True, slots=True)
class RunCall:
    """A call of a coach run; ``stop`` is -1 for a rest or swap, ``leg_share`` tells how far along the current leg
    it lies (0-1).
    """

    stop: int
    arrives_min: int
    departs_min: int
    rest_min: int
    leg_share: float = 0.0


@dataclass(frozen=True, slots=True)
class CoachRun:
    """A timed coach trip: offer, role, drivers, calls in order, road metres."""

    coach: int
    role: Role
    drivers: int
    calls: tuple[RunCall, ...]
    distance_m: int


@dataclass(frozen=True, slots=True)
class RideLeg:
    """Part of an itinerary: on run ``index`` of ``SolveResult.runs`` (coach) or ``.used`` (train, flight), between
    two calls.
    """

    is_coach: bool
    index: int
    from_call: int
    to_call: int


@dataclass(frozen=True, slots=True)
class Itinerary:
    """What one party does: demand, party number inside it, and one to three legs."""

    demand: int
    party: int
    legs: tuple[RideLeg, ...]


@dataclass(frozen=True, slots=True)
class UsedDeparture:
    """One hired or booked vehicle of a departure."""

    departure: int
    copy: int


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change that gives a party a way, where those in ``also`` are made too; ``values`` are what its text names and
    what is needed to make it.
    """

    code: str
    values: tuple[tuple[str, str], ...] = ()
    also: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True)
class NotServed:
    """A party left out, with its reason code, the values that the reason's text names, and remedies each of which is
    enough, the least first.
    """

    demand: int
    party: int
    reason: str
    about: tuple[tuple[str, str], ...] = ()
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """A lower bound in fen with the price per person of each group that proves it; ``scope`` says in words what it
    covers.

    Groups are the demands with boarding stops, those that differ in party size only counted once, in order of
    appearance.
    """

    value_fen: int
    unserved: int
    scope: str
    prices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SolveResult:
    """What the solver found. ``status`` maps each stage to optimal, feasible or no_solution; ``interrupted`` says that
    the search was told to end before its time, ``warm`` that it began from an earlier plan. ``pruned`` counts the rides
    (a group of people on a trunk leg), and those of them that no best plan needs, by why.
    """

    runs: tuple[CoachRun, ...]
    used: tuple[UsedDeparture, ...]
    itineraries: tuple[Itinerary, ...]
    not_served: tuple[NotServed, ...]
    objective_fen: int
    bound: Bound
    trunk_objective_fen: int
    trunk_bound_fen: int
    status: dict[str, str]
    iterations: int
    interrupted: bool = False
    warm: bool = False
    pruned: Mapping[str, int] = field(default_factory=dict)
