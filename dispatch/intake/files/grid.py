"""What a file comes to: grids of raw cells, remarks about what was left aside, or the reason why it is not read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dispatch.model.notice import Severity

Cell = str | float | int | bool | date | datetime | time | timedelta

# No spreadsheet program keeps more characters in a cell; a text file may, and is then no table.
MAX_CELL = 32_767


class UnreadableError(Exception):
    """A file that cannot be taken: ``code`` is the notice's code, ``params`` fill its wording.

    ``reason`` is what the system or a library said, in its words.
    """

    def __init__(self, code: str, reason: str = "", **params: str) -> None:
        super().__init__(reason)
        self.code = code
        self.params = {"reason": reason, **params}


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one sheet from its first row and column; ``name`` is empty for a .csv. Empty cells are ``""``."""

    name: str
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a file that was read: the code, wording and severity of a notice."""

    code: str
    severity: Severity = Severity.NOTE
    sheet: str = ""
    value: str = ""
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """The sheets of a file and the remarks about it. ``lossy``: some cells hold U+FFFD in place of broken bytes."""

    grids: tuple[Grid, ...]
    remarks: tuple[Remark, ...] = ()
    lossy: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A file's content and the digest of its bytes."""

    grids: tuple[Grid, ...]
    sha256: str
    remarks: tuple[Remark, ...] = ()
    lossy: bool = False


@dataclass(frozen=True, slots=True)
class Budget:
    """What reading a file may come to. An honest file's bytes, cells, memory and time grow with its size on disk, and
    an attack is a small file that costs much: so each bound is a base and a share of the size.
    """

    unpacked: int
    cells: int
    texts: int
    memory: int
    cpu_s: int
    leave_hidden_out: bool = False

    @classmethod
    def of(cls, size: int, *, unpacked_mb: int | None, leave_hidden_out: bool) -> Budget:
        """The bounds for a file of so many bytes; ``unpacked_mb`` overrides the first."""
        packed = 64 * 2**20 + 100 * size
        return cls(
            unpacked=packed if unpacked_mb is None else unpacked_mb * 2**20,
            cells=4_000_000 + size // 2,
            # of a text file, which this process reads itself; an empty cell takes an eighth of a filled one
            texts=4_000_000 + size // 8,
            memory=600 * 2**20 + 40 * size,
            cpu_s=4 + size // 2**20,
            leave_hidden_out=leave_hidden_out,
        )
