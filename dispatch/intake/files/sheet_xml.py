"""One part of a workbook as a stream of bytes: how far its cells reach, which rows and columns are hidden.

Patterns in place of a parser: a sheet of 27,000 rows has a million tags, and one call of Python for each would cost
more than reading it. Where references are written as spreadsheet programs write them a quick pattern does; elsewhere a
slow one matches whatever quotes and blanks a hostile file uses. What they take too much only counts as farther.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from dispatch.intake.files.grid import MAX_CELL, UnreadableError

_COLUMNS = re.compile(rb"\sr\s*=\s*[\"']\s*([A-Za-z]+)")
_PLAIN_COLUMNS = re.compile(rb" r=\"([A-Za-z]*)")
_ROWS = re.compile(rb"\sr\s*=\s*[\"']\s*[A-Za-z]*([0-9]+)")
_ROW_NUMBERS = re.compile(rb"row r=\"([0-9]{1,9})")
_TYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ROW = re.compile(rb"<(?:[\w.-]+:)?row\b([^>]*)>")
_COL = re.compile(rb"<(?:[\w.-]+:)?col\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"([\w:.-]+)\s*=\s*[\"']([^\"']*)[\"']")
_FILLED = re.compile(rb"<(?:[\w.-]+:)?c((?:\s[^>]*[^/>])?)>\s*<(?:[\w.-]+:)?(?:v|is|f)\b")
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']\s*([A-Za-z]+)([0-9]+)")
_ODD = re.compile(rb"r[ \t\n\r]+=")
_WIDEST = 16_384
# So much of a piece shows, mostly, how wide all of it is.
_BEGINNING = 1 << 16
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")  # UTF-16, which no pattern here would match
# A tag or the text between two: a cell's characters as entities, each of up to ten bytes.
_LONGEST = 10 * MAX_CELL


@dataclass(slots=True)
class Extent:
    """The lower right corner of what a sheet mentions, both from 1; 0 where it mentions no cell."""

    row: int = 0
    column: int = 0

    @property
    def cells(self) -> int:
        """Cells of the rectangle from A1 on, which is what a reader allocates."""
        return self.row * self.column

    @property
    def corner(self) -> str:
        """The corner as a spreadsheet names it: XFD1048576."""
        return f"{letters(self.column)}{self.row}"

    def reach(self, row: int, column: int) -> None:
        """Grow to hold a cell."""
        self.row, self.column = max(self.row, row), max(self.column, column)


@dataclass(slots=True)
class Layout:
    """A sheet's extent, formats included; its hidden rows and columns from 1; whether a filter is on."""

    extent: Extent = field(default_factory=Extent)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    filtered: bool = False


def survey(pieces: Iterable[bytes]) -> Layout:
    """The layout of a part; raises ``UnreadableError`` for entities, foreign encodings and endless cells.

    A sheet whose cells stand in rows of other numbers may be up to ten times as high as told.
    """
    layout, row = Layout(), 0
    for piece in _whole_tags(pieces):
        if b"!" in piece and _TYPE.search(piece):
            raise UnreadableError("file_forged", "document type or entities")
        _reach(layout.extent, piece)
        row = _note_hidden(layout, piece, row)
        layout.filtered = layout.filtered or b"filterColumn" in piece
    return layout


def _reach(extent: Extent, piece: bytes) -> None:
    others = piece.count(b"r=") - piece.count(b' r="')
    if (others and others != piece.count(b':r="')) or _ODD.search(piece):  # xmlns:r stands in every sheet
        rows, columns = set(_ROWS.findall(piece)), set(_COLUMNS.findall(piece))
        extent.reach(max(map(_number, rows), default=0), max(map(column_number, columns), default=0))
        return
    _reach_plainly(extent, piece[:_BEGINNING])
    last = _ROW_NUMBERS.match(piece, max(0, piece.rfind(b'row r="')))
    extent.reach(int(last[1]) if last else 0, 0)
    if _farther(extent.column, len(str(extent.row))).search(piece):
        _reach_plainly(extent, piece)


def _reach_plainly(extent: Extent, piece: bytes) -> None:
    """Reach what is mentioned where references are written plainly. Cells stand in the row of their number; where none
    has more digits than the highest row, looking at the rows will do.
    """
    columns = set(_PLAIN_COLUMNS.findall(piece))
    extent.reach(max(map(int, _ROW_NUMBERS.findall(piece)), default=0), max(map(column_number, columns), default=0))
    if _farther(extent.column, len(str(extent.row))).search(piece):
        extent.reach(max(map(_number, set(_ROWS.findall(piece)))), 0)


@cache
def _farther(column: int, digits: int) -> re.Pattern[bytes]:
    """Matches a plain reference to a column beyond one, or to a row whose number has more digits."""
    name = letters(column)
    beyond = [f"[A-Za-z]{{{len(name) + 1}}}"]
    for i, letter in enumerate(name):
        same = "".join(f"[{c}{c.lower()}]" for c in name[:i])
        if letter != "Z":
            after = chr(ord(letter) + 1)
            beyond.append(f"{same}[{after}-Z{after.lower()}-z][A-Za-z]{{{len(name) - i - 1}}}")
    return re.compile(f' r="(?:{"|".join(beyond)}|[A-Za-z]*[0-9]{{{digits + 1}}})'.encode("ascii"))


def _note_hidden(layout: Layout, piece: bytes, row: int) -> int:
    """Add the hidden rows and columns of a piece; gives the number of its last row."""
    if b"hidden" not in piece:
        last = piece.rfind(b"<row ")
        place = _ROWS.search(piece, last, piece.find(b">", last)) if last >= 0 else None
        # A program that leaves out the numbers of rows leaves out all.
        return _number(place[1]) if place else row + piece.count(b"<row")
    for attributes in _ROW.findall(piece):
        place = _ROWS.search(attributes)
        row = _number(place[1]) if place else row + 1
        if _is_hidden(attributes):
            layout.hidden_rows.add(row)
    for attributes in filter(_is_hidden, _COL.findall(piece)):
        given = dict(_ATTRIBUTE.findall(attributes))
        layout.hidden_columns.append((_number(given.get(b"min")), _number(given.get(b"max"))))
    return row


def filled_extent(pieces: Iterable[bytes]) -> Extent:
    """How far cells with something in them reach; one that does not say where it is counts as farthest."""
    extent = Extent()
    for piece in _whole_tags(pieces):
        for attributes in _FILLED.findall(piece):
            place = _REFERENCE.search(attributes)
            if place is None:
                extent.reach(1_048_576, _WIDEST)
            else:
                extent.reach(_number(place[2]), column_number(place[1]))
    return extent


def _whole_tags(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces cut between tags, so that no pattern is cut in two."""
    rest, markup = b"", None
    for piece in pieces:
        if piece.startswith(_WIDE):
            raise UnreadableError("file_forged", "not UTF-8")
        if markup is None:
            markup = piece.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        # A filled cell is told by the tag after its own: the cut is before the last but one.
        cut = piece.rfind(b"<", 0, max(0, piece.rfind(b"<")))
        if cut < 0:
            rest += piece
        else:
            yield rest + piece[:cut]
            rest = piece[cut:]
        if len(rest) > _LONGEST:
            if markup:
                raise UnreadableError("file_cell_too_long", row="?", limit=str(MAX_CELL))
            rest = b""  # a picture or a program, of which nothing is read
    yield rest


def _is_hidden(attributes: bytes) -> bool:
    return b"hidden" in attributes and dict(_ATTRIBUTE.findall(attributes)).get(b"hidden") in (b"1", b"true")


def _number(digits: bytes | None) -> int:
    return int(digits[:12]) if digits and digits.isdigit() else 0


def column_number(name: bytes) -> int:
    """A column's number from 1: A is 1, XFD 16,384; more letters than any column has are far away."""
    number = 0
    for letter in name[:8].upper():
        number = number * 26 + letter - 64
    return number


def letters(number: int) -> str:
    """A column's name: 28 is AB."""
    name = ""
    while number:
        number, digit = divmod(number - 1, 26)
        name = chr(65 + digit) + name
    return name
