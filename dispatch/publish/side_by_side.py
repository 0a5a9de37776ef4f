"""One list of work done by several processes: each takes every n-th piece, and what comes of them keeps its order."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from itertools import chain
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Protocol

Files = list[Path]


class Work(Protocol):
    """Does pieces ``share``, ``share + of``, ``share + 2 * of``, … and calls ``step`` after each; must be picklable."""

    def __call__(self, share: int, of: int, step: Callable[[], None]) -> list[Files]: ...


def side_by_side(work: Work, processes: int, step: Callable[[], None]) -> Files:
    """The files of all pieces in order. This process does a share too, and that of a process which was killed.

    ``step`` is called here after each piece, whoever did it. An ``OSError`` of any share is raised here; whatever is
    raised, no other process is left.
    """
    helpers = [_Helper(work, share, processes) for share in range(1, processes)]

    def done() -> None:
        step()
        for helper in helpers:
            helper.hear(step, wait=False)

    try:
        found = [work(0, processes, done)]
        for helper in helpers:
            helper.hear(step, wait=True)
        found += [work(h.share, processes, h.again(step)) if h.found is None else h.found for h in helpers]
    finally:
        for helper in helpers:
            helper.end()
    return list(chain.from_iterable(_interleaved(found)))


def _interleaved(shares: Sequence[list[Files]]) -> list[Files]:
    return [shares[i % len(shares)][i // len(shares)] for i in range(sum(map(len, shares)))]


class _Helper:
    """A process that does one share and tells of its steps; ``found`` stays None where it died."""

    def __init__(self, work: Work, share: int, of: int) -> None:
        # not forked: forked processes do not exist on every platform, and would inherit the threads of a screen
        context = get_context("spawn")
        self.share, self.steps = share, 0
        self.found: list[Files] | None = None
        self._here, there = context.Pipe(duplex=False)
        self._process = context.Process(target=_help, args=(there, work, share, of), daemon=True)
        self._process.start()
        there.close()
        self._open = True

    def hear(self, step: Callable[[], None], *, wait: bool) -> None:
        """Take what it has told, or all that it will tell."""
        while self._open and (wait or self._here.poll()):
            try:
                told = self._here.recv()
            except EOFError:
                self._open = False
                return
            if isinstance(told, OSError):
                raise told
            if told is None:
                self.steps += 1
                step()
            else:
                self.found, self._open = told, False

    def again(self, step: Callable[[], None]) -> Callable[[], None]:
        """A step that is not counted twice where this process does again what the other had done."""

        def counted() -> None:
            self.steps -= 1
            if self.steps < 0:
                step()

        return counted

    def end(self) -> None:
        self._process.terminate()
        self._process.join()
        self._here.close()


def _help(there: Connection, work: Work, share: int, of: int) -> None:
    """Ctrl-C is the first process's to handle, and an error of the program its to show; nobody outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as the process lives
    Thread(target=_end_with_the_first, daemon=True).start()
    try:
        there.send(work(share, of, lambda: there.send(None)))
    except OSError as error:
        there.send(error)


def _end_with_the_first() -> None:
    first = parent_process()
    if first is not None:
        first.join()
        os._exit(1)
