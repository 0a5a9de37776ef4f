"""What road servers answered, in one SQLite file: nothing known is asked again, and a run that broke off goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from dispatch.geo.protocols import Block, Place

UNKNOWN = -2  # NO_ROAD is known: it is an answer
_TABLES = """
CREATE TABLE IF NOT EXISTS point (id INTEGER PRIMARY KEY, source TEXT, lat REAL, lon REAL, UNIQUE (source, lat, lon));
CREATE TABLE IF NOT EXISTS road (origin INTEGER, destination INTEGER, seconds INTEGER, metres INTEGER,
    PRIMARY KEY (origin, destination)) WITHOUT ROWID;
"""
_WAIT_S = 30


class RoadCache:
    """Roads of one ``source`` (the digest of server, profile and what else the answer depends on).

    The file appears with the first answer. Methods raise ``sqlite3.Error`` where it is damaged or cannot be written.
    """

    def __init__(self, path: Path, source: str) -> None:
        self.path, self.source = path, source

    def read(self, points: Sequence[Place]) -> Block:
        """What is known between distinct points, shape (n, n); ``UNKNOWN`` elsewhere."""
        shape = (len(points), len(points))
        block = Block(np.full(shape, UNKNOWN, np.int32), np.full(shape, UNKNOWN, np.int32))
        if not self.path.exists():
            return block
        with closing(self._open()) as store:
            ids = self._ids(store)
            places = {ids[point]: k for k, point in enumerate(points) if point in ids}
            for origin, i in places.items():
                for destination, seconds, metres in store.execute(
                    "SELECT destination, seconds, metres FROM road WHERE origin = ?", (origin,)
                ):
                    if (j := places.get(destination)) is not None:
                        block.seconds[i, j], block.metres[i, j] = seconds, metres
        return block

    def write(self, origins: Sequence[Place], targets: Sequence[Place], block: Block) -> None:
        """Keep an answer, whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as store, store:
            store.executemany(
                "INSERT OR IGNORE INTO point (source, lat, lon) VALUES (?, ?, ?)",
                [(self.source, *point) for point in dict.fromkeys((*origins, *targets))],
            )
            ids = self._ids(store)
            store.executemany(
                "INSERT OR REPLACE INTO road VALUES (?, ?, ?, ?)",
                [
                    (ids[a], ids[b], int(block.seconds[i, j]), int(block.metres[i, j]))
                    for i, a in enumerate(origins)
                    for j, b in enumerate(targets)
                ],
            )

    def _open(self) -> sqlite3.Connection:
        store = sqlite3.connect(self.path, timeout=_WAIT_S)
        try:
            store.executescript(_TABLES)
        except sqlite3.Error:
            store.close()
            raise
        return store

    def _ids(self, store: sqlite3.Connection) -> dict[Place, int]:
        rows = store.execute("SELECT lat, lon, id FROM point WHERE source = ?", (self.source,))
        return {(lat, lon): number for lat, lon, number in rows}
