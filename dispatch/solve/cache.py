"""What came of tasks, kept in a folder by what went into them: a search that was cut off goes on where it was.

A key covers the instance, the task and the program, so that nothing is read that another would have found. Files hold
arrays and no code; one that is damaged counts as absent.
"""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from dispatch.solve.instance import Instance
from dispatch.solve.seen import Loads
from dispatch.solve.snapshot import Snapshot
from dispatch.solve.state import COACH_WIDTH, ROW
from dispatch.solve.task import Found, Task

DAMAGED = (OSError, ValueError, KeyError, EOFError, IndexError, zipfile.BadZipFile, zlib.error)


class Cache:
    """Kept answers to tasks on one instance, in a folder that is made when the first is kept."""

    def __init__(self, x: Instance, folder: Path) -> None:
        self.folder = folder
        self._instance = digest((program(), x._asdict()))

    def read(self, task: Task) -> Found | None:
        """What came of a task, where that is kept and whole."""
        try:
            with self._file(task).open("rb") as file, np.load(file, allow_pickle=False) as kept:
                plan = Snapshot(*(kept[name] for name in Snapshot._fields))
                seen = Loads(*(kept[f"seen_{name}"] for name in Loads._fields))
                found = Found(kept["units"], plan, kept["solo"], int(kept["rounds"]), seen, kept["dear"])
        except DAMAGED:
            return None
        return found if _fits(found, task) else None

    def write(self, task: Task, found: Found) -> None:
        """Keep what came of a task, unless a clock had a say in it. A full disk costs the cache and not the plan."""
        if task.effort.rounds <= 0 < task.effort.seconds:
            return
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, fresh = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=self.folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    columns = found.plan._asdict() | {f"seen_{k}": v for k, v in found.seen._asdict().items()}
                    columns |= {"units": found.units, "solo": found.solo, "dear": found.dear}
                    np.savez_compressed(file, rounds=found.rounds, **columns)
                Path(fresh).replace(self._file(task))
            finally:
                Path(fresh).unlink(missing_ok=True)

    def _file(self, task: Task) -> Path:
        return self.folder / f"{digest((self._instance, task))}.npz"


def _fits(found: Found, task: Task) -> bool:
    """Whether it can be an answer to the task at all."""
    loads, free = len(found.plan.coach), task.free
    shapes = (found.plan.coach.shape, found.plan.rows.shape, found.plan.value.shape, found.plan.way.shape)
    whole = shapes == ((loads, COACH_WIDTH), (loads, ROW), (loads,), (free, 2)) and len(found.solo) == free
    return whole and np.array_equal(found.units, task.units[:free])


@lru_cache(maxsize=1)
def program() -> str:
    """A digest of the search's own source and of the libraries that compute."""
    here = Path(__file__).parent
    source = [(str(f.relative_to(here)), f.read_bytes()) for f in sorted(here.rglob("*.py"))]
    return digest(
        (source, [version(name) for name in ("numba", "numpy")], platform.python_version(), platform.machine())
    )


def digest(value: object) -> str:
    """The SHA-256 of a value made of arrays, data classes, tuples, dictionaries and plain values."""
    total = hashlib.sha256()
    for piece in _pieces(value):
        total.update(len(piece).to_bytes(8, "big"))
        total.update(piece)
    return total.hexdigest()


def _pieces(value: Any) -> Iterator[bytes]:  # noqa: ANN401
    if isinstance(value, np.ndarray):
        yield f"{value.dtype.str}{value.shape}".encode()
        yield np.ascontiguousarray(value).tobytes()
    elif is_dataclass(value):
        yield type(value).__name__.encode()
        for field in fields(value):
            yield from _pieces(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from _pieces(list(value.items()))
    elif isinstance(value, list | tuple):
        yield f"{type(value).__name__}{len(value)}".encode()
        for each in value:
            yield from _pieces(each)
    elif isinstance(value, bytes):
        yield value
    else:
        yield f"{type(value).__name__} {value!r}".encode()
