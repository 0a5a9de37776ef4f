"""Lines and places as GeoJSON features, and the scale of line widths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

from dispatch.model.plan import Trip
from dispatch.model.supply import Mode, Role
from dispatch.model.units import Position
from dispatch.publish.maps.markup import encoded

Feature = dict[str, Any]
COLOURS = {"train": "#1b56ad", "flight": "#7a3db8", "coach": "#9a4708", "feeder": "#52606d", "last_mile": "#0b655e"}
BENDS = {"train": 0.08, "flight": 0.2, "coach": -0.08}
LEAVING, ARRIVING, GATE, REST = "#243b53", "#b42318", "#243b53", "#6b7684"
# What lies below the lines where no tiles do, and how much of it shines through the lines.
GROUND, OPACITY = "#eef1f4", 0.8
THINNEST, THICKER = 1.2, 6.3
_STEPS = 24


def kind_of(trip: Trip) -> str:
    """The kind of traffic: ``train``, ``flight``, ``coach`` (direct), ``feeder`` or ``last_mile``."""
    return trip.mode.value if trip.mode is not Mode.COACH or trip.role is Role.TRUNK else trip.role.value


def width(people: int, most: int) -> float:
    """Line width in pixels: the area rule would drown the small ones, so width grows with the root of the people."""
    return round(THINNEST + THICKER * sqrt(people / max(most, 1)), 1)


def radius(people: int, most: int) -> float:
    """Radius of a place in pixels, its area growing with the people."""
    return round(3 + 8 * sqrt(people / max(most, 1)), 1)


def arc(a: Position, b: Position, bend: float) -> list[Position]:
    """A curve from ``a`` to ``b``, bent to the left by a share of their distance lest modes cover each other."""
    lat, lon = (a.lat + b.lat) / 2 + bend * (b.lon - a.lon), (a.lon + b.lon) / 2 - bend * (b.lat - a.lat)
    shares = [i / _STEPS for i in range(_STEPS + 1)]
    return [Position(_bezier(a.lat, lat, b.lat, s), _bezier(a.lon, lon, b.lon, s)) for s in shares]


def line(
    points: Sequence[Position], kind: str, when: object, popup: str, ends: Sequence[int] = (), **style: object
) -> Feature:
    """A route. ``when`` is what its tally says, so that the page can show one day alone; None is always.

    ``ends`` numbers the places that it joins: where one of them is looked at, the other routes recede.
    """
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [_lon_lat(p) for p in points]},
        "properties": {
            "kind": kind,
            "when": when,
            "popup": popup,
            "ends": list(ends),
            "style": {"color": COLOURS[kind], "opacity": OPACITY, **style},
        },
    }


def place(
    at: Position, name: str, kinds: Mapping[str, object], rank: int, size: float, popup: str, **style: object
) -> Feature:
    """A place. ``kinds`` maps kinds of traffic to what their tallies say, none is always; labels go by ``rank``."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": _lon_lat(at)},
        "properties": {
            "kinds": dict(sorted(kinds.items())),
            "label": str(encoded(name)),
            "rank": rank,
            "popup": popup,
            "style": {"radius": size, "color": "#fff", "weight": 1.5, "fill": True, "fillOpacity": 0.95, **style},
        },
    }


def _bezier(a: float, control: float, b: float, s: float) -> float:
    return (1 - s) ** 2 * a + 2 * s * (1 - s) * control + s**2 * b


def _lon_lat(p: Position) -> list[float]:
    return [round(p.lon, 5), round(p.lat, 5)]
