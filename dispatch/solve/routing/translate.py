"""The problem in PyVRP's words, exactly: thousandths of a fen, metres, minutes.

What its traps are, and what is done here (PyVRP 0.14): an open trip ends at a virtual depot with arcs of length zero;
the stand at a place lies on the arcs that leave it, so that several chunks of one place stand once; arcs that are
missing or a vehicle may not use break ``max_distance``, since a long arc alone is only dear; prices go in whole and the
bounds of the penalties follow them, since at fixed ones dear vehicles make an overfull one the cheaper choice; who may
be left out carries a prize above anything that serving can cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyvrp import (
    Client,
    Depot,
    IteratedLocalSearchParams,
    Location,
    PenaltyParams,
    ProblemData,
    SolveParams,
    VehicleType,
)
from pyvrp.search import NeighbourhoodParams, PerturbationParams

from dispatch.solve.routing.model import MISSING, NEVER, Ints, Shape, Vehicle
from dispatch.solve.routing.outward import Chunk, Outward

# Measured on heterogeneous fleets in five seconds: mean gap 0.8 % with these, 2.0 % with PyVRP's own. Time windows need
# more neighbours: 8 % on a thousand customers in four seconds, 12 % with the fewer.
NEIGHBOURS, NEIGHBOURS_IN_TIME, PERTURBATIONS, HISTORY = 20, 50, 10, 100

ABOARD = 0.5  # of its seats that a vehicle fills on the mean minute: PyVRP prices a vehicle's time, not a rider's
PRIZE = 2  # of a person, in dearest trips: nobody is left out to save money
UNLIMITED = int(np.iinfo(np.int64).max)  # PyVRP's word for no limit, which spares it the sum
REACH_CAP = 1 << 36  # of what a trip may cost in the penalties' bounds, lest they overflow


@dataclass(frozen=True, slots=True)
class Scale:
    """Dearest trip to one place and back, and largest arc, in thousandths of a fen; people of the largest chunk."""

    reach: int
    arc: int
    heads: int


@dataclass
class Penalties(PenaltyParams):
    """Penalties that start near the prices of the problem, not at half of a fixed maximum."""

    load: float = 1.0
    warp: float = 1.0

    def midpoint_penalties(self, data: ProblemData) -> tuple[list[float], float, float]:
        """What a person too many, a minute too late and a metre too far cost at first."""
        return [self.load] * data.num_load_dimensions, self.warp, self.warp


def scale_of(view: Outward, chunks: Sequence[Chunk]) -> Scale:
    """How dear trips are: bounds for penalties and prizes."""
    places = sorted({c.place for c in chunks})
    hub = [view.problem.hub]
    there, back = view.metres[np.ix_(hub, places)], view.metres[np.ix_(places, hub)].T
    ways = np.minimum(there, MISSING) + (np.minimum(back, MISSING) if view.returns else 0)
    between = view.metres[np.ix_(places, places)]
    km = max(v.km_fen for v in view.problem.vehicles)
    far = int(ways[ways < MISSING].max(initial=1))
    arc = int(between[between < MISSING].max(initial=0)) or far
    minutes = int(view.minutes[np.ix_(hub, places)].max(initial=1)) + view.dwell
    hire = max(v.fixed_fen for v in view.problem.vehicles) * 1000
    reach = hire + km * (far + arc) + 2 * minutes * max(minute_price(view, v) for v in view.problem.vehicles)
    return Scale(min(REACH_CAP, max(1000, reach)), max(1, km * arc), max(1, *(c.heads for c in chunks)))


def penalties(scale: Scale, required: bool) -> Penalties:
    """Bounds that make any violation dearer than another trip, and first values of the size of ten arcs.

    Where people may be left out, one person too many or one minute too late costs more than the largest prize.
    """
    if not required:
        most = float(2 * PRIZE * scale.reach * scale.heads)
        return Penalties(solutions_between_updates=100, max_penalty=most, load=most, warp=most)
    first = {"load": 10 * scale.arc / scale.heads, "warp": scale.arc / 6}
    return Penalties(solutions_between_updates=100, max_penalty=float(2 * scale.reach), **first)


def parameters(scale: Scale, chunks: Sequence[Chunk], required: bool, hasty: bool) -> SolveParams:
    """PyVRP's parameters, its own or ``hasty`` ones for seconds: small steps, many of them, few neighbours."""
    if not hasty:
        return SolveParams(penalty=penalties(scale, required))
    timed = any(c.early > 0 or c.late < NEVER for c in chunks)
    return SolveParams(
        ils=IteratedLocalSearchParams(history_length=HISTORY, exhaustive_on_best=False),
        penalty=penalties(scale, required),
        neighbourhood=NeighbourhoodParams(num_neighbours=NEIGHBOURS_IN_TIME if timed else NEIGHBOURS),
        perturbation=PerturbationParams(max_perturbations=PERTURBATIONS),
    )


def minute_price(view: Outward, vehicle: Vehicle) -> int:
    """Thousandths of a fen a minute of the vehicle and of those it is expected to carry."""
    riders = view.problem.value_of_time_fen_per_hour * ABOARD * vehicle.seats
    return round(1000 * (vehicle.hour_fen + riders) / 60)


def fleet(view: Outward) -> list[int]:
    """Indices of the vehicle types of which there is one."""
    return [k for k, v in enumerate(view.problem.vehicles) if v.available]


def to_pyvrp(view: Outward, chunks: Sequence[Chunk], scale: Scale, required: bool) -> ProblemData:
    """Everything as PyVRP takes it; client i is ``chunks[i]``, vehicle type i is ``fleet(view)[i]``."""
    places = [view.problem.hub, *sorted({c.place for c in chunks})]
    row = {place: i for i, place in enumerate(places)}
    end = 0 if view.returns else len(places)
    clients = [
        Client(
            location=row[c.place],
            delivery=[c.heads],
            tw_early=c.early,
            tw_late=min(c.late, NEVER),
            release_time=c.release,
            required=required,
            prize=0 if required else PRIZE * scale.reach * max(1, c.heads),
        )
        for c in chunks
    ]
    metres, minutes = _matrices(view, places)
    kinds = [view.problem.vehicles[k] for k in fleet(view)]
    groups = list(dict.fromkeys(_group(view, v) for v in kinds))  # each is a profile of its own
    distances: Any = [metres if g is None else _barred(metres, places, g) for g in groups]
    holed = bool((metres[:-1, :-1] >= MISSING).any()) or len(groups) > 1 or groups[0] is not None
    types = [_vehicle_type(view, v, end, groups.index(_group(view, v)), holed) for v in kinds]
    durations: Any = [minutes] * len(groups)
    locations = [Location(0, 0) for _ in range(len(places) + 1)]
    depots = [Depot(0), Depot(len(places))]
    return ProblemData(locations, clients, depots, types, distances, durations)


def _vehicle_type(view: Outward, v: Vehicle, end: int, profile: int, holed: bool) -> VehicleType:
    limit = view.problem.ride_limit_min
    return VehicleType(
        num_available=v.available,
        capacity=[v.seats],
        end_depot=1 if end else 0,
        fixed_cost=1000 * v.fixed_fen,
        tw_early=view.opens,
        start_late=view.closes,
        unit_distance_cost=v.km_fen,
        unit_duration_cost=minute_price(view, v),
        profile=profile,
        max_distance=MISSING - 1 if holed else UNLIMITED,
        shift_duration=limit if limit < NEVER else UNLIMITED,
    )


def _matrices(view: Outward, places: list[int]) -> tuple[Ints, Ints]:
    """Metres and minutes between the places, and to the virtual end in the last row and column."""
    n = len(places)
    metres, minutes = np.zeros((n + 1, n + 1), np.int64), np.zeros((n + 1, n + 1), np.int64)
    metres[:n, :n] = np.minimum(view.metres[np.ix_(places, places)], MISSING)
    minutes[:n, :n] = np.where(metres[:n, :n] < MISSING, view.minutes[np.ix_(places, places)], 0)
    minutes[1:n, :n] += view.dwell
    np.fill_diagonal(minutes, 0)
    return metres, minutes


Group = frozenset[int] | None


def _group(view: Outward, vehicle: Vehicle) -> Group:
    return vehicle.begins if view.problem.shape is Shape.GATHER else None


def _barred(metres: Ints, places: list[int], begins: frozenset[int]) -> Ints:
    """A copy with no arc to the virtual end from where a vehicle may not begin."""
    barred = metres.copy()
    barred[[i for i, place in enumerate(places) if i and place not in begins], -1] = MISSING
    return barred
