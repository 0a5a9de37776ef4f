"""Lines and places as GeoJSON features, and the scale of line widths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

from dispatch.model.units import Position
from dispatch.publish.maps.markup import encoded

COLOURS = {"train": "#1f5fbf", "flight": "#7a3db8", "coach": "#a8500a", "feeder": "#7b8794", "last_mile": "#0f766e"}
BENDS = {"train": 0.08, "flight": 0.2, "coach": -0.08, "feeder": 0.0}
_STEPS = 24


def width(people: int, most: int) -> float:
    """Line width in pixels: the area rule would drown the small ones, so width grows with the root of the people."""
    return round(1 + 9 * sqrt(people / max(most, 1)), 1)


def opacity(people: int, most: int) -> float:
    """Thin lines recede, so that hundreds of them do not hide the few that carry most people."""
    return round(0.35 + 0.45 * sqrt(people / max(most, 1)), 2)


def radius(people: int, most: int) -> float:
    """Radius of a place in pixels, its area growing with the people."""
    return round(3 + 8 * sqrt(people / max(most, 1)), 1)


def arc(a: Position, b: Position, bend: float) -> list[Position]:
    """A curve from ``a`` to ``b``, bent to the left by a share of their distance lest modes cover each other."""
    if not bend:
        return [a, b]
    lat, lon = (a.lat + b.lat) / 2 + bend * (b.lon - a.lon), (a.lon + b.lon) / 2 - bend * (b.lat - a.lat)
    shares = [i / _STEPS for i in range(_STEPS + 1)]
    return [Position(_bezier(a.lat, lat, b.lat, s), _bezier(a.lon, lon, b.lon, s)) for s in shares]


def line(
    points: Sequence[Position], kind: str, days: Mapping[str, int], most: int, popup: str, **style: object
) -> dict[str, Any]:
    """A route. ``days`` maps ISO dates to people; each becomes a width, so that the page can show one day alone."""
    people = sum(days.values())
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [_lon_lat(p) for p in points]},
        "properties": {
            "kind": kind,
            "popup": popup,
            "widths": {day: width(heads, most) for day, heads in sorted(days.items())},
            "style": {"color": COLOURS[kind], "weight": width(people, most), "opacity": opacity(people, most), **style},
        },
    }


def place(
    at: Position, name: str, kinds: Mapping[str, set[str]], people: int, size: float, popup: str, **style: object
) -> dict[str, Any]:
    """A place. ``kinds`` maps kinds of traffic to ISO dates on which the place sees them; ``people`` rank its label."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": _lon_lat(at)},
        "properties": {
            "kinds": {kind: sorted(days) for kind, days in sorted(kinds.items())},
            "label": str(encoded(name)),
            "people": people,
            "popup": popup,
            "style": {"radius": size, "color": "#fff", "weight": 1.5, "fill": True, "fillOpacity": 0.95, **style},
        },
    }


def _bezier(a: float, control: float, b: float, s: float) -> float:
    return (1 - s) ** 2 * a + 2 * s * (1 - s) * control + s**2 * b


def _lon_lat(p: Position) -> list[float]:
    return [round(p.lon, 5), round(p.lat, 5)]
