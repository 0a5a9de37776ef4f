"""Pieces of work done by several processes: each gets the next one when it is free, and the files keep their order."""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Generic, TypeVar

Piece = TypeVar("Piece")
Files = list[Path]
_AHEAD = 2  # pieces that another process has at hand, so that it need not wait for this one


def side_by_side(
    write: Callable[[Piece], Files], pieces: Iterable[Piece], processes: int, step: Callable[[], None]
) -> Files:
    """The files of all pieces in order; ``write`` and the pieces must be picklable.

    Pieces are made here, one after the other. This process writes as well, and again what a process was at that was
    killed. ``step`` is called here after each piece, whoever wrote it. An ``OSError`` of any process is raised here;
    whatever is raised, no other process is left.
    """
    found: dict[int, Files] = {}

    def take(number: int, files: Files) -> None:
        found[number] = files
        step()

    waiting = enumerate(pieces)
    helpers = [_Helper(write) for _ in range(1, processes)]
    try:
        for number, piece in _own(waiting, helpers, take):
            take(number, write(piece))
        for helper in helpers:
            helper.hear(take, wait=True)
        for number, piece in [given for helper in helpers for given in helper.given]:
            take(number, write(piece))
    finally:
        for helper in helpers:
            helper.end()
    return [path for number in sorted(found) for path in found[number]]


def _own(
    waiting: Iterator[tuple[int, Piece]], helpers: list[_Helper[Piece]], take: Callable[[int, Files], None]
) -> Iterator[tuple[int, Piece]]:
    """The pieces for this process, while the others have theirs."""
    while True:
        for helper in helpers:
            helper.hear(take, wait=False)
            helper.feed(waiting)
        own = next(waiting, None)
        if own is None:
            return
        yield own


class _Helper(Generic[Piece]):
    """A process that writes pieces; ``given`` are those it has not told of, all that is left where it died."""

    def __init__(self, write: Callable[[Piece], Files]) -> None:
        # not forked: forked processes do not exist on every platform, and would inherit the threads of a screen
        context = get_context("spawn")
        self.given: deque[tuple[int, Piece]] = deque()
        self._here, there = context.Pipe()
        self._process = context.Process(target=_help, args=(there, write), daemon=True)
        self._process.start()
        there.close()
        self._alive = True

    def feed(self, waiting: Iterator[tuple[int, Piece]]) -> None:
        """Hand it the next pieces, as many as it should have at hand."""
        while self._alive and len(self.given) < _AHEAD and (numbered := next(waiting, None)):
            self.given.append(numbered)
            try:
                self._here.send(numbered[1])
            except ConnectionError:
                self._alive = False

    def hear(self, take: Callable[[int, Files], None], *, wait: bool) -> None:
        """Take what it has written, or all that it has still to write."""
        while self._alive and self.given and (wait or self._here.poll()):
            try:
                told = self._here.recv()
            except (EOFError, ConnectionError):
                self._alive = False
                return
            if isinstance(told, OSError):
                raise told
            number, _ = self.given.popleft()
            take(number, told)

    def end(self) -> None:
        self._process.terminate()
        self._process.join()
        self._here.close()


def _help(there: Connection, write: Callable[[Piece], Files]) -> None:
    """Ctrl-C is the first process's to handle, and an error of the program its to show; nobody outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as the process lives
    Thread(target=_end_with_the_first, daemon=True).start()
    while True:
        piece = there.recv()
        try:
            there.send(write(piece))
        except OSError as error:
            there.send(error)


def _end_with_the_first() -> None:
    first = parent_process()
    if first is not None:
        first.join()
        os._exit(1)
