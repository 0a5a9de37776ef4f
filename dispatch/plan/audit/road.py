"""Road times as the audit sees them: the user's table, else the server's answer, else the policy's estimate, all worked
out here once more.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from dispatch.config import Settings, TravelPolicy
from dispatch.model.demand import Inputs
from dispatch.model.units import Position, great_circle_m

# (from_position, to_position, from_stop_id, to_stop_id) -> (minutes, metres)
Road = Callable[[Position, Position, str, str], tuple[int, int]]
# (from, to) -> what the config's road server says: (seconds, metres), None where it knows no road
Served = Callable[[Position, Position], tuple[int, int] | None]

ROUNDING_M = 1
SLACK = Fraction(1, 100_000)  # a minute that only the last bits of a factor would begin does not count
NO_ROAD = (1_000_000, 0)  # longer than any coach may drive


def stated_road(inputs: Inputs, settings: Settings, served: Served | None = None) -> Road:
    """Road minutes and metres between two stops: the user's entry where there is one, else the config's source.

    Raises ``ValueError`` when the config has a road server and nobody reads it.
    """
    table = {(t.from_stop, t.to_stop): (t.minutes, t.metres) for t in inputs.travel_entries}
    policy = settings.policy.travel
    if (policy.server is None) != (served is None):
        raise ValueError("a road server's times are read where, and only where, the config names one")

    def road(start: Position, end: Position, start_id: str, end_id: str) -> tuple[int, int]:
        if start_id == end_id:
            return 0, 0
        if (entry := table.get((start_id, end_id))) is not None:
            return entry
        if policy.server is None or served is None:
            return _estimated(start, end, policy)
        said = served(start, end)
        return (math.ceil(said[0] * Fraction(policy.server.time_factor) / 60 - SLACK), said[1]) if said else NO_ROAD

    return road


def _estimated(start: Position, end: Position, policy: TravelPolicy) -> tuple[int, int]:
    straight = great_circle_m(start, end)
    metres = round(straight * policy.detour)
    kmh = Fraction(policy.fast_kmh if straight > policy.fast_over_km * 1000 - ROUNDING_M else policy.slow_kmh)
    # a source that rounds its metres the other way may legally be a metre's time faster
    return max(0, math.ceil((metres - ROUNDING_M) * 60 / (kmh * 1000))), metres
