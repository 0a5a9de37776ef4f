"""What lists that came would do to a roster: the people added, changed, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Person:
    """A row of a list as a screen may show it; ``key`` tells people apart and is never shown.

    ``own`` is what the row itself gives as the key, where the ledger knows its person by another.
    """

    key: str = field(repr=False)
    worker_id: str
    name: str
    id_number: str
    file: str
    sheet: str
    row: int
    own: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell of a person's row: its heading, what it said, what it says."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A person of whom something changed; ``by_name`` where the two rows are one person by name and not by number."""

    person: Person
    cells: tuple[CellChange, ...]
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class Edition:
    """A list that came: the list that it replaces, empty where it is new, and where it will stand."""

    source: Path
    file: str
    replaces: str
    old: Path | None
    target: Path


@dataclass(frozen=True, slots=True)
class Merge:
    """What lists that came would do to a roster, and the roster's files if they did.

    ``kept_out`` withdrew before and are listed again; ``moved`` are on another list now; ``elsewhere`` are added and on
    another list too; ``ambiguous`` cannot be told from others of the same name, birth and home. ``digests`` are the
    SHA-256 of all files that were compared.
    """

    editions: tuple[Edition, ...]
    files: tuple[Path, ...]
    digests: Mapping[Path, str]
    added: tuple[Person, ...] = ()
    changed: tuple[Changed, ...] = ()
    withdrawn: tuple[Person, ...] = ()
    kept_out: tuple[Person, ...] = ()
    readmitted: tuple[Person, ...] = ()
    moved: tuple[Person, ...] = ()
    elsewhere: tuple[Person, ...] = ()
    ambiguous: tuple[Person, ...] = ()
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user says beside the lists: which one the new one replaces (``-`` for none), who is back, who leaves."""

    replaces: str = ""
    readmit: tuple[str, ...] = ()
    withdraw: tuple[str, ...] = ()
