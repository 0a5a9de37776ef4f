"""The ledger beside a roster: which lists came when, and who withdrew, so that no older list brings them back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from dispatch.config import Settings
from dispatch.errors import StorageError
from dispatch.intake.cells import as_code, as_name
from dispatch.intake.homes import home_texts
from dispatch.intake.identity import as_id, id_faults, persons
from dispatch.intake.table import Table, mapped
from dispatch.language import text
from dispatch.model.notice import Severity

Event = Literal["list", "withdrawn", "readmitted"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger: a list that came, or a person who withdrew or was taken back.

    ``person`` is what tells people apart, as of ``person_keys``; ``sha256`` that of the list.
    """

    at: str
    event: Event
    file: str
    person: str = ""
    worker_id: str = ""
    name: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The lines of a ledger, its bytes, and who is withdrawn by the last line about them."""

    entries: tuple[Entry, ...] = ()
    content: bytes = b""

    @property
    def withdrawn(self) -> dict[str, Entry]:
        """The line about everybody who is withdrawn, by person."""
        last = {e.person: e for e in self.entries if e.event != "list"}
        return {person: e for person, e in last.items() if e.event == "withdrawn"}


def read_ledger(settings: Settings) -> Ledger:
    """The ledger, empty where there is none; ``StorageError`` where it cannot be read or is damaged."""
    path = settings.ledger
    if not path.exists():
        return Ledger()
    try:
        content = path.read_bytes()
        lines = content.decode("utf-8").splitlines()
        return Ledger(tuple(Entry(**json.loads(line)) for line in lines if line), content)
    except (OSError, ValueError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise StorageError(text(settings.publish.language, "intake.ledger", file=path, reason=reason)) from error


def append(settings: Settings, entries: Iterable[Entry]) -> Path:
    """Add lines to the ledger, whole or not at all; only its owner can read the file."""
    path = settings.ledger
    lines = "".join(json.dumps(asdict(entry), ensure_ascii=False) + "\n" for entry in entries)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(read_ledger(settings).content + lines.encode("utf-8"))
    draft.replace(path)
    return path


def stamped(at: datetime) -> str:
    """An instant as the ledger has it."""
    return at.isoformat(timespec="seconds")


def person_keys(table: Table) -> pd.Series[Any]:
    """What tells the people of a roster apart: the ID number where it is right, else name, birth and home.

    A row that has neither is known by its ``worker_id``; one without that by nothing, and the text is empty.
    """
    numbers, names = table.text("id_number", as_id), table.text("name", as_name)
    right = id_faults(table.raw("id_number"), numbers) == ""
    births, codes = table.text("birth", as_code), table.text("worker_id", as_code)
    said = zip(persons(numbers, names), right, names, births, home_texts(table), codes, strict=True)
    return mapped(
        table.frame.index,
        [
            person if sure else f"{name}|{birth}|{home}" if name else f"|{code}" if code else ""
            for person, sure, name, birth, home, code in said
        ],
    )


def without_withdrawn(table: Table, ledger: Ledger) -> Table:
    """The roster without those who withdrew, each a finding: an older list does not bring them back."""
    if not ledger.withdrawn:
        return table
    gone = person_keys(table).isin(set(ledger.withdrawn))
    table.flag("name", gone, "withdrew_before", severity=Severity.NOTE)
    return table.with_frame(table.frame[~gone])
