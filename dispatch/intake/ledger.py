"""The ledger beside a roster: which lists came when, and who withdrew, so that no older list brings them back."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd

from dispatch.config import Settings
from dispatch.errors import StorageError
from dispatch.intake.cells import as_code, as_name
from dispatch.intake.homes import home_texts
from dispatch.intake.identity import as_id, id_faults, persons
from dispatch.intake.paths import input_paths
from dispatch.intake.table import Table, mapped
from dispatch.language import text
from dispatch.model.notice import Severity
from dispatch.private_file import write_private
from dispatch.regular_file import read_regular

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
    """The ledger, empty where there is none; ``StorageError`` where it cannot be read, is damaged, or is another's."""
    path = settings.ledger
    _refuse_former(settings)
    try:
        content = read_regular(path, settings.reading.max_file_mb * 2**20)
    except OSError as error:
        # A link that leads nowhere is a share that is not there now.
        if isinstance(error, FileNotFoundError) and not path.is_symlink():
            return Ledger()
        raise _unreadable(settings, error.strerror) from error
    # Only this: what else Python counts as the end of a line may stand in a name.
    lines = enumerate(content.split(b"\n"), 1)
    return Ledger(tuple(_entry(settings, line, number) for number, line in lines if line.strip()), content)


def _entry(settings: Settings, line: bytes, number: int) -> Entry:
    """A line as ``append`` writes it; ``StorageError`` for any other, which could bring back who withdrew."""
    try:
        entry = Entry(**json.loads(line))
    except (ValueError, TypeError, RecursionError) as error:
        raise _odd(settings, number) from error
    texts = all(isinstance(getattr(entry, field.name), str) for field in fields(Entry))
    if not texts or entry.event not in get_args(Event) or not (entry.person or entry.event == "list"):
        raise _odd(settings, number)
    return entry


def _odd(settings: Settings, number: int) -> StorageError:
    return _unreadable(settings, text(settings.publish.language, "intake.ledger.line", row=number))


def _unreadable(settings: Settings, reason: str | None) -> StorageError:
    return StorageError(text(settings.publish.language, "intake.ledger", file=settings.ledger, reason=reason or ""))


def _refuse_former(settings: Settings) -> None:
    """Raise where a ledger stands by the name of one of the lists, as earlier versions wrote it, or another operation
    on the same lists: unread it would bring back who withdrew.
    """
    if settings.inputs.ledger is not None:
        return
    given = [settings.path.resolve().parent / path for path in settings.inputs.workers]
    names = [
        path.with_name("workers" if any(sign in path.name for sign in "*?[") else path.stem)
        for path in (*given, *input_paths(settings, "workers"))
    ]
    for name in dict.fromkeys(names):
        former = name.with_name(f"{name.name}.ledger.jsonl")
        if former.resolve() != settings.ledger.resolve() and os.path.lexists(former):
            words = {"file": former, "ledger": settings.ledger}
            raise StorageError(text(settings.publish.language, "intake.ledger.former", **words))


def append(settings: Settings, entries: Iterable[Entry]) -> Path:
    """Add lines to the ledger, whole or not at all; only its owner can read the file."""
    path, before = settings.ledger, read_ledger(settings).content
    lines = "".join(json.dumps(asdict(entry), ensure_ascii=False) + "\n" for entry in entries)
    end = b"\n" if before and not before.endswith(b"\n") else b""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path.resolve(), before + end + lines.encode("utf-8"))
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


def known_keys(table: Table, ledger: Ledger) -> pd.Series[Any]:
    """The key of each row; of somebody who withdrew, the one that the ledger has.

    Whoever withdrew without a right ID number is known by name and home, so that a mended number brings nobody back;
    another birth is another person.
    """
    own = person_keys(table)
    named: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for key in ledger.withdrawn:
        name, _, rest = key.partition("|")
        birth, _, home = rest.partition("|")
        if name and home:
            named[name, home].append((birth, key))
    if not named:
        return own
    rows = zip(own, table.text("name", as_name), table.text("birth", as_code), home_texts(table), strict=True)
    return mapped(own.index, [_known(key, born, named.get((name, home), ())) for key, name, born, home in rows])


def _known(own: str, birth: str, named: Sequence[tuple[str, str]]) -> str:
    same = [key for born, key in named if not (birth and born) or birth == born]
    return own if own in same or not same else same[0]


def kept_out(table: Table, ledger: Ledger) -> pd.Series[Any]:
    """Why each row is left out, as the code of its finding; empty where it stays."""
    if not ledger.withdrawn:
        return mapped(table.frame.index, [""] * len(table))
    own, known = person_keys(table), known_keys(table, ledger)
    gone = known.isin(set(ledger.withdrawn))
    codes = [
        ("withdrew_before" if a == b else "withdrew_by_name") if out else ""
        for a, b, out in zip(own, known, gone, strict=True)
    ]
    return mapped(table.frame.index, codes)


def leave_out(table: Table, why: pd.Series[Any]) -> Table:
    """The roster without those who withdrew, each a finding: an older list does not bring them back."""
    stays = why == ""
    if stays.all():
        return table
    for code, severity in (("withdrew_before", Severity.NOTE), ("withdrew_by_name", Severity.WARNING)):
        table.flag("name", why == code, code, severity=severity)
    return table.with_frame(table.frame[stays])
