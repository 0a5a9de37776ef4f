"""The user's boundary: the lines of a GeoJSON file, whose properties are not even looked at."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from dispatch.intake.reader import UnreadableError
from dispatch.intake.stops import ToWgs84
from dispatch.model.units import Position
from dispatch.regular_file import TooLargeError, read_regular

Line = tuple[Position, ...]
# Each map carries the boundary, and a map is to stay below 3 MB.
MAX_BYTES, MAX_POINTS = 5_000_000, 50_000
# Some ten metres, finer than a thin line on any zoom of the maps.
_DIGITS = 4
# How deep the coordinates of a line lie in its geometry: a polygon is a list of rings.
_DEPTHS = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}
_MARKS = frozenset({"Point", "MultiPoint"})


def read_boundary(path: Path, to_wgs84: ToWgs84) -> tuple[Line, ...]:
    """The lines of a file in WGS-84; raises ``UnreadableError`` with a code ``boundary_*`` for one that has none.

    Points closer than ten metres become one; points that stand alone in the file are left out.
    """
    lines = [_points(line) for line in _lines(_content(path))]
    drawn = [line for line in (_converted(points, to_wgs84) for points in lines) if len(line) > 1]
    if not drawn:
        raise UnreadableError("boundary_wrong", "no line or polygon of ten metres or more")
    if (points := sum(map(len, drawn))) > MAX_POINTS:
        raise UnreadableError("boundary_too_large", f"{points} points")
    return tuple(drawn)


def _content(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    try:
        if not path.exists():
            raise UnreadableError("boundary_missing")
        return json.loads(read_regular(path, MAX_BYTES).decode("utf-8-sig"))
    except TooLargeError as error:
        raise UnreadableError("boundary_too_large", error.strerror or "") from error
    except OSError as error:
        raise UnreadableError("boundary_unreadable", error.strerror or "") from error
    except UnicodeDecodeError as error:
        raise UnreadableError("boundary_wrong", "not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableError("boundary_wrong", "not JSON") from error


def _lines(said: Any) -> Iterator[Any]:  # noqa: ANN401
    """The coordinates of every line of a feature, a geometry or a collection; geometries may lie in collections."""
    waiting = deque([said])
    while waiting:
        item = waiting.popleft()
        if item is None:  # GeoJSON allows a feature without a place
            continue
        kind = str(item.get("type")) if isinstance(item, dict) else ""
        if kind == "Feature":
            waiting.append(item.get("geometry"))
        elif kind in {"FeatureCollection", "GeometryCollection"}:
            waiting += _list(item.get("features" if kind == "FeatureCollection" else "geometries"))
        elif kind in _DEPTHS:
            yield from _at_depth(item.get("coordinates"), _DEPTHS[kind])
        elif kind not in _MARKS:
            raise UnreadableError("boundary_wrong", "an object of no known type")


def _at_depth(coordinates: Any, depth: int) -> Iterator[Any]:  # noqa: ANN401
    if depth == 0:
        yield coordinates
    else:
        for part in _list(coordinates):
            yield from _at_depth(part, depth - 1)


def _list(said: Any) -> list[Any]:  # noqa: ANN401
    if not isinstance(said, list):
        raise UnreadableError("boundary_wrong", "a list is missing")
    return said


def _points(line: Any) -> list[tuple[float, float]]:  # noqa: ANN401
    return [_point(point) for point in _list(line)]


def _point(said: Any) -> tuple[float, float]:  # noqa: ANN401
    """Latitude and longitude; a height may follow and is left out."""
    numbers = _list(said)[:2]
    good = len(numbers) == 2 and all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers)
    if not good or not (-180 <= numbers[0] <= 180 and -90 <= numbers[1] <= 90):
        raise UnreadableError("boundary_wrong", "a point that is not longitude and latitude in degrees")
    return float(numbers[1]), float(numbers[0])


def _converted(points: list[tuple[float, float]], to_wgs84: ToWgs84) -> Line:
    if not points:
        return ()
    lats, lons = to_wgs84(*np.array(points).T)
    at = [Position(a, b) for a, b in zip(lats.round(_DIGITS).tolist(), lons.round(_DIGITS).tolist(), strict=True)]
    return (at[0], *(here for before, here in pairwise(at) if here != before))
