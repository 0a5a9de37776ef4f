"""Road times as the audit sees them: the user's table, else the estimate of the policy, worked out here once more."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from dispatch.config import Settings
from dispatch.model.demand import Inputs
from dispatch.model.units import Position, great_circle_m

# (from_position, to_position, from_stop_id, to_stop_id) -> (minutes, metres)
Road = Callable[[Position, Position, str, str], tuple[int, int]]

ROUNDING_M = 1


def estimated_road(inputs: Inputs, settings: Settings) -> Road:
    """Road minutes and metres between two stops: the user's entry where there is one, else the estimate."""
    table = {(t.from_stop, t.to_stop): (t.minutes, t.metres) for t in inputs.travel_entries}
    policy = settings.policy.travel

    def road(start: Position, end: Position, start_id: str, end_id: str) -> tuple[int, int]:
        if start_id == end_id:
            return 0, 0
        if (entry := table.get((start_id, end_id))) is not None:
            return entry
        straight = great_circle_m(start, end)
        metres = round(straight * policy.detour)
        kmh = Fraction(policy.fast_kmh if straight > policy.fast_over_km * 1000 - ROUNDING_M else policy.slow_kmh)
        # a source that rounds its metres the other way may legally be a metre's time faster
        return max(0, math.ceil((metres - ROUNDING_M) * 60 / (kmh * 1000))), metres

    return road
