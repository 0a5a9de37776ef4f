"""What has to be said about stops between which no road is known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dispatch.model.notice import Notice, Severity
from dispatch.model.problem import Problem


def road_notices(problem: Problem, file: str) -> Iterator[Notice]:
    """Errors about the stops, worst first, that all gaps of the road times have an end at; each names one gap's two."""
    n = len(problem.stops)
    gap = np.zeros((n, n), bool)
    for pair in problem.travel.gaps:
        gap[pair] = True
    touching = gap.sum(axis=0) + gap.sum(axis=1)
    while n and touching.max():
        worst = int(touching.argmax())
        a, b = min((*((worst, int(j)) for j in np.flatnonzero(gap[worst])), *_into(gap, worst)))
        way = f"{problem.stops[a].name} → {problem.stops[b].name}"
        params = (("way", way), ("pairs", str(touching[worst])))
        yield Notice("no_road", Severity.ERROR, file, column="stop_id", value=problem.stops[worst].name, params=params)
        touching -= gap[worst] + gap[:, worst].astype(int)
        gap[worst] = gap[:, worst] = False
        touching[worst] = 0


def _into(gap: np.ndarray[tuple[int, int], np.dtype[np.bool_]], stop: int) -> Iterator[tuple[int, int]]:
    return ((int(i), stop) for i in np.flatnonzero(gap[:, stop]))
