"""A mixed-load routing problem in numpy arrays, and its compiled form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispatch.solve.mixed.arrays import (
    ARRIVE_FROM,
    ARRIVE_UNTIL,
    BOARD_FROM,
    BOARD_UNTIL,
    FOREVER,
    GATE,
    PLACE,
    RIDE,
    SERVICE,
    Arrays,
    Floats,
    Ints,
)

TICK_S = 1 / 64  # seconds are rounded up to it, so that sums of them are exact


@dataclass(frozen=True, slots=True)
class VehicleType:
    """Vehicles alike. Costs in any one unit of money; ``available`` in all."""

    seats: int
    available: int
    fixed: float = 0.0
    per_km: float = 0.0
    per_hour: float = 0.0


@dataclass(frozen=True, slots=True)
class MixedInstance:
    """Requests (riders at a stop for a gate) and the vehicles that may carry them, on routes open at both ends.

    Times are seconds from any one epoch, P places, N requests. Halting takes ``board_halt_s`` or ``alight_halt_s`` once
    a place, and each rider ``board_each_s`` or ``alight_each_s`` more. A vehicle arrives at a gate in the window of all
    who alight there, and begins to board in the window of those who board. A ride lasts from arrival at the stop to
    arrival at the gate. With ``one_load`` everybody boards before anybody alights.

    Raises:
        ValueError: where arrays do not fit together, a time or number of riders is senseless, or no vehicle is given.

    """

    drive_s: Floats  # (P, P)
    metres: Floats  # (P, P)
    stop: Ints  # (N,) place
    gate: Ints  # (N,) place
    riders: Ints  # (N,) at least 1
    board_from_s: Floats  # (N,) -inf where it does not matter
    board_until_s: Floats  # (N,) inf where it does not matter
    arrive_from_s: Floats  # (N,)
    arrive_until_s: Floats  # (N,)
    vehicles: tuple[VehicleType, ...]
    ride_limit_s: float = np.inf
    board_halt_s: float = 0.0
    board_each_s: float = 0.0
    alight_halt_s: float = 0.0
    alight_each_s: float = 0.0
    one_load: bool = False

    def __post_init__(self) -> None:
        requests = {len(a) for a in (self.stop, self.gate, self.riders, self.board_from_s, self.board_until_s)}
        if requests | {len(self.arrive_from_s), len(self.arrive_until_s)} != {len(self.stop)}:
            raise ValueError("requests: arrays of different lengths; give one value a request")
        if self.drive_s.shape != self.metres.shape or self.drive_s.shape != (len(self.drive_s),) * 2:
            raise ValueError(f"drive_s {self.drive_s.shape}, metres {self.metres.shape}; give two square tables alike")
        if not (np.isfinite(self.drive_s).all() and (self.drive_s >= 0).all()):
            raise ValueError(
                "drive_s: not a time; give finite seconds of 0 or more, a large one where there is no road"
            )
        if len(self.stop) and (self.riders.min() < 1 or not self.vehicles):
            raise ValueError("requests need 1 or more riders and at least one type of vehicle")


def chunks(instance: MixedInstance) -> tuple[Ints, Ints]:
    """Demand cut to what the largest vehicle seats: (request, riders) of each chunk, full ones first."""
    seats = max((v.seats for v in instance.vehicles), default=1)
    parts = -(-instance.riders // seats)
    request = np.repeat(np.arange(len(instance.stop)), parts)
    turn = np.arange(len(request)) - np.repeat(np.cumsum(parts) - parts, parts)
    return request, np.minimum(seats, instance.riders[request] - seats * turn)


def compiled(instance: MixedInstance, riders: Ints, request: Ints) -> Arrays:
    """The arrays of the search for these chunks of demand."""
    stops, stop = np.unique(instance.stop[request], return_inverse=True)
    gates, gate = np.unique(instance.gate[request], return_inverse=True)
    places = np.concatenate([stops, gates]).astype(np.int64)
    halt = np.repeat([instance.board_halt_s, instance.alight_halt_s], [len(stops), len(gates)])
    hop = _up(instance.drive_s[np.ix_(places, places)]) + _up(halt)
    np.fill_diagonal(hop, 0.0)
    metres = instance.metres[np.ix_(places, places)]
    count = len(request)
    node = np.full((count + len(gates), 3), -1, np.int64)
    node[:count] = np.column_stack([stop, gate, riders])
    node[count:, 0] = len(stops) + np.arange(len(gates))
    x = Arrays(
        hop=np.ascontiguousarray(hop, np.float32),
        back=np.ascontiguousarray(hop.T, np.float32),
        metres=np.ascontiguousarray(metres, np.float32),
        sertem=np.ascontiguousarray(metres.T, np.float32),
        node=node,
        time=_times(instance, request, riders, len(gates)),
        vehicle=np.array(
            [[v.seats, v.available, v.fixed, v.per_km / 1000, v.per_hour / 3600] for v in instance.vehicles], np.float64
        ).reshape(-1, 5),
        rule=np.array(
            [
                min(-_up(-instance.ride_limit_s) + _up(instance.alight_halt_s) - _up(instance.board_halt_s), FOREVER),
                instance.one_load,
                bool(np.isfinite(instance.board_until_s).any()),
            ],
            np.float64,
        ),
        alone=np.zeros(count, np.bool_),
    )
    x.alone[:] = _alone(x)
    return x


def _up(seconds: float | Floats) -> Floats:
    """Seconds rounded up to the tick."""
    return np.ceil(np.asarray(seconds) / TICK_S) * TICK_S


def _times(instance: MixedInstance, request: Ints, riders: Ints, gates: int) -> Floats:
    """Rows of ``Arrays.time``, rounded to the safe side."""
    halt = _up(instance.alight_halt_s)
    times = np.zeros((len(request) + gates, 5))
    times[:, (BOARD_FROM, ARRIVE_FROM)] = -FOREVER
    times[:, (BOARD_UNTIL, ARRIVE_UNTIL)] = FOREVER
    times[: len(request)] = np.column_stack(
        [
            _up(instance.board_each_s * riders.astype(np.float64)),
            _up(instance.board_from_s[request]),
            -_up(-instance.board_until_s[request]),
            _up(instance.arrive_from_s[request] + halt),
            -_up(-instance.arrive_until_s[request]) + halt,
        ]
    )
    times[len(request) :, SERVICE] = _up(instance.alight_each_s)
    return np.clip(times, -FOREVER, FOREVER)


def _alone(x: Arrays) -> NDArray[np.bool_]:
    """Which chunks a vehicle could carry with nobody else aboard."""
    count = len(x.alone)
    own = x.time[:count]
    ride = own[:, SERVICE] + x.hop[x.node[:count, PLACE], x.node[count + x.node[:count, GATE], PLACE]]
    soonest = np.maximum(own[:, BOARD_FROM], own[:, ARRIVE_FROM] - x.rule[RIDE])
    last = np.minimum(own[:, BOARD_UNTIL], own[:, ARRIVE_UNTIL] - ride)
    return (ride <= x.rule[RIDE]) & (soonest <= last) & (own[:, ARRIVE_FROM] <= own[:, ARRIVE_UNTIL])
