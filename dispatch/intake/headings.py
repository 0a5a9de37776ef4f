"""Which column each heading of a sheet means: by name, by the user's own answer, by likeness, or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from dispatch.intake.cells import as_text
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

    def unread_names(self) -> list[str]:
        """Those of ``unread`` that may be meant for a column."""
        return [text for text in self.unread[:_COMPARED] if _is_short(text)]


def read_header(grid: Grid, schema: Schema, answers: Answers) -> Header:
    """The row that holds most known headings, read as far as that can be done without asking."""
    known = schema.headings()
    columns = set(known.values()) | {NOT_READ}
    known = known | {plain(heading): key for heading, key in answers.items() if key in columns}
    best, most = 0, 0
    for row in range(min(HEADING_ROWS, len(grid.rows))):
        count = len({k for t in _two_storeys(grid, row) if (k := _known(t, known)) and k != NOT_READ})
        if count > most:
            best, most = row, count
    return _read(schema, known, best, _two_storeys(grid, best)) if most else Header()


def _read(schema: Schema, known: Mapping[str, str], row: int, headings: Sequence[tuple[str, str]]) -> Header:
    keys: dict[str, int] = {}
    texts: dict[str, str] = {}
    rest: list[tuple[int, str]] = []
    for i, storeys in enumerate(headings):
        key = _known(storeys, known)
        text = storeys[0] or storeys[1]
        if key and key != NOT_READ and key not in keys:
            keys[key], texts[key] = i, text
        elif text and key != NOT_READ:
            rest.append((i, text))
    guessed, unclear, unread = [], [], []
    silent = set(map(plain, schema.unread))
    for i, text in rest:
        near = i < _COMPARED and _is_short(text) and plain(text) not in silent
        candidates = _alike(text, schema, keys) if near else []
        if not candidates:
            unread.append(text)
        elif _sure(candidates):
            key = candidates[0][1]
            keys[key], texts[key] = i, text
            guessed.append(key)
        else:
            unclear.append(Unclear(text, row, i, tuple(key for _, key in candidates[:_SHOWN])))
    open_questions = tuple(u for u in unclear if not set(u.candidates) <= set(keys))
    return Header(row, keys, texts, tuple(guessed), open_questions, tuple(unread))


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


def _alike(text: str, schema: Schema, taken: Mapping[str, int]) -> list[tuple[float, str]]:
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
