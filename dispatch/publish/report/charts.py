"""Charts as shapes with coordinates, which the page draws as SVG; a table beside each holds the same numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dispatch.model.supply import Mode

# Units of a drawing, each about a CSS pixel where the page is wide. Columns take its whole width, bars half of it.
_WIDE, _LEFT, _TOP, _PLOT, _FOOT = 900, 48, 18, 130, 20
_LABELS = 24  # dates that fit under the columns
_VALUES = 24  # columns over which a number fits
_HALF, _BAR_LABEL, _BAR_VALUE, _BAR_STEP = 430, 112, 142, 28
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle; ``css`` names its colour."""

    x: float
    y: float
    width: float
    height: float
    css: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A text at a point; ``css`` names its side and size."""

    x: float
    y: float
    text: str
    css: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What one chart consists of; ``rules`` are heights of horizontal lines across the plot."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    marks: tuple[Mark, ...]
    rules: tuple[float, ...] = ()


def columns(days: Sequence[tuple[date, Mapping[Mode, int]]]) -> Drawing:
    """People of each day as a column, its modes on top of each other, with a scale in round numbers at the left."""
    most = max((sum(heads.values()) for _, heads in days), default=0) or 1
    step = round_step(most)
    top = -(-most // step) * step
    slot = (_WIDE - _LEFT) / max(len(days), 1)
    wide, base = min(slot * 0.72, 90), _TOP + _PLOT
    every = -(-len(days) // _LABELS)
    boxes, marks, rules = [], [], []
    for value in range(0, top + 1, step):
        height = base - _PLOT * value / top
        rules.append(_r(height))
        marks.append(Mark(_LEFT - 6, _r(height + 4), f"{value:,}", "end"))
    for place, (day, heads) in enumerate(days):
        middle, height = _LEFT + slot * (place + 0.5), float(base)
        for mode, people in heads.items():
            part = _PLOT * people / top
            height -= part
            if people:
                boxes.append(Box(_r(middle - wide / 2), _r(height), _r(wide), _r(part), mode.value))
        if len(days) <= _VALUES:
            marks.append(Mark(_r(middle), _r(height - 4), f"{sum(heads.values()):,}", "middle"))
        if place % every == 0:
            marks.append(Mark(_r(middle), base + 15, f"{day.month}/{day.day}", "middle"))
    return Drawing(_WIDE, base + _FOOT, tuple(boxes), tuple(marks), tuple(rules))


def bars(lines: Iterable[tuple[str, str, float, str]]) -> Drawing:
    """(label, colour, share of one, value) of each line as a bar on a track that stands for one."""
    room = _HALF - _BAR_LABEL - _BAR_VALUE
    boxes, marks, foot = [], [], 0.0
    for label, css, share, value in lines:
        boxes.append(Box(_BAR_LABEL, foot + 6, room, 16, "track"))
        boxes.append(Box(_BAR_LABEL, foot + 6, _r(room * share), 16, css))
        marks.append(Mark(_BAR_LABEL - 8, foot + 19, label, "end"))
        marks.append(Mark(_HALF - _BAR_VALUE + 8, foot + 19, value, "start"))
        foot += _BAR_STEP
    return Drawing(_HALF, foot or 1, tuple(boxes), tuple(marks))


def round_step(most: int) -> int:
    """The least of 1, 2, 5, 10, 20, 50, … that divides a scale up to ``most`` into at most four parts."""
    power = 1
    while True:
        for step in _STEPS:
            if step * power * 4 >= most:
                return step * power
        power *= 10


def _r(value: float) -> float:
    return round(value, 1)
