"""Ruled rows on a page: where the text of each cell stands, so that setting them measures nothing but what wraps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

from dispatch.publish.paper.fitting import fitted
from dispatch.publish.paper.glyphs import width

INSET_PT = 2.4  # between a line and a text at its left or right
_STRONG = 1.05  # texts of headings are wider by the stroke around them

# What the template sets: a text, how far the box it stands in reaches, and where it is not plain its scale and so on.
Boxed = dict[str, object]


@dataclass(frozen=True, slots=True)
class Lane:
    """A column on the page in points from the table's left; ``head`` is for headings and labels: strong on pale."""

    left: float
    right: float
    centred: bool = False
    head: bool = False


@dataclass(frozen=True, slots=True)
class _Stand:
    """A text in its lane: the left of its box in points from the table's left, and how it is set."""

    left: float
    set_as: tuple[tuple[str, object], ...]


def lanes(
    spans: Iterable[int], grid: Sequence[float], centred: Sequence[bool], head: Sequence[bool]
) -> tuple[Lane, ...]:
    """Columns that span columns of ``grid``, whose widths are points."""
    edges = [round(sum(grid[:edge]), 2) for edge in accumulate(spans, initial=0)]
    return tuple(Lane(*place) for place in zip(edges[:-1], edges[1:], centred, head, strict=True))


def ruled(across: Sequence[Lane], rows: Iterable[Sequence[str]], size: float, least: float) -> dict[str, object]:
    """Rows of texts of ``size`` points, each row at least ``least`` points high, with lines around every cell."""
    return {
        "edges": [lane.left for lane in across] + [across[-1].right],
        "pale": [(lane.left, lane.right) for lane in across if lane.head],
        "least": least,
        "rows": [_row(across, row, size) for row in rows],
    }


def _row(across: Sequence[Lane], values: Sequence[str], size: float) -> list[Boxed]:
    """A box for the way to the first text, then one for each text that reaches to the next: no box is for a gap."""
    stands = [_stand(value, lane, size) for value, lane in zip(values, across, strict=False) if value]
    ends = [*(stand.left for stand in stands), across[-1].right - INSET_PT]
    boxes: list[Boxed] = [{"text": "", "reach": ends[0]}]
    boxes += [{"reach": round(b - a, 2), **dict(s.set_as)} for s, (a, b) in zip(stands, pairwise(ends), strict=True)]
    return boxes


@lru_cache(maxsize=1 << 14)
def _stand(value: str, lane: Lane, size: float) -> _Stand:
    em = size * (_STRONG if lane.head else 1)
    left, room = lane.left + INSET_PT, lane.right - lane.left - 2 * INSET_PT
    fit = fitted(value, room / em)
    set_as: Boxed = {"text": value}
    if fit.scale < 1:
        set_as["scale"] = fit.scale
    if lane.head:
        set_as["strong"] = True
    if not fit.one_line:
        set_as |= {"room": round(room, 2), "centred": lane.centred, "loose": fit.loose}
    elif lane.centred:
        left += (room - em * fit.scale * width(value)) / 2
    return _Stand(round(left, 2), tuple(set_as.items()))
