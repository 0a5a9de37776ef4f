"""What Valhalla and OSRM are asked for a table of road times, and what they answer.

Valhalla: POST ``/sources_to_targets``; OSRM: GET ``/table/v1/PROFILE/COORDINATES``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import ceil
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dispatch.config import TravelServer

Ints = npt.NDArray[np.int32]
Place = tuple[float, float]  # latitude, longitude in degrees

NO_ROAD = -1
# Valhalla's codes for places that no road joins: unconnected regions, no edge near the place, no path.
_VALHALLA_NO_ROAD = frozenset({170, 171, 442})
_OSRM_NO_ROAD = frozenset({"NoSegment", "NoTable", "NoRoute"})
_FARTHEST_M, _LONGEST_S = 40_000_000, 30 * 86_400  # once round the earth, a month: more is no answer
_ROUNDING_S = 1e-6


class Block(NamedTuple):
    """Seconds, rounded up, and metres from each origin to each target; ``NO_ROAD`` in both where no road leads."""

    seconds: Ints
    metres: Ints


def request(server: TravelServer, origins: Sequence[Place], targets: Sequence[Place]) -> tuple[str, bytes | None]:
    """The URL to ask and the body to post, None for a GET."""
    return (_valhalla_request if server.kind == "valhalla" else _osrm_request)(server, origins, targets)


def answer(server: TravelServer, content: bytes, shape: tuple[int, int]) -> Block:
    """The table in the answer; ``ValueError`` when it is none of that shape."""
    try:
        read = _valhalla_answer if server.kind == "valhalla" else _osrm_answer
        return read(json.loads(content), server, shape)
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"{type(error).__name__} in {len(content)} bytes") from error


def refusal(server: TravelServer, content: bytes) -> tuple[bool, str]:
    """Whether a refusal only says that no road joins the places, and its words."""
    try:
        said = json.loads(content)
        if server.kind == "valhalla":
            return said["error_code"] in _VALHALLA_NO_ROAD, str(said["error"])
        return said["code"] in _OSRM_NO_ROAD, str(said.get("message", said["code"]))
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        return False, content[:80].decode("utf-8", "replace")


def no_roads(shape: tuple[int, int]) -> Block:
    """A block without any road."""
    return Block(np.full(shape, NO_ROAD, np.int32), np.full(shape, NO_ROAD, np.int32))


def _valhalla_request(server: TravelServer, origins: Sequence[Place], targets: Sequence[Place]) -> tuple[str, bytes]:
    cutoff = round(server.off_road_km * 1000)
    near = [[{"lat": lat, "lon": lon, "search_cutoff": cutoff} for lat, lon in side] for side in (origins, targets)]
    question = {
        "sources": near[0],
        "targets": near[1],
        "costing": server.profile or "bus",
        "units": "kilometers",
    }
    return f"{server.url.rstrip('/')}/sources_to_targets", json.dumps(question).encode()


def _valhalla_answer(said: Any, server: TravelServer, shape: tuple[int, int]) -> Block:  # noqa: ANN401
    """Cells carry their own indices; time in seconds and distance in kilometres, both null where there is no road."""
    block, told = no_roads(shape), 0
    for cell in (cell for row in said["sources_to_targets"] for cell in row):
        i, j = cell["from_index"], cell["to_index"]
        if cell["time"] is not None:
            block.seconds[i, j] = _whole_seconds(cell["time"])
            block.metres[i, j] = _whole_metres(cell["distance"] * 1000)
        told += 1
    if told != shape[0] * shape[1]:
        raise ValueError(f"{told} cells for {shape}")
    return block


def _osrm_request(server: TravelServer, origins: Sequence[Place], targets: Sequence[Place]) -> tuple[str, None]:
    places = ";".join(f"{lon},{lat}" for lat, lon in (*origins, *targets))
    first = ";".join(map(str, range(len(origins))))
    second = ";".join(str(len(origins) + j) for j in range(len(targets)))
    asked = f"sources={first}&destinations={second}&annotations=duration,distance"
    return f"{server.url.rstrip('/')}/table/v1/{server.profile or 'driving'}/{places}?{asked}", None


def _osrm_answer(said: Any, server: TravelServer, shape: tuple[int, int]) -> Block:  # noqa: ANN401
    """Seconds and metres, null where there is no road; OSRM moves a place to the nearest road however far that is."""
    limit = server.off_road_km * 1000
    away = [[side["distance"] > limit for side in said[name]] for name in ("sources", "destinations")]
    block = no_roads(shape)
    if (len(away[0]), len(away[1])) != shape:
        raise ValueError(f"{len(away[0])} by {len(away[1])} for {shape}")
    for i, (durations, distances) in enumerate(zip(said["durations"], said["distances"], strict=True)):
        for j, (seconds, metres) in enumerate(zip(durations, distances, strict=True)):
            if seconds is not None and not away[0][i] and not away[1][j]:
                block.seconds[i, j], block.metres[i, j] = _whole_seconds(seconds), _whole_metres(metres)
    if len(said["durations"]) != shape[0] or any(len(row) != shape[1] for row in said["durations"]):
        raise ValueError(f"a table that is not {shape}")
    return block


def _whole_metres(metres: float) -> int:
    if not 0 <= metres <= _FARTHEST_M:
        raise ValueError(f"{metres} metres")
    return round(metres)


def _whole_seconds(seconds: float) -> int:
    if not 0 <= seconds <= _LONGEST_S:
        raise ValueError(f"{seconds} seconds")
    return ceil(seconds - _ROUNDING_S)
