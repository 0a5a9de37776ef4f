"""A list that comes again: what it adds, changes and withdraws, shown before anything is done."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from dispatch.config import Settings
from dispatch.errors import ConfigError, InputRejectedError, StorageError
from dispatch.intake.answers import read_answers
from dispatch.intake.applying import changed
from dispatch.intake.cells import as_code, as_name, moments
from dispatch.intake.homes import home_texts
from dispatch.intake.identity import as_id, masked, numbers_hidden, without_number
from dispatch.intake.journeys import row_ids
from dispatch.intake.ledger import Entry, Ledger, known_keys, person_keys, read_ledger
from dispatch.intake.merge import Asked, CellChange, Changed, Edition, Merge, Person
from dispatch.intake.notices import describe
from dispatch.intake.opening import Source, open_table
from dispatch.intake.paths import SUFFIXES, input_paths, labels, roster_folder
from dispatch.intake.phones import as_phone, masked_phone
from dispatch.intake.reader import Cell
from dispatch.intake.register import REGISTER, SIGN_UPS, as_registered
from dispatch.intake.schema import Schema
from dispatch.intake.table import Findings, Table
from dispatch.intake.taking import take
from dispatch.intake.workers import WORKERS
from dispatch.language import text
from dispatch.model.notice import Severity

# A list is another edition of the one with which it shares so many of the people of either.
_SAME_LIST = 0.5
# Numbers of rows are renumbered in every edition and say nothing of the person.
_NOT_COMPARED = frozenset({"worker_id"})


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a roster: who, the cells as they are compared and shown, and what else may tell who it is."""

    person: Person
    cells: Mapping[str, tuple[str, str, str]]
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """How lists are read: settings, the register if there is one, who withdrew, and the digest of each file read."""

    settings: Settings
    ledger: Ledger
    digests: dict[Path, str]
    register: Table | None = None


def propose(settings: Settings, lists: Sequence[Path], asked: Asked) -> Merge:
    """What lists would add, change and withdraw; nothing is written.

    Raises ``ConfigError`` for a name that means nobody, or a list for which there is no place; ``StorageError`` and
    ``InputRejectedError`` for a list that cannot be read.
    """
    paths = input_paths(settings, "workers")
    reading = _with_register(_Reading(settings, read_ledger(settings), {}))
    before = _rows(reading, paths)
    incoming = {path: rows for path in lists for rows in _rows(reading, [path]).values()}
    editions = tuple(_editions(settings, paths, before, incoming, asked.replaces))
    files = _after(paths, editions)
    staged = {edition.target: edition.source for edition in editions}
    after = _rows(reading, [staged.get(path, path) for path in files], labels(files))
    withdrawn = reading.ledger.withdrawn
    returning = [_named(settings, one, ledger_people(withdrawn), "readmit") for one in asked.readmit]
    back = {person.key: person for person in returning}
    everybody = [row.person for rows in after.values() for row in rows]
    leaving = {_named(settings, one, everybody, "withdraw").key for one in asked.withdraw}
    merge = Merge(editions, files, reading.digests)
    return _compared(merge, before, after, set(withdrawn) - set(back), back, leaving)


def ledger_people(withdrawn: Mapping[str, Entry]) -> list[Person]:
    """Those who withdrew, as the ledger knows them."""
    return [Person(key, e.worker_id, e.name, masked(_number(key)), e.file, "", 0) for key, e in withdrawn.items()]


def _number(key: str) -> str:
    return "" if "|" in key else key.partition(" ")[0]


def _with_register(reading: _Reading) -> _Reading:
    """The same with the register opened, where the roster needs one to say who somebody is."""
    paths = input_paths(reading.settings, "register")
    return replace(reading, register=_opened(reading, REGISTER, paths, labels(paths))) if paths else reading


def _opened(reading: _Reading, schema: Schema, paths: Sequence[Path], names: Sequence[str]) -> Table | None:
    """The table of some files; raises for one that cannot be read."""
    findings = Findings()
    answers, _ = read_answers(reading.settings, (schema,), findings)
    table = open_table(_sources(reading, paths, names), schema, findings, answers)
    errors = [n for n in findings.told() if n.severity is Severity.ERROR]
    if errors:
        language = reading.settings.publish.language
        raise InputRejectedError(text(language, "intake.merge.unclear", file=errors[0].file), errors)
    return table


def _rows(reading: _Reading, paths: Sequence[Path], names: Sequence[str] | None = None) -> dict[str, list[_Row]]:
    """The rows of some lists by the list's label; raises for one that cannot be read."""
    schema = WORKERS if reading.settings.inputs.person_register is None else SIGN_UPS
    names = labels(paths) if names is None else names
    table = _opened(reading, schema, paths, names)
    rows: dict[str, list[_Row]] = {name: [] for name in names}
    for row in _people(reading, table) if table is not None else ():
        rows[row.person.file].append(row)
    return rows


def _sources(reading: _Reading, paths: Sequence[Path], names: Sequence[str]) -> Iterator[Source]:
    for path, name in zip(paths, names, strict=True):
        findings = Findings()
        source = take(path, name, reading.settings.reading, findings)
        if source is None:
            raise StorageError("\n".join(describe(findings.notices[-1], reading.settings.publish.language)))
        if reading.digests.setdefault(path, source.sha256) != source.sha256:
            raise changed(reading.settings, path)
        yield name, source.grids


def _people(reading: _Reading, table: Table) -> Iterator[_Row]:
    """The rows of a table, everybody called and known as the check does."""
    known = table if reading.register is None else as_registered(table, reading.register)
    own, keys, ids, homes = person_keys(known), known_keys(known, reading.ledger), row_ids(known), home_texts(table)
    numbers, names, phones = known.text("id_number", as_id), known.text("name", as_name), table.text("phone", as_phone)
    settings, unlike = reading.settings, own.where(own != keys, "")
    compared = {key: _comparable(settings, table, key) for key in table.frame.columns if key not in _NOT_COMPARED}
    for label in table.frame.index:
        place = table.place(label)
        who = keys[label], ids[label], numbers_hidden(names[label]), masked(numbers[label])
        person = Person(*who, place.file, place.sheet, place.row, unlike[label])
        headings = table.part(label).headings
        cells = {key: (headings.get(key, key), same[label], shown[label]) for key, (same, shown) in compared.items()}
        name, hints = names[label], (phones[label], homes[label])
        yield _Row(person, cells, tuple(f"{name}|{hint}" for hint in hints if name and hint))


def _comparable(settings: Settings, table: Table, key: str) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """A column as two spellings of one thing are equal, and as a screen may show it."""
    if key == "id_number":
        numbers = table.text(key, as_id)
        return numbers, numbers.map(masked)
    if key == "phone":
        phones = table.text(key, as_phone)
        return phones, phones.map(masked_phone)
    if key in {"ready_from", "report_by"}:
        parse = moments(settings.horizon.from_date, settings.horizon.to_date)
        return table.text(key, _dated(parse)), table.text(key).map(numbers_hidden)
    return table.text(key, as_name if key == "name" else as_code), table.text(key).map(without_number)


def _dated(parse: Callable[[Cell], datetime]) -> Callable[[Cell], str]:
    def written(cell: Cell) -> str:
        try:
            return parse(cell).isoformat()
        except (ValueError, OverflowError):
            return as_code(cell)

    return written


def _editions(
    settings: Settings,
    paths: Sequence[Path],
    before: Mapping[str, Sequence[_Row]],
    incoming: Mapping[Path, Sequence[_Row]],
    replaces: str,
) -> Iterator[Edition]:
    """The place of each list that came: that of the list of its name, or of the one with its people, or a new one."""
    path_of = dict(zip(labels(paths), paths, strict=True))
    language = settings.publish.language
    if replaces and replaces != "-" and (replaces not in path_of or len(incoming) > 1):
        known = "、".join(path_of)
        raise ConfigError(text(language, "intake.merge.replaces", value=replaces, known=known))
    folder = roster_folder(settings)
    for source, rows in incoming.items():
        (called,) = labels([source])
        name = "" if replaces == "-" else replaces or _edition_of(called, rows, before)
        if name:
            old = path_of.pop(name, None)
            if old is None:
                raise ConfigError(text(language, "intake.merge.twice", value=name, file=called))
            # A list in a folder may change its name; one that the config names may not.
            inside = folder is not None and old.parent == folder
            if not inside and old.suffix.lower() != source.suffix.lower():
                raise ConfigError(text(language, "intake.merge.suffix", file=called, value=old.name))
            yield Edition(source, called, name, old, old.with_name(source.name) if inside else old)
        elif folder is None:
            raise ConfigError(text(language, "intake.merge.no_folder", file=called))
        elif source.suffix.lower() not in SUFFIXES:
            raise StorageError(text(language, "notices.file_unreadable", value=source, reason=source.suffix))
        else:
            yield Edition(source, called, "", None, folder / source.name)


def _edition_of(name: str, rows: Sequence[_Row], before: Mapping[str, Sequence[_Row]]) -> str:
    """The label of the list of which another is the new edition; empty where there is none."""
    if name in before:
        return name
    own = {row.person.key for row in rows}
    shares = {}
    for label, others in before.items():
        theirs = {row.person.key for row in others}
        shares[label] = len(own & theirs) / max(1, min(len(own), len(theirs)))
    best = max(shares, key=lambda label: shares[label], default="")
    return best if best and shares[best] >= _SAME_LIST else ""


def _after(paths: Sequence[Path], editions: Sequence[Edition]) -> tuple[Path, ...]:
    """The roster's files once the lists are in their places."""
    moved = {edition.old: edition.target for edition in editions if edition.old is not None}
    new = [edition.target for edition in editions if edition.old is None]
    return tuple(dict.fromkeys([*(moved.get(path, path) for path in paths), *new]))


def _named(settings: Settings, said: str, people: Sequence[Person], why: str) -> Person:
    """The one person whom a word means: an id, an ID number or a name."""
    number = as_id(said)
    found = {p.key: p for p in people if said in {p.worker_id, p.name} or number == _number(p.key)}
    if len(found) != 1:
        shown = without_number(said)
        raise ConfigError(text(settings.publish.language, f"intake.merge.{why}", value=shown, n=len(found)))
    return next(iter(found.values()))


def _compared(
    merge: Merge,
    before: Mapping[str, Sequence[_Row]],
    after: Mapping[str, Sequence[_Row]],
    out: set[str],
    back: dict[str, Person],
    leaving: set[str],
) -> Merge:
    """The merge with what it does to whom; ``out`` stay out, ``back`` are taken back, ``leaving`` withdraw."""
    targets = dict(zip(labels(merge.files), merge.files, strict=True))
    pairs, added, lost = _Pairs(), [], []
    for label, target in targets.items():
        edition = next((e for e in merge.editions if e.target == target), None)
        if edition is not None:
            own = pairs.match(before.get(edition.replaces, ()), after[label])
            added += own[0]
            lost += own[1]
    pairs.found = [(old, _mended(old, new) if old.person.key in out else new, how) for old, new, how in pairs.found]
    listed = Counter(row.person.key for rows in after.values() for row in rows)
    everybody = [row.person for rows in after.values() for row in rows]
    known = {row.person.key for rows in before.values() for row in rows}
    again = {row.person.key: row.person for row in (*added, *(new for _, new, _ in pairs.found))}
    changed = [
        Changed(new.person, cells, by_name) for old, new, by_name in pairs.found if (cells := _changes(old, new))
    ]
    gone = [row.person for row in lost if row.person.key not in listed and row.person.key not in out]
    staying = {p.key for c in changed if c.by_name for p in (c.person,)}
    return replace(
        merge,
        added=tuple(r.person for r in added if r.person.key not in out),
        changed=tuple(c for c in changed if c.person.key not in out),
        withdrawn=(*gone, *_once(p for p in everybody if p.key in leaving)),
        kept_out=tuple(p for key, p in again.items() if key in out),
        readmitted=tuple((back | {p.key: p for p in everybody if p.key in back}).values()),
        moved=tuple(r.person for r in lost if r.person.key in listed),
        elsewhere=tuple(r.person for r in added if r.person.key in known and r.person.key not in staying | out),
        ambiguous=tuple(pairs.ambiguous),
        unchanged=len(pairs.found) - len(changed),
    )


def _mended(old: _Row, new: _Row) -> _Row:
    """The row of somebody who withdrew before it was mended: by the key that the ledger has."""
    key, person = old.person.key, new.person
    return new if person.key == key else replace(new, person=replace(person, key=key, own=person.key))


def _once(people: Iterator[Person]) -> list[Person]:
    return list({person.key: person for person in people}.values())


def _changes(old: _Row, new: _Row) -> tuple[CellChange, ...]:
    keys = dict.fromkeys((*old.cells, *new.cells))
    none = ("", "", "")
    cells = ((old.cells.get(key, none), new.cells.get(key, none)) for key in keys)
    return tuple(CellChange(b[0] or a[0], a[2], b[2]) for a, b in cells if a[1] != b[1])


class _Pairs:
    """Which row of a new edition is which of the old: by what tells people apart, then by name and phone or home."""

    def __init__(self) -> None:
        self.found: list[tuple[_Row, _Row, bool]] = []
        self.ambiguous: list[Person] = []

    def match(self, old: Sequence[_Row], new: Sequence[_Row]) -> tuple[list[_Row], list[_Row]]:
        """Pair the rows of two editions; those of the new one and of the old one that remain."""
        waiting: defaultdict[str, list[_Row]] = defaultdict(list)
        for row in old:
            waiting[row.person.key].append(row)
        several = {key for key, rows in waiting.items() if len(rows) > 1}
        several |= {key for key, n in Counter(row.person.key for row in new).items() if n > 1}
        # An ID number on two rows is one person's two journeys; two rows of one name and home may be two people.
        self.ambiguous += [row.person for row in new if row.person.key in several and "|" in row.person.key]
        added = []
        for row in new:
            same = waiting[row.person.key]
            if row.person.key and same:
                self.found.append((same.pop(0), row, False))
            else:
                added.append(row)
        lost = [row for rows in waiting.values() for row in rows]
        return self._by_name(added, lost)

    def _by_name(self, added: list[_Row], lost: list[_Row]) -> tuple[list[_Row], list[_Row]]:
        """A mended ID number makes no new person: name and telephone, or name and home, say who it is."""
        ours, theirs = _by_hint(added), _by_hint(lost)
        paired_new: set[int] = set()
        paired_old: set[int] = set()
        for i, old in enumerate(lost):
            likely = {j for hint in old.hints for j in ours[hint]}
            rivals = {k for j in likely for hint in added[j].hints for k in theirs[hint]}
            if len(likely) == len(rivals) == 1:
                (j,) = likely
                self.found.append((old, added[j], True))
                paired_new.add(j)
                paired_old.add(i)
        rest = [r for j, r in enumerate(added) if j not in paired_new]
        return rest, [r for i, r in enumerate(lost) if i not in paired_old]


def _by_hint(rows: Sequence[_Row]) -> defaultdict[str, set[int]]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for i, row in enumerate(rows):
        for hint in row.hints:
            found[hint].add(i)
    return found
