"""Ruled rows on a page: where the text of each cell stands, so that setting them measures nothing but what wraps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from dispatch.publish.paper.fitting import fitted
from dispatch.publish.paper.glyphs import width

INSET_PT = 2.4  # between a line and a text at its left or right
_STRONG = 1.05  # how much wider the ink of headings may be, which have a stroke around them

# A text as the template sets it: how far its box reaches, and the text; where it is not plain its scale and whether it
# is strong; or instead of all that the number of a text that wraps.
_Box = tuple[float, str | int] | tuple[float, str, float, bool]


class Lane(NamedTuple):
    """A column on the page in points from the table's left; ``head`` is for headings and labels: strong on pale.

    A tuple, because every cell is looked up with its lane.
    """

    left: float
    right: float
    centred: bool = False
    head: bool = False


def lanes(
    spans: Iterable[int], grid: Sequence[float], centred: Sequence[bool], head: Sequence[bool]
) -> tuple[Lane, ...]:
    """Columns that span columns of ``grid``, whose widths are points."""
    edges = [round(sum(grid[:edge]), 2) for edge in accumulate(spans, initial=0)]
    return tuple(Lane(*place) for place in zip(edges[:-1], edges[1:], centred, head, strict=True))


def ruled(across: Sequence[Lane], rows: Iterable[Sequence[str]], size: float, least: float) -> dict[str, object]:
    """Rows of texts of ``size`` points, each row at least ``least`` points high, with lines around every cell."""
    long: dict[_Text, int] = {}
    return {
        "edges": [lane.left for lane in across] + [across[-1].right],
        "pale": [(lane.left, lane.right) for lane in across if lane.head],
        "least": least,
        "rows": [_row(across, row, size, long) for row in rows],
        "wrapped": [text.wrapped() for text in long],
    }


def _row(
    across: Sequence[Lane], values: Sequence[str], size: float, long: dict[_Text, int]
) -> tuple[list[_Box], list[int]]:
    """Boxes side by side, the first up to the first text; and the numbers of those in ``long``, which wrap."""
    texts = [_text(value, lane, size) for value, lane in zip(values, across, strict=False) if value]
    ends = [*(text.left for text in texts), across[-1].right - INSET_PT]
    boxes: list[_Box] = [(ends[0], "")]
    numbers = []
    for text, (left, right) in zip(texts, pairwise(ends), strict=True):
        reach = round(right - left, 2)
        if text.wraps:
            numbers.append(long.setdefault(text, len(long)))
            boxes.append((reach, numbers[-1]))
        elif text.scale < 1 or text.lane.head:
            boxes.append((reach, text.value, text.scale, text.lane.head))
        else:
            boxes.append((reach, text.value))
    return boxes, numbers


class _Text(NamedTuple):
    """A text in its lane: where it starts, in points from the table's left, and how it is set."""

    value: str
    lane: Lane
    left: float
    room: float
    scale: float
    loose: bool
    wraps: bool

    def wrapped(self) -> dict[str, object]:
        """What the template sets on several lines."""
        lane = self.lane
        return {
            "text": self.value, "scale": self.scale, "strong": lane.head,
            "room": self.room, "centred": lane.centred, "loose": self.loose,
        }  # fmt: skip


@lru_cache(maxsize=1 << 14)
def _text(value: str, lane: Lane, size: float) -> _Text:
    left, room = lane.left + INSET_PT, lane.right - lane.left - 2 * INSET_PT
    fit = fitted(value, room / size / (_STRONG if lane.head else 1))
    if fit.one_line and lane.centred:
        left += (room - size * fit.scale * width(value)) / 2
    return _Text(value, lane, round(left, 2), round(room, 2), fit.scale, fit.loose, wraps=not fit.one_line)
