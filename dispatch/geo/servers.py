"""Road times of a running Valhalla or OSRM server: asked in blocks, tried again, kept on disk.

Coordinates of stops leave this process, for the server that the config names; nothing about people ever does.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from dispatch.config import Settings, TravelServer
from dispatch.errors import RoadServerError, StorageError
from dispatch.geo import protocols
from dispatch.geo.protocols import NO_ROAD, Block, Place
from dispatch.geo.road_cache import UNKNOWN, RoadCache
from dispatch.geo.web import Refused, Sleep, Unanswered, fetch
from dispatch.language import text
from dispatch.model.supply import Stop
from dispatch.model.units import Position

Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

_DECIMALS = 6  # a tenth of a metre; the same place is the same question
_WORDS_MOST = 200


class RoadServer:
    """The server of an operation's config, and what it has answered so far."""

    def __init__(self, settings: Settings, server: TravelServer, sleep: Sleep = time.sleep) -> None:
        self.server, self.sleep, self.language = server, sleep, settings.publish.language
        self.cache = RoadCache(settings.road_cache, _source(server))

    def between(self, stops: Sequence[Stop], needed: Bools) -> Block:
        """Seconds and metres between all stops, shape (n, n), ``NO_ROAD`` where none leads.

        Pairs outside ``needed`` may be answered too, or be negative. Raises ``RoadServerError`` where the server does
        not answer or refuses a needed pair, ``StorageError`` where the cache cannot be used.
        """
        places = [_place(stop.position) for stop in stops]
        points = list(dict.fromkeys(places))
        where = {point: k for k, point in enumerate(points)}
        at = np.array([where[place] for place in places], np.intp)
        wanted = np.zeros((len(points), len(points)), bool)
        np.logical_or.at(wanted, (at[:, None], at[None, :]), needed)
        names = dict(zip(places, (stop.name for stop in stops), strict=True))
        known = self._known(points, wanted, names)
        return Block(known.seconds[np.ix_(at, at)], known.metres[np.ix_(at, at)])

    def pair(self, start: Position, end: Position) -> tuple[int, int] | None:
        """Seconds and metres from one place to another, None where no road leads; errors as of ``between``."""
        points = list(dict.fromkeys((_place(start), _place(end))))
        names = {point: f"{point[0]}, {point[1]}" for point in points}
        known = self._known(points, np.eye(len(points), k=len(points) - 1, dtype=bool), names)
        seconds, metres = int(known.seconds[0, -1]), int(known.metres[0, -1])
        return None if seconds == NO_ROAD else (seconds, metres)

    def _known(self, points: list[Place], wanted: Bools, names: dict[Place, str]) -> Block:
        """The table between distinct points after everything wanted and unknown was asked for."""
        try:
            known = self.cache.read(points)
            unknown = known.seconds == UNKNOWN
            for rows, columns in blocks(unknown, unknown & wanted, self.server.batch):
                for r, c, block in self._asked(points, rows, columns, wanted, names):
                    known.seconds[np.ix_(r, c)], known.metres[np.ix_(r, c)] = block
                    self.cache.write([points[i] for i in r], [points[j] for j in c], block)
        except (sqlite3.Error, OSError) as error:
            raise StorageError(self._say("cache", file=self.cache.path, reason=error)) from error
        return known

    def _asked(
        self, points: list[Place], rows: Indices, columns: Indices, wanted: Bools, names: dict[Place, str]
    ) -> Iterator[tuple[Indices, Indices, Block]]:
        """The answer for a block. A refused block is asked in halves, down to the one pair that the server minds."""
        origins, targets = [points[i] for i in rows], [points[j] for j in columns]
        try:
            yield rows, columns, self._table(origins, targets)
        except Refused as refused:
            if len(rows) * len(columns) > 1:
                halves = np.array_split(rows if len(rows) >= len(columns) else columns, 2)
                for half in halves:
                    r, c = (half, columns) if len(rows) >= len(columns) else (rows, half)
                    yield from self._asked(points, r, c, wanted, names)
                return
            no_road, words = protocols.refusal(self.server, refused.body)
            if no_road:
                yield rows, columns, protocols.no_roads((1, 1))
            elif wanted[rows[0], columns[0]]:
                ends = {"start": names[origins[0]], "end": names[targets[0]]}
                said = " ".join(words[:_WORDS_MOST].split())
                raise RoadServerError(self._say("refused", status=refused.status, said=said, **ends)) from refused

    def _table(self, origins: list[Place], targets: list[Place]) -> Block:
        server = self.server
        url, body = protocols.request(server, origins, targets)
        try:
            content = fetch(url, body, timeout_s=server.timeout_s, retries=server.retries, sleep=self.sleep)
            return protocols.answer(server, content, (len(origins), len(targets)))
        except Unanswered as error:
            raise RoadServerError(self._say("down", reason=error, tries=server.retries + 1)) from error
        except ValueError as error:
            raise RoadServerError(self._say("garbled", reason=error)) from error

    def _say(self, key: str, **values: object) -> str:
        return text(self.language, f"roads.{key}", url=self.server.url, kind=self.server.kind, **values)


def blocks(unknown: Bools, missing: Bools, batch: int) -> Iterator[tuple[Indices, Indices]]:
    """Rows and columns of tables of at most ``batch`` by ``batch`` that cover every missing cell and no known one.

    Rows with the same gaps are asked together. ``missing`` lies within ``unknown``; cells that are only unknown may be
    asked along, which keeps tables whole where single pairs are not needed.
    """
    rows, columns = np.flatnonzero(missing.any(axis=1)), np.flatnonzero(missing.any(axis=0))
    if not len(rows):
        return
    patterns, of = np.unique(unknown[np.ix_(rows, columns)], axis=0, return_inverse=True)
    for k, pattern in enumerate(patterns):
        for some in _pieces(rows[of.ravel() == k], batch):
            for others in _pieces(columns[pattern], batch):
                yield some, others


def _pieces(indices: Indices, most: int) -> Iterator[Indices]:
    return (indices[first : first + most] for first in range(0, len(indices), most))


def _place(position: Position) -> Place:
    return round(position.lat, _DECIMALS), round(position.lon, _DECIMALS)


def _source(server: TravelServer) -> str:
    """The digest of all that an answer depends on, beside the two places."""
    parts = [server.kind, server.url, server.profile, server.off_road_km]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
