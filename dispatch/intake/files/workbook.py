"""A workbook read by a process of its own, which may abort, hang or ask for all memory without harm to this one."""

from __future__ import annotations

import json
import marshal
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from threading import Timer
from typing import IO, Any

import dispatch
from dispatch.intake.files.columns import Columns
from dispatch.intake.files.grid import Budget, Cell, Content, Grid, Remark, UnreadableError
from dispatch.intake.files.kinds import Kind
from dispatch.model.notice import Severity

_MOMENTS = {"datetime": datetime, "date": date, "time": time, "timedelta": timedelta}
# The child counts its own seconds of work; the clock is for a system that does not, or a machine that is very busy.
_PATIENCE = 10


def read_apart(content: bytes, kind: Kind, budget: Budget) -> Content:
    """The content of a workbook; raises ``UnreadableError``, also where the child came to no end."""
    with _child(kind, budget) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        clock = Timer(budget.cpu_s * _PATIENCE, child.kill)
        clock.start()
        try:
            with suppress(OSError):  # a child that died before it had read all
                child.stdin.write(content)
            with suppress(OSError):
                child.stdin.close()
            return _gather(_messages(child.stdout))
        finally:
            clock.cancel()
            child.kill()


def _child(kind: Kind, budget: Budget) -> subprocess.Popen[bytes]:
    # The child takes this very package, and no module that lies about in the folder the program was called from. What
    # ``site`` does at every start costs more than the start itself; its outcome is the parent's path.
    home = str(Path(dispatch.__file__).parent.parent)
    paths = os.pathsep.join([home, *filter(None, sys.path)])
    return subprocess.Popen(
        [sys.executable, "-S", "-P", "-m", "dispatch.intake.files.child", kind, json.dumps(asdict(budget))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": paths, "PYTHONWARNINGS": "ignore"},
    )


def _messages(stream: IO[bytes]) -> Iterator[tuple[Any, ...]]:
    """What the child says; a child that was ended says nothing more."""
    while len(length := stream.read(8)) == 8:
        size = int.from_bytes(length, "big")
        if len(said := stream.read(size)) < size:
            return
        yield marshal.loads(said)


def _gather(messages: Iterator[tuple[Any, ...]]) -> Content:
    grids: list[tuple[str, Columns]] = []
    remarks: list[Remark] = []
    ready = lossy = False
    for what, *said in messages:
        if what == "rows":
            size, columns, uneven = said
            columns = [(codes, _cells(cells)) for codes, cells in columns]
            grids[-1][1].add((size, columns, list(map(_cells, uneven))))
        elif what == "sheet":
            grids.append((said[0], Columns()))
        elif what == "remark":
            code, severity, sheet, value, params = said
            remarks.append(Remark(code, Severity(severity), sheet, value, tuple(params.items())))
        elif what == "lossy":
            lossy = True
        elif what == "ready":
            ready = True
        elif what == "mistake":
            raise RuntimeError(f"the process that reads workbooks failed: {said[0]}")
        elif what == "error":
            code, params = said
            raise UnreadableError(code, **params)
        elif what == "end":
            return Content(tuple(Grid(name, rows) for name, rows in grids), tuple(remarks), lossy)
    if not ready:
        raise RuntimeError("the process that reads workbooks did not start")
    raise UnreadableError("file_too_costly")


def _cells(said: list[Any]) -> list[Cell]:
    if tuple not in set(map(type, said)):
        return said
    return [_MOMENTS[cell[0]](*cell[1:]) if isinstance(cell, tuple) else cell for cell in said]
