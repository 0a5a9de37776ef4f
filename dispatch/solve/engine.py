"""Where tasks are done: in this process, or side by side in others, with the same outcome; what was done once and kept
is not done again.
"""

from __future__ import annotations

import os
import pickle
import signal
import tempfile
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache, partial
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Self

import numpy as np

from dispatch.solve.cache import Cache
from dispatch.solve.instance import Instance
from dispatch.solve.search import seed_random
from dispatch.solve.task import Found, Task, perform
from dispatch.solve.threads import side_by_side

RETRIES = 3  # of a pool whose processes were killed; then this process does the work itself


class Engine:
    """Does tasks on an instance with so many processes; a context manager that ends them.

    With a folder for its cache it keeps what comes of tasks there, and reads it. ``done`` counts the tasks that were
    done and not read, ``rounds`` those of all.
    """

    def __init__(self, processes: int, kept: Path | None = None) -> None:
        self.processes = min(processes, os.cpu_count() or 1)
        self.done = self.rounds = 0
        self.x: Instance | None = None
        self._kept = kept
        self._cache: Cache | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="dispatch-", ignore_cleanup_errors=True)
        self._pool: ProcessPoolExecutor | None = None
        self._instances = 0
        if self.processes > 1:
            self._pool = self._new_pool()
            # they load what they need while this process prepares the instance
            for _ in range(self.processes):
                self._pool.submit(_begin)

    def take(self, x: Instance) -> None:
        """The instance of the tasks from here on."""
        self.x = x
        self._cache = Cache(x, self._kept) if self._kept is not None else None
        if self._pool is not None:
            self._instances += 1
            self._place.mkdir()
            _write(x, self._place)

    @property
    def _place(self) -> Path:
        return Path(self._folder.name) / str(self._instances)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is not None:
            self.stop()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._folder.cleanup()

    def stop(self) -> None:
        """End the processes at once, whatever they are at; what is asked for after that, this process does."""
        if self._pool is not None:
            for process in list((self._pool._processes or {}).values()):
                process.terminate()
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def run(self, tasks: Sequence[Task]) -> list[Found]:
        """What comes of each task, in their order; a task whose process was killed is done again."""
        found = self._known(tasks)
        for _ in range(RETRIES):
            if self._pool is None or len(found) == len(tasks):
                break
            try:
                self._side_by_side(tasks, found)
            except BrokenProcessPool:
                self._pool.shutdown(wait=True, cancel_futures=True)
                self._pool = self._new_pool()
        if len(found) < len(tasks):
            self.stop()  # no pool, or one that will not hold
            for i in [i for i in range(len(tasks)) if i not in found]:
                assert self.x is not None
                found[i] = self._keep(tasks[i], perform(self.x, tasks[i]))
        self.rounds += sum(f.rounds for f in found.values())
        seed_random(self.rounds)  # what this process draws from here on must not hang on which tasks it did itself
        return [found[i] for i in range(len(tasks))]

    def _known(self, tasks: Sequence[Task]) -> dict[int, Found]:
        if self._cache is None:
            return {}
        read = ((i, self._cache.read(task)) for i, task in enumerate(tasks))
        return {i: found for i, found in read if found is not None}

    def _side_by_side(self, tasks: Sequence[Task], found: dict[int, Found]) -> None:
        """Add to ``found`` what it lacks, as it comes; raises ``BrokenProcessPool`` with what came until then."""
        waiting: dict[Future[Found], int] = {}
        broken: BrokenProcessPool | None = None
        try:
            for i, task in enumerate(tasks):
                if i not in found:
                    waiting[self._submit(task)] = i
        except BrokenProcessPool as error:
            broken = error
        for future in as_completed(waiting):
            if future.exception() is None:
                found[waiting[future]] = self._keep(tasks[waiting[future]], future.result())
        for future in waiting:
            future.result()
        if broken is not None:
            raise broken

    def _keep(self, task: Task, found: Found) -> Found:
        self.done += 1
        if self._cache is not None:
            self._cache.write(task, found)
        return found

    def _submit(self, task: Task) -> Future[Found]:
        assert self._pool is not None
        return self._pool.submit(_perform, str(self._place), task)

    def _new_pool(self) -> ProcessPoolExecutor:
        # not forked: forked processes do not exist on every platform, and would inherit the threads of a screen
        return ProcessPoolExecutor(self.processes, get_context("spawn"), _begin)


class InThreads:
    """Does tasks in threads of this process, which need not begin first."""

    def __init__(self, x: Instance, threads: int) -> None:
        self.x, self.threads = x, threads

    def run(self, tasks: Sequence[Task]) -> list[Found]:
        """What comes of each task, in their order."""
        return list(side_by_side(partial(perform, self.x), tasks, self.threads))


def _begin() -> None:
    """Ctrl-C is the first process's to handle; nobody is left behind when that one is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_first, daemon=True).start()


def _end_with_the_first() -> None:
    first = parent_process()
    if first is not None:
        first.join()
        os._exit(1)


def _perform(folder: str, task: Task) -> Found:
    return perform(_read(folder), task)


def _write(x: Instance, folder: Path) -> None:
    """The instance as files, its tables one by one so that processes share their pages."""
    plain = {}
    for name, value in x._asdict().items():
        if isinstance(value, np.ndarray):
            np.save(folder / f"{name}.npy", value)
        else:
            plain[name] = value
    (folder / "plain.pickle").write_bytes(pickle.dumps(plain))


@lru_cache(maxsize=1)
def _read(folder: str) -> Instance:
    place = Path(folder)
    values: dict[str, Any] = pickle.loads((place / "plain.pickle").read_bytes())
    # copy on write, since compiled code tells arrays that may be written from those that may not
    values |= {f.stem: _table(f) for f in place.glob("*.npy")}
    return Instance(**values)


def _table(file: Path) -> np.ndarray:
    table = np.load(file, mmap_mode="c" if file.stat().st_size > 1 << 16 else None)
    return np.asarray(table)
