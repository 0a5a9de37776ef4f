#!/usr/bin/env python3
"""Measured figures and pictures for the operations' pages: ``python bench/operation_pages.py --runs FILE ...``.

What ``run_operations.py --save`` and ``without_modes.py --save`` kept goes between the markers
``<!-- figures: begin -->`` and ``<!-- figures: end -->`` of ``docs/operations/NAME.md`` (added at the end where
they are missing). A variant without a page of its own stands on the page whose name its own begins with. Nothing is
measured.

    --runs FILE ...    rows of run_operations.py
    --modes FILE ...   plans of without_modes.py
    --maps FOLDER      also take docs/images/NAME.png of the overview map of each row with a page: from what
                       run_operations.py --keep left there, else from maps/NAME; needs Chromium and Playwright
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import run_operations
import without_modes
from results_page import ROOT, put, table
from run_operations import LOADS, MODES, Row
from without_modes import Variant

PAGES = ROOT / "docs" / "operations"
IMAGES = ROOT / "docs" / "images"
CHROMIUM = Path("/usr/bin/chromium")
MOST_BYTES = 400_000
SIZES = ((1280, 720), (1100, 640), (960, 560))  # the first whose picture is small enough
KINDS = dict(zip(LOADS, ("direct coaches", "feeder coaches", "last-mile coaches", "trains", "flights"), strict=True))


def page_of(name: str, pages: Path = PAGES) -> Path | None:
    """The page of an operation, or the one that it is a variant on."""
    found = [page for page in pages.glob("*.md") if name == page.stem or name.startswith(f"{page.stem}-")]
    return max(found, key=lambda page: len(page.stem), default=None)


def block(rows: Sequence[Row], plans: Mapping[str, Sequence[Variant]]) -> str:
    """The figures of a page's operation and its variants, side by side."""
    parts = [f"Measured by {_commands(rows, plans)}.", figures(rows)]
    for row in rows:
        if row.name in plans:
            parts += [f"The cost without each mode, {row.name}:", modes(plans[row.name])]
    parts += ["Time and memory of `dispatch run`:", run_operations.times(rows)]
    if any(row.hand for row in rows):
        parts += ["Against the hand practice:", run_operations.against_hand(rows)]
    return "\n\n".join(parts)


def _commands(rows: Iterable[Row], plans: Mapping[str, Sequence[Variant]]) -> str:
    made_by = [row.measured_by for row in rows]
    made_by += [v.measured_by for row in rows for v in plans.get(row.name, ())]
    return ", ".join(f"`{command}`" for command in dict.fromkeys(made_by))


def figures(rows: Sequence[Row]) -> str:
    """One line a figure, one column an operation; lines that say nothing of any are left out."""
    lines = dict[str, list[str]]()
    for number, row in enumerate(rows):
        for label, value in _figures(row).items():
            lines.setdefault(label, ["–"] * len(rows))[number] = value
    return table(["figure", *(row.name for row in rows)], ([label, *values] for label, values in lines.items()))


def _figures(row: Row) -> dict[str, str]:
    s = row.summary
    found = {"people served": f"{s['served']:,} of {s['rostered']:,}"}
    found |= {f"not served: {reason}": f"{people:,}" for reason, people in s["unserved_by_reason"].items()}
    found["audit"] = run_operations.VERDICT[row.warm.code]
    found |= {f"people by {mode}": f"{row.modes[mode]:,}" for mode in MODES}
    for kind, label in KINDS.items():
        if row.trips.get(kind):
            found[f"{label}, share of seats filled"] = f"{row.trips[kind]:,}, {s['load_factors'][kind]:.0%}"
    found |= {f"people who leave home on {day}": f"{people:,}" for day, people in row.days.items()}
    found["first departure, last arrival"] = " – ".join(moment[:16].replace("T", " ") for moment in row.span)
    found["arrivals between 22:00 and 06:00"] = f"{s['night_arrivals']:,}"
    found |= {f"cost of {mode}, CNY": f"{cost:,.0f}" for mode, cost in s["cost_by_mode"].items()}
    found["cost, CNY"] = f"{s['cost']:,.0f}"
    found["passenger-hours"] = f"{s['passenger_hours']:,.0f}"
    found["generalised cost, CNY"] = f"{s['objective']:,.0f}"
    found["lower bound, CNY"] = f"{s['lower_bound']:,.0f}"
    found["gap"] = f"{s['gap']:.1%}"
    return found


def modes(variants: Sequence[Variant]) -> str:
    heads = ["plan", *without_modes.HEADS.split(",")]
    return table(heads, ([v.plan, *without_modes.cells(v, variants[0])] for v in variants))


def overview(name: str, maps: Path) -> Path | None:
    """The overview map of an operation: a kept workspace's, else the repository's own."""
    places = (maps / name / "maps" / name / "overview.html", ROOT / "maps" / name / "overview.html")
    return next((place for place in places if place.is_file()), None)


def picture(source: Path, target: Path) -> None:
    """Take the picture of a map in a browser without a network."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only pictures need a browser

    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        for width, height in SIZES:
            context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
            page = context.new_page()
            page.goto(source.resolve().as_uri())
            page.wait_for_timeout(1500)
            taken = page.screenshot()
            context.close()
            if len(taken) <= MOST_BYTES:
                break
        else:
            sys.exit(f"{source}: its picture has {len(taken):,} bytes, more than {MOST_BYTES:,}")
        browser.close()
    target.write_bytes(taken)


def main() -> None:
    """Fill the pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", nargs="+", type=Path, default=[], metavar="FILE")
    parser.add_argument("--modes", nargs="+", type=Path, default=[], metavar="FILE")
    parser.add_argument("--maps", type=Path, metavar="FOLDER")
    asked = parser.parse_args()
    rows, plans = run_operations.read_rows(asked.runs), without_modes.read_rows(asked.modes)
    by_page: dict[Path, list[Row]] = {}
    for name in sorted(rows):
        page = page_of(name)
        if page is None:
            print(f"{name}: docs/operations has no page for it", file=sys.stderr)
            continue
        by_page.setdefault(page, []).append(rows[name])
    for page, own in by_page.items():
        put("figures", block(own, plans), page)
        source = overview(page.stem, asked.maps) if asked.maps else None
        if source is not None:
            picture(source, IMAGES / f"{page.stem}.png")
            if f"images/{page.stem}.png" not in page.read_text("utf-8"):
                print(f"{page.name}: does not show ../images/{page.stem}.png", file=sys.stderr)


if __name__ == "__main__":
    main()
