"""Maps that open anywhere: the whole plan, and one per receiving city; counts only, no border, no network."""

from __future__ import annotations

from pathlib import Path

from dispatch.config import Settings
from dispatch.language import text
from dispatch.publish.filenames import distinct_names
from dispatch.publish.maps.city import city_page
from dispatch.publish.maps.overview import overview_page
from dispatch.publish.view import View


def write_maps(view: View, folder: Path, settings: Settings) -> list[Path]:
    """Write ``overview.html`` and ``CITY.html`` per receiving city; returns the files in order.

    A plan that carries nobody has no map. Raises ``OSError`` when writing fails.
    """
    travel = _travel(settings)
    names = distinct_names({"": "overview"} | {city.name: city.name for city in view.cities})
    files = []
    if view.cities:
        files.append(_write(folder / "overview.html", overview_page(view, travel)))
    return files + [_write(folder / f"{names[city.name]}.html", city_page(view, city, travel)) for city in view.cities]


def _write(path: Path, page: str) -> Path:
    path.write_text(page, encoding="utf-8", newline="\n")
    return path


def _travel(settings: Settings) -> str:
    """Where the road times behind the timetable come from, in words."""
    policy = settings.policy.travel
    if server := policy.server:
        kind = {"valhalla": "Valhalla", "osrm": "OSRM"}[server.kind]
        return text(settings.publish.language, "pages.travel.server", kind=kind, factor=f"{server.time_factor:g}")
    key = "table" if settings.inputs.travel_times else "estimate"
    numbers = {"detour": policy.detour, "over": policy.fast_over_km, "fast": policy.fast_kmh, "slow": policy.slow_kmh}
    words = {name: f"{number:g}" for name, number in numbers.items()}
    return text(settings.publish.language, f"pages.travel.{key}", **words)
