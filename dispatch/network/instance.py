"""The instance as JSON: what the solver was given, so that anyone can re-solve it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from dispatch.model.problem import Problem

TABLE_LIMIT = 400  # stops; beyond it the matrix is left to the travel settings, which the bundle names


def problem_json(problem: Problem) -> str:
    """``problem.json``: times in minutes from ``epoch``, money in fen, distances in metres, stops by index."""
    n = len(problem.stops)
    whole = n <= TABLE_LIMIT
    content: dict[str, Any] = {
        "name": problem.name,
        "epoch": problem.epoch.isoformat(),
        "days": problem.days,
        "stops": [_stop(s) for s in problem.stops],
        "travel": {
            "source": problem.travel.source,
            "minutes": _rows(problem.travel.minutes, n) if whole else None,
            "metres": _rows(problem.travel.metres, n) if whole else None,
        },
        "demands": [{**asdict(d), "barred": sorted(d.barred)} for d in problem.demands],
        "coaches": [asdict(c) for c in problem.coaches],
        "departures": [asdict(d) for d in problem.departures],
        "driving": asdict(problem.driving),
        "connections": asdict(problem.connections),
        "coach_base_m": problem.coach_base_m,
        "dwell_min": problem.dwell_min,
        "ride_limits": asdict(problem.ride_limits),
        "squares": [asdict(s) for s in problem.squares],
        "value_of_time_fen_per_hour": problem.value_of_time_fen_per_hour,
        "pruned": problem.pruned,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)


def _stop(stop: Any) -> dict[str, Any]:  # noqa: ANN401
    hours = stop.hours
    return {
        "stop_id": stop.stop_id,
        "name": stop.name,
        "kind": stop.kind,
        "lat": stop.position.lat,
        "lon": stop.position.lon,
        "hours": None if hours is None else [hours.opens_min, hours.closes_min],
    }


def _rows(flat: Any, n: int) -> list[list[int]]:  # noqa: ANN401
    return [list(flat[i * n : (i + 1) * n]) for i in range(n)]
