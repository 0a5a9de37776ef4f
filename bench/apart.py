"""Calls in a fresh process, so that memory and a hanging or dying solver are its own; a block that has a limit."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import FrameType
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")


class LostError(Exception):
    """The process died or was ended before it had an answer."""


def apart(most_s: float | None, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What a function returns in a fresh process; ``LostError`` where that dies, fails or takes longer than ``most_s``.

    What the process prints goes to stderr: solvers talk.
    """
    context = get_context("spawn")
    here, there = context.Pipe(duplex=False)
    # no daemon, since the search starts processes itself
    process = context.Process(target=_answer, args=(there, function, args, kwargs), daemon=False)
    process.start()
    there.close()
    try:
        if not here.poll(most_s):
            raise LostError(f"no answer within {most_s:.0f} s")
        return cast(R, here.recv())
    except EOFError as died:
        process.join()
        raise LostError(f"the process ended with {process.exitcode}") from died
    finally:
        here.close()
        if most_s is not None:
            process.kill()
        process.join()


def _answer(
    there: Connection, function: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]
) -> None:
    os.dup2(2, 1)
    there.send(function(*args, **kwargs))
    there.close()


class _TimeIsUpError(Exception):
    pass


@contextmanager
def given(seconds: float) -> Iterator[None]:
    """Leave the block where it takes longer."""

    def up(number: int, frame: FrameType | None) -> None:
        raise _TimeIsUpError

    before = signal.signal(signal.SIGALRM, up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _TimeIsUpError:
        print(f"  a peer took longer than {seconds:g} s", file=sys.stderr)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
