#!/usr/bin/env python3
"""How time grows with people: ``python bench/growth.py ROWS.json ... [--gaps 0.15 0.10] [--write]``.

From rows that ``provinces.py --save`` kept: the seconds until the search told of a plan within a gap, against people,
log-log, one colour a gap. The gap is that of a plan and a bound which leave as many people out; how many, the search
does not tell on the way. Of the limits of one workspace the longest counts. A case that never came so near is an open
marker at its limit, and stands in the table with the gap it came to. Lines join the medians of each size at which every
case came so near. The picture goes to ``docs/images/growth.png``, or where ``--picture`` says; ``--write`` puts the
table into ``RESULTS.md``. Needs ``pip install -e .[bench]``.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from provinces import Row, read_rows
from results_page import ROOT, called, put, table

PICTURE = ROOT / "docs" / "images" / "growth.png"
GAPS = (0.15, 0.10)
COLOURS = ("#1b6ca8", "#c8553d", "#3c8d5a", "#7a5195")


@dataclass(frozen=True, slots=True)
class Point:
    """Seconds until a gap, or None where the case never came so near."""

    row: Row
    gap: float
    seconds: float | None


def longest(rows: Iterable[Row]) -> list[Row]:
    """The row with the longest limit of each workspace, the smallest first."""
    found: dict[tuple[str, int, int, int], Row] = {}
    for row in rows:
        known = found.get(row.case.workspace)
        if known is None or row.case.seconds > known.case.seconds:
            found[row.case.workspace] = row
    return sorted(found.values(), key=lambda r: (r.people, r.case.province, r.case.seed))


def point(row: Row, gap: float) -> Point:
    """When a case first came within a gap, of a plan and a bound that leave as many people out."""
    within = (seconds for seconds, cost, bound in row.trace if cost > 0 and bound >= (1 - gap) * cost)
    return Point(row, gap, next(within, None))


def draw(points: Sequence[Point], gaps: Sequence[float], picture: Path) -> None:
    figure = Figure(figsize=(7, 4.5), dpi=150, layout="constrained")
    axes = figure.subplots()
    for gap, colour in zip(gaps, COLOURS, strict=False):
        _draw_gap(axes, [p for p in points if p.gap == gap], gap, colour)
    axes.set(xscale="log", yscale="log", xlabel="people", ylabel="seconds to the gap")
    axes.grid(True, which="both", color="#dddddd", linewidth=0.5)
    axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), frameon=False)
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, bbox_inches="tight")


def _draw_gap(axes: Axes, points: Sequence[Point], gap: float, colour: str) -> None:
    came = [(p.row.people, p.seconds) for p in points if p.seconds is not None]
    never = [(p.row.people, p.row.case.seconds) for p in points if p.seconds is None]
    axes.scatter(*(zip(*came, strict=True) if came else ([], [])), color=colour, label=f"gap {gap:.0%}")
    hollow = f"gap {gap:.0%} not reached (limit)" if never else None
    axes.scatter(*(zip(*never, strict=True) if never else ([], [])), facecolors="none", edgecolors=colour, label=hollow)
    medians = {heads: _median(points, heads) for heads in sorted({p.row.case.heads for p in points})}
    line = {heads: seconds for heads, seconds in medians.items() if seconds is not None}
    axes.plot(list(line), list(line.values()), color=colour, linewidth=1)


def _median(points: Iterable[Point], heads: int) -> float | None:
    """Median seconds of a size, None where some case never came so near."""
    here = [p.seconds for p in points if p.row.case.heads == heads]
    known = [s for s in here if s is not None]
    return statistics.median(known) if len(known) == len(here) else None


def lines(rows: Sequence[Row], gaps: Sequence[float]) -> str:
    heads = ["people", "province", "seed", "limit s", *(f"s to {gap:.0%}" for gap in gaps), "gap at the end"]
    return table(heads, (_cells(row, gaps) for row in rows))


def _cells(row: Row, gaps: Sequence[float]) -> list[str]:
    case = row.case
    came = (point(row, gap).seconds for gap in gaps)
    seconds = ["never" if s is None else f"{s:.1f}" for s in came]
    return [f"{row.people:,}", case.province, str(case.seed), f"{case.seconds:g}", *seconds, f"{row.gap:.1%}"]


def main() -> None:
    """Draw and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="ROWS.json")
    parser.add_argument("--gaps", nargs="+", type=float, default=list(GAPS), help="shares, at most four")
    parser.add_argument("--picture", type=Path, default=PICTURE)
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    asked = parser.parse_args()
    if len(asked.gaps) > len(COLOURS):
        parser.error(f"--gaps takes at most {len(COLOURS)}")
    rows = longest(read_rows(asked.files).values())
    draw([point(row, gap) for row in rows for gap in asked.gaps], asked.gaps, asked.picture)
    shown = f"![Seconds to a gap against people](../docs/images/{asked.picture.name})"
    text = f"`{called()}`\n\n{shown}\n\n{lines(rows, asked.gaps)}"
    print(text)
    if asked.write:
        put("growth", text)


if __name__ == "__main__":
    main()
