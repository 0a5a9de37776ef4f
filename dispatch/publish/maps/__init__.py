"""Maps that open anywhere: the whole plan, one per receiving city, one per trip on request; counts only.

No border is drawn but the user's own, no network is asked but for tiles the user chose.
"""

from __future__ import annotations

from pathlib import Path

from dispatch.config import Settings
from dispatch.language import text
from dispatch.publish.filenames import distinct_names
from dispatch.publish.map_order import MapOrder
from dispatch.publish.maps.city import city_page
from dispatch.publish.maps.ground import Ground
from dispatch.publish.maps.overview import overview_page
from dispatch.publish.maps.trip import trip_page
from dispatch.publish.view import View

NOTHING_MORE = MapOrder()


def write_maps(view: View, folder: Path, settings: Settings, order: MapOrder = NOTHING_MORE) -> list[Path]:
    """Write ``overview.html``, ``CITY.html`` per receiving city and ``trip-ID.html`` per trip of the order, in order.

    A plan that carries nobody has no map. Raises ``KeyError`` for a trip the plan does not have, ``ValueError`` for
    tiles in a datum to which the order knows no way, ``OSError`` when writing fails.
    """
    if not view.cities:
        return []
    travel = _travel(settings)
    ground = Ground.of(settings.publish.map, view.boundary, order.from_wgs84)
    labels = {("", ""): "overview"} | {("city", city.name): city.name for city in view.cities}
    names = distinct_names(labels | {("trip", trip): f"trip-{trip}" for trip in order.trips})
    files = [_write(folder / "overview.html", overview_page(view, ground, travel))]
    for city in view.cities:
        files.append(_write(folder / f"{names['city', city.name]}.html", city_page(view, city, ground, travel)))
    for trip in order.trips:
        files.append(_write(folder / f"{names['trip', trip]}.html", trip_page(view, view.trips[trip], ground, travel)))
    return files


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
