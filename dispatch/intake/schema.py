"""The tables of the contract: which columns each has, and by which headings offices call them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

_IGNORED = re.compile(r"[\s()\[\]【】<>《》/、,:：*＊_\-.。|]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the contract's name, other headings for it, whether a table can do without."""

    key: str
    aliases: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """A table of the contract. ``either`` lists groups of columns of which one at least must be there.

    ``unread`` are headings that such files are known to have and that say nothing to the tool: nobody is asked about
    them. A row without any of ``who`` is about nobody. ``filled_down`` are columns, the widest first, that offices
    merge over several rows, which leaves blanks below the first. Where two columns mean one of ``never_twice``, nothing
    but the user tells which is meant.
    """

    name: str
    columns: tuple[Column, ...]
    either: tuple[tuple[str, ...], ...] = ()
    unread: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    filled_down: tuple[str, ...] = ()
    never_twice: tuple[str, ...] = ()

    def headings(self) -> dict[str, str]:
        """Every known heading in its plain form, and the column it means; the first column to claim one has it."""
        return _headings(self)

    def missing(self, keys: Iterable[str]) -> list[tuple[str, ...]]:
        """The columns, or groups of columns, that a table needs and ``keys`` lack."""
        have = set(keys)
        needed = [(c.key,) for c in self.columns if c.required] + list(self.either)
        return [group for group in needed if not have & set(group)]

    def label(self, key: str, language: str) -> str:
        """The heading to show for a column: its name, or in Chinese its first alias."""
        aliases = next(c.aliases for c in self.columns if c.key == key)
        return aliases[0] if language == "zh" and aliases else key


def plain(heading: str) -> str:
    """What two spellings of one heading share: width, case, blanks and marks do not count."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", heading).casefold())


@cache
def _headings(schema: Schema) -> dict[str, str]:
    known: dict[str, str] = {}
    for column in schema.columns:
        for heading in (column.key, *column.aliases):
            known.setdefault(plain(heading), column.key)
    return known
