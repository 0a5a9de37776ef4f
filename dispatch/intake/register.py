"""register: everybody an office has on its books, of whom the roster names those who travel this time."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dispatch.intake.cells import as_code, as_name, as_text
from dispatch.intake.identity import as_id, is_sample, masked, persons, without_number
from dispatch.intake.journeys import row_ids
from dispatch.intake.ledger import Ledger, kept_out, leave_out
from dispatch.intake.table import Table, each
from dispatch.intake.workers import WORKERS
from dispatch.model.notice import Severity

REGISTER = replace(WORKERS, name="register", either=())
# With a register the roster need only say who, to whom and when.
SIGN_UPS = replace(
    WORKERS,
    columns=tuple(replace(column, required=False) for column in WORKERS.columns),
    either=(("worker_id", "id_number"), *WORKERS.either),
    who=("worker_id", *WORKERS.who),
    filled_down=(),
)
# An address is taken as a whole or not at all: half of one and half of another lie nowhere.
_HOME = tuple(column.key for column in WORKERS.columns if column.key.startswith("home"))
# Columns that tell of the person and not of this journey.
_ALONE = ("name", "id_number", "sex", "age", "birth", "phone", "modes_barred", "needs", "funding")
_UNKNOWN, _SEVERAL = -1, -2
Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Who:
    """Who a row is about, as far as it says so."""

    numbers: list[str]
    codes: list[str]
    names: list[str]
    persons: list[str]

    def of(self, rows: NDArray[np.bool_]) -> _Who:
        """The same of some rows."""
        columns = (self.numbers, self.codes, self.names, self.persons)
        return _Who(*(list(compress(column, rows)) for column in columns))


def fill_from_register(roster: Table, register: Table, ledger: Ledger) -> Table:
    """The roster with blank personal cells filled from the person's row of the register; row numbers stay its own.

    A row belongs to the register's row of the same ID number, else of the same ``worker_id``. Who withdrew is left out.
    Findings: people who are not in the register or cannot be told apart in it, ID numbers and names that differ, a
    register that lists somebody twice.
    """
    listed, named = _who(register), _who(roster)
    _flag_repeated(register, listed)
    at = _matches(named, listed)
    filled = _filled(roster, register, named, listed, at)
    filled.worker_ids = row_ids(filled)
    why = kept_out(filled, ledger)
    filled = leave_out(filled, why)
    stays = (why == "").to_numpy(bool)
    named, at = named.of(stays), at[stays]
    _flag_unmatched(filled, named, at)
    _flag_differing(filled, register, (named, listed), at)
    return filled


def as_registered(roster: Table, register: Table) -> Table:
    """The roster filled from the register, without a finding."""
    listed, named = _who(register), _who(roster)
    return _filled(roster, register, named, listed, _matches(named, listed))


def _who(table: Table) -> _Who:
    numbers, names = table.text("id_number", as_id), table.text("name", as_name)
    codes = table.text("worker_id", as_code)
    return _Who(numbers.tolist(), codes.tolist(), names.tolist(), persons(numbers, names).tolist())


def _matches(named: _Who, listed: _Who) -> Positions:
    """The position in the register of each row of the roster, or why there is none."""
    by_number: dict[str, list[int]] = defaultdict(list)
    by_code: dict[str, list[int]] = defaultdict(list)
    for i, (number, code) in enumerate(zip(listed.numbers, listed.codes, strict=True)):
        by_number[number].append(i)
        by_code[code].append(i)

    numbers = pd.Series(listed.numbers, dtype=object)
    made_up = set(numbers[is_sample(numbers)])

    def match(number: str, code: str, name: str) -> int:
        found = by_number.get(number, []) if number else []
        if name and number in made_up:
            found = [i for i in found if listed.names[i] == name]
        if not found and code:
            found = by_code.get(code, [])
            # Offices number each list from 1: the same number under another name and ID is somebody else.
            found = [i for i in found if not number or name in ("", listed.names[i])]
        for told, column in ((code, listed.codes), (name, listed.names)):
            if len(found) > 1 and told:
                found = [i for i in found if column[i] == told] or found
        if not found:
            return _UNKNOWN
        return found[0] if len({listed.persons[i] for i in found}) == 1 else _SEVERAL

    return np.array([match(*row) for row in zip(named.numbers, named.codes, named.names, strict=True)], np.int64)


def _filled(roster: Table, register: Table, named: _Who, listed: _Who, at: Positions) -> Table:
    """A copy of the roster in which the cells that say nothing say what the register says."""
    frame = roster.frame.copy()
    blank = {key: each(roster.raw(key), as_text) == "" for key in (*_ALONE, *_HOME)}
    homeless = pd.concat([blank[key] for key in _HOME], axis=1).all(axis=1)
    for key, where in {**{k: blank[k] for k in _ALONE}, **dict.fromkeys(_HOME, homeless)}.items():
        if key in register:
            known = np.append(register.raw(key).to_numpy(object), "")
            taken = pd.Series(known[np.maximum(at, _UNKNOWN)], index=frame.index, dtype=object)
            frame[key] = roster.raw(key).where(~(where & (at >= 0)), taken)
    frame["worker_id"] = _codes(named, listed, at)
    return roster.with_frame(frame)


def _codes(named: _Who, listed: _Who, at: Positions) -> list[str]:
    """Each row's own ``worker_id``, else the register's where it is one person's alone and no other row has it."""
    times = Counter(listed.codes)
    given = set(named.codes)
    return [
        own or (listed.codes[i] if i >= 0 and times[listed.codes[i]] == 1 and listed.codes[i] not in given else "")
        for own, i in zip(named.codes, at.tolist(), strict=True)
    ]


def _flag_repeated(register: Table, listed: _Who) -> None:
    keys = pd.Series(listed.persons, index=register.frame.index, dtype=object)
    shown = pd.Series([masked(n) for n in listed.numbers], index=keys.index, dtype=object)
    register.duplicates("id_number", keys, "register_twice", severity=Severity.WARNING, shown=shown)


def _flag_unmatched(filled: Table, named: _Who, at: Positions) -> None:
    """Whoever cannot be found keeps what the roster says of them, which is an error where that is not enough."""
    told = [masked(n) or without_number(c) for n, c in zip(named.numbers, named.codes, strict=True)]
    shown = pd.Series(told, index=filled.frame.index, dtype=object)
    enough = pd.Series([bool(n and m) for n, m in zip(named.numbers, named.names, strict=True)], index=shown.index)
    by_number = pd.Series([bool(n) for n in named.numbers], index=shown.index)
    for code, kind in (("not_in_register", _UNKNOWN), ("register_unclear", _SEVERAL)):
        for key, column in (("id_number", by_number), ("worker_id", ~by_number & (shown != ""))):
            for severity, these in ((Severity.WARNING, enough), (Severity.ERROR, ~enough)):
                filled.flag(key, column & these & (at == kind), code, severity=severity, values=shown)


def _flag_differing(filled: Table, register: Table, who: tuple[_Who, _Who], at: Positions) -> None:
    """A traveller who is somebody else in the register: the number decides, a name may be spelled in two ways.

    Without a number the name decides: a running number alone may be another list's.
    """
    named, listed = who
    sure = np.array([bool(n) for n in named.numbers], bool)
    index = filled.frame.index
    numbers = register.row_numbers()
    rows = pd.Series([str(numbers[i]) if i >= 0 else "" for i in at], index=index, dtype=object)
    for key, code, severity, these, own, theirs, hide in (
        ("id_number", "register_id_differs", Severity.ERROR, sure, named.numbers, listed.numbers, masked),
        ("name", "register_name_differs", Severity.WARNING, sure, named.names, listed.names, str),
        ("name", "register_name_differs", Severity.ERROR, ~sure, named.names, listed.names, str),
    ):
        known = [theirs[i] if i >= 0 else "" for i in at]
        differ = pd.Series([bool(a and b and a != b) for a, b in zip(own, known, strict=True)], index=index)
        shown, said = (pd.Series([hide(v) for v in values], index=index, dtype=object) for values in (own, known))
        filled.flag(key, differ & these, code, severity=severity, values=shown, registered=said, register_row=rows)
