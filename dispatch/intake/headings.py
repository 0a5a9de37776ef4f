"""Which column each heading of a sheet means: by name, by the user's own answer, by likeness, or not at all."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from dispatch.intake.cells import as_text
from dispatch.intake.files.sheet_xml import letters
from dispatch.intake.reader import Cell, Grid
from dispatch.intake.schema import Schema, plain

# Headings are looked for in this many rows: below title, unit line and grouped headings the data has begun.
HEADING_ROWS = 30
# What the user answers for a heading that is not to be read.
NOT_READ = "-"
_SURE, _CLEARLY_BEST, _WORTH_ASKING = 0.8, 0.1, 0.5
_SHOWN = 3
# No table of people or offers is as wide, and no heading as long: a line of text may be, and is not compared.
_COMPARED, _LONGEST = 300, 60
_BRACKETED = re.compile(r"[(（\[【].*?[)）\]】]")
# Words that many headings share: alike in nothing else, two headings are not alike.
_COMMON = re.compile(
    r"时间|日期|地点|地址|编号|编码|代码|号码|名称|姓名|人员|情况|类别|类型|信息|所在|是否|务工|企业|单位"
    r"|电话|方式|id|name|date|from|to|by|no|code|type"
)

Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unclear:
    """A heading (row and column from 0) that may mean one of some columns, the likeliest first."""

    text: str
    row: int
    column: int
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """Columns (from 0) that mean the same, each with what an answer calls it: its heading or, where that is another's
    too, the heading of its group before it, or its letter behind it.

    ``read`` is the column taken, None where the user has to say which.
    """

    key: str
    columns: Mapping[int, str]
    read: int | None


@dataclass(frozen=True, slots=True)
class Header:
    """The heading row of a sheet (from 0): the column of each key, and what the other headings are.

    ``guessed`` are keys whose heading is only like a known one; ``unread`` are headings that mean nothing here.
    """

    row: int = 0
    keys: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    guessed: tuple[str, ...] = ()
    unclear: tuple[Unclear, ...] = ()
    unread: tuple[str, ...] = ()
    repeated: tuple[Repeated, ...] = ()

    @property
    def asked(self) -> set[str]:
        """The keys of which the sheet has several columns, and the user has to say which is meant."""
        return {again.key for again in self.repeated if again.read is None}

    @property
    def meant(self) -> set[str]:
        """The keys that the sheet has, read or asked about."""
        return self.asked | set(self.keys)

    def unread_names(self) -> list[str]:
        """Those of ``unread`` that may be meant for a column."""
        return [text for text in self.unread[:_COMPARED] if _is_short(text)]


def read_header(grid: Grid, schema: Schema, answers: Answers) -> Header:
    """The row that holds most known headings, read as far as that can be done without asking."""
    known = schema.headings()
    columns = set(known.values()) | {NOT_READ}
    given = {plain(heading): key for heading, key in answers.items() if key in columns}
    known = known | given
    best, most = 0, 0
    for row in range(min(HEADING_ROWS, len(grid.rows))):
        count = len({k for t in _two_storeys(grid, row) if (k := _known(t, known)) and k != NOT_READ})
        if count > most:
            best, most = row, count
    return _read(schema, known, given, best, _two_storeys(grid, best)) if most else Header()


def _read(schema: Schema, known: Answers, given: Answers, row: int, storeys: Sequence[tuple[str, str]]) -> Header:
    meant, keys, repeated = _meanings(schema, known, given, storeys)
    shown = [lower or upper for lower, upper in storeys]
    texts = {key: shown[i] for key, i in keys.items()}
    settled = {*keys.values(), *(i for again in repeated for i in again.columns)}
    taken = {*keys, *(again.key for again in repeated)}
    guessed, unclear, unread = [], [], []
    silent = set(map(plain, schema.unread))
    for i, text in enumerate(shown):
        if not text or meant[i] == NOT_READ or i in settled:
            continue
        near = not meant[i] and i < _COMPARED and _is_short(text) and plain(text) not in silent
        candidates = _alike(text, schema, taken) if near else []
        if not candidates:
            unread.append(text)
        elif _sure(candidates):
            key = candidates[0][1]
            keys[key], texts[key] = i, text
            taken.add(key)
            guessed.append(key)
        else:
            unclear.append(Unclear(text, row, i, tuple(key for _, key in candidates[:_SHOWN])))
    open_questions = tuple(u for u in unclear if not set(u.candidates) <= taken)
    return Header(row, keys, texts, tuple(guessed), open_questions, tuple(unread), repeated)


def _meanings(
    schema: Schema, known: Answers, given: Answers, storeys: Sequence[tuple[str, str]]
) -> tuple[list[str], dict[str, int], tuple[Repeated, ...]]:
    """What each column means by name or answer, the column of each key, and the keys of which there are several."""
    meant = [_known(each, known) for each in storeys]
    groups = _groups(storeys)
    called = {i: name for columns in _by_key(meant).values() for i, name in _called(columns, storeys, groups).items()}
    said = {i: given[plain(name)] for i, name in called.items() if plain(name) in given}
    meant = [said.get(i, key) for i, key in enumerate(meant)]
    keys: dict[str, int] = {}
    repeated = []
    for key, columns in _by_key(meant).items():
        # Of several columns the one that the user named for this key is meant.
        likely = [i for i in columns if i in said] or columns
        read = likely[0] if len(likely) == 1 or key not in schema.never_twice else None
        if read is not None:
            keys[key] = read
        if len(likely) > 1:
            repeated.append(Repeated(key, {i: called[i] for i in columns}, read))
    return meant, keys, tuple(repeated)


def _by_key(meant: Sequence[str]) -> dict[str, list[int]]:
    columns: dict[str, list[int]] = {}
    for i, key in enumerate(meant):
        if key and key != NOT_READ:
            columns.setdefault(key, []).append(i)
    return columns


def _called(columns: Sequence[int], storeys: Sequence[tuple[str, str]], groups: Sequence[str]) -> dict[int, str]:
    """What tells columns of one meaning apart: their headings, else the headings of their groups too, else letters."""
    texts = [storeys[i][0] or storeys[i][1] for i in columns]
    grouped = [f"{groups[i]} {text}" for i, text in zip(columns, texts, strict=True)]
    lettered = [f"{text} {letters(i + 1)}" for i, text in zip(columns, texts, strict=True)]
    names = next(n for n in (texts, grouped, lettered) if n is lettered or len(set(map(plain, n))) == len(n))
    return dict(zip(columns, names, strict=True))


def _groups(storeys: Sequence[tuple[str, str]]) -> list[str]:
    """What stands over each heading in the row above, which holds for all columns up to the next such heading."""
    groups, over = [], ""
    for lower, upper in storeys:
        over = (upper or over) if lower else ""
        groups.append(over)
    return groups


def _two_storeys(grid: Grid, row: int) -> list[tuple[str, str]]:
    """Each heading of a row, and the one above: a heading that spans both storeys stands in the upper."""
    above: Sequence[Cell] = grid.rows[row - 1] if row else ()
    return [(as_text(cell), as_text(above[i]) if i < len(above) else "") for i, cell in enumerate(grid.rows[row])]


def _known(storeys: tuple[str, str], known: Mapping[str, str]) -> str:
    # Of two-storey headings the lower counts.
    text = storeys[0] or storeys[1]
    return (known.get(plain(text)) or known.get(plain(_BRACKETED.sub("", text))) or "") if text else ""


def _is_short(text: str) -> bool:
    return len(text) <= _LONGEST


def _alike(text: str, schema: Schema, taken: Container[str]) -> list[tuple[float, str]]:
    """Columns that the sheet does not have yet whose headings are like a text, with the likeness from 0 to 1."""
    own = plain(text)
    scores: dict[str, float] = {}
    for heading, key in schema.headings().items():
        if key not in taken and (score := _likeness(own, heading)) >= _WORTH_ASKING:
            scores[key] = max(score, scores.get(key, 0))
    return sorted(((score, key) for key, score in scores.items()), key=lambda c: -c[0])


def _likeness(a: str, b: str) -> float:
    whole, stems = _ratio(a, b), (_COMMON.sub("", a), _COMMON.sub("", b))
    return whole if whole >= _SURE or (all(stems) and _ratio(*stems) > _WORTH_ASKING) else 0.0


def _ratio(a: str, b: str) -> float:
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _sure(candidates: Sequence[tuple[float, str]]) -> bool:
    second = candidates[1][0] if len(candidates) > 1 else 0.0
    return candidates[0][0] >= _SURE and candidates[0][0] - second >= _CLEARLY_BEST
