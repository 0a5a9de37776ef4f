"""Resident ID numbers: the check digit, what the digits say, and what a spreadsheet does to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dispatch.intake.cells import as_code, stays
from dispatch.intake.reader import Cell

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = np.frombuffer(b"10X98765432", dtype=np.uint8)
_LENGTH = 18
# The characters of the older numbers.
MIN_LENGTH = 15
_BLANK = " " * _LENGTH
_LONG = re.compile(r"\d{9}")
_SHAPE = re.compile(r"\d{17}[\dX]")
_OLD = re.compile(r"\d{15}")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[Ee]\+?\d+")
_BLANKS = re.compile(r"[\s\-]")
# Of 15 digits or more, or of 18 characters with blanks or dashes between: a date or a telephone number is neither.
_INSIDE = re.compile(r"\d{15,}[Xx]?|(?<!\d)\d(?:[\s\-]?\d){16}[\s\-]?[\dXx](?!\d)")


@stays(lambda text: text.isascii() and text.isalnum() and text == text.upper())
def as_id(value: Cell) -> str:
    """An ID number as text: full-width digits made plain, blanks removed, x as X."""
    if isinstance(value, str) and value.isascii() and value.isalnum():
        return value.upper()  # as nearly all are
    return _BLANKS.sub("", as_code(value)).upper()


def id_faults(raw: pd.Series[Any], numbers: pd.Series[Any], latest: date = date.max) -> pd.Series[Any]:
    """The notice code of each ID number, empty where it is right; nobody is born after ``latest``.

    A number from a numeric cell is refused even where its digit fits: a spreadsheet keeps 15 digits and makes up the
    rest, and one in eleven of those fits by chance.
    """
    letters = _letters(numbers)
    digits = letters[:17] - ord("0")
    shaped = (digits <= 9).all(axis=0) & ((letters[17] - ord("0") <= 9) | (letters[17] == ord("X")))
    fits = _CHECK[_weighed(digits, _WEIGHTS) % 11] == letters[17]
    faults = np.full(len(numbers), "", dtype=object)
    faults[shaped & ~fits] = "id_check"
    days, at = _births(digits)
    born = [_date(day) for day in days]
    faults[shaped & np.array([day is None or day > latest for day in born], dtype=bool)[at]] = "id_birth"
    faults[~shaped] = "id_length"
    texts = numbers.tolist()
    for i in np.flatnonzero(~shaped).tolist():
        if not texts[i]:
            faults[i] = "id_missing"
        elif _SCIENTIFIC.fullmatch(texts[i]):
            faults[i] = "id_scientific"
    cells = raw.tolist()
    if set(map(type, cells)) != {str}:
        faults[[not isinstance(cell, str) for cell in cells]] = "id_numeric"
    return pd.Series(faults, index=raw.index, dtype=object)


def _letters(numbers: pd.Series[Any]) -> npt.NDArray[np.uint8]:
    """The characters of each number of 18, a column a number; other texts are blanks, foreign characters are ``?``."""
    texts = numbers.tolist()
    if set(map(len, texts)) != {_LENGTH}:
        texts = [t if len(t) == _LENGTH else _BLANK for t in texts]
    text = "".join(texts)
    letters = np.frombuffer(text.encode("ascii", "replace"), dtype=np.uint8)
    return np.ascontiguousarray(letters.reshape(-1, _LENGTH).T)


def _weighed(digits: npt.NDArray[np.uint8], weights: Sequence[int]) -> npt.NDArray[np.int32]:
    """The weighed sum of the digits of each column."""
    total = np.zeros(digits.shape[1], dtype=np.int32)
    for row, weight in zip(digits, weights, strict=True):
        total += row * np.int32(weight)
    return total


def _births(digits: npt.NDArray[np.uint8]) -> tuple[list[int], npt.NDArray[np.intp]]:
    """The distinct birthdays in columns of digits, as yyyymmdd, and which of them each column has."""
    at, days = pd.factorize(_weighed(digits[6:14], [10**n for n in range(7, -1, -1)]))
    return days.tolist(), at


def persons(numbers: pd.Series[Any], names: pd.Series[Any]) -> pd.Series[Any]:
    """What tells people apart: the ID number; with sequence 000, which is issued to nobody, the name too.

    Made-up people may share such a number, real ones cannot share theirs. Empty where there is no number.
    """
    keys, sample = numbers.to_numpy(object, copy=True), is_sample(numbers).to_numpy(bool)
    some = zip(keys[sample].tolist(), names.to_numpy(object)[sample].tolist(), strict=True)
    keys[sample] = list(map(" ".join, some))
    return pd.Series(keys, index=numbers.index, dtype=object)


def is_sample(numbers: pd.Series[Any]) -> pd.Series[Any]:
    """Whether each ID number has the sequence digits 000 of made-up people."""
    return pd.Series([t[14:17] == "000" for t in numbers.tolist()], index=numbers.index, dtype=bool)


def is_rounded(numbers: pd.Series[Any], sample: pd.Series[Any]) -> pd.Series[Any]:
    """Whether each ID number ends as one of which a spreadsheet kept 15 digits; those of a ``sample`` do not count."""
    real = ~sample.to_numpy(bool)
    real[real] = [t.endswith("000") for t in numbers.to_numpy(object)[real].tolist()]
    return pd.Series(real, index=numbers.index)


def with_check_digit(body: str) -> str:
    """An ID number from its first 17 digits."""
    return body + chr(_CHECK[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11])


def masked(number: str) -> str:
    """An ID number with all but its last four characters hidden; a shorter text is hidden whole."""
    return "*" * (len(number) - 4) + number[-4:] if len(number) > 10 else "*" * len(number)


def is_number(text: str) -> bool:
    """Whether a cell holds an ID number, of today's 18 characters or the older 15 digits, and nothing else."""
    if len(text) < MIN_LENGTH:
        return False
    number = as_id(text)
    return bool(_SHAPE.fullmatch(number) or _OLD.fullmatch(number))


def without_number(text: str) -> str:
    """What a cell says of somebody; where it is an ID number, its end."""
    number = as_id(text)
    return masked(number) if _LONG.search(number) else text


def numbers_hidden(text: str) -> str:
    """A text in which each ID number, whole or written in groups, shows its end only."""
    return _INSIDE.sub(lambda found: masked(found[0]), text)


@dataclass(frozen=True, slots=True)
class Holders:
    """What right ID numbers say of whose they are: date of birth, the same as a number yyyymmdd, sex (M or F).

    Without a number these are None, 0 and empty.
    """

    born: pd.Series[Any]
    days: pd.Series[Any]
    sexes: pd.Series[Any]

    @classmethod
    def of(cls, numbers: pd.Series[Any]) -> Holders:
        """The holders of some numbers."""
        digits = _letters(numbers) - ord("0")
        days, at = _births(digits)
        dates = np.empty(len(days), dtype=object)
        dates[:] = [_date(day) for day in days]
        known = np.array([day is not None for day in dates], dtype=bool)[at]
        births = np.array(days, dtype=np.int64)[at]
        sexes = np.array(["F", "M", ""], dtype=object)[np.where(known, digits[16] % 2, 2)]
        born, numbered = dates[at], np.where(known, births, 0)
        columns = (pd.Series(column, index=numbers.index) for column in (born, numbered, sexes))
        return cls(*columns)

    def ages(self, days: pd.Series[Any] | int) -> pd.Series[Any]:
        """Whole years of each on a day (yyyymmdd), NaN where the birth is unknown."""
        # Month and day borrow from the years as long as the birthday has not come.
        return ((days - self.days) // 10_000).where(self.days > 0)


def age_on(born: date, day: date) -> int:
    """Whole years on ``day``."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _date(day: int) -> date | None:
    """The day of digits yyyymmdd."""
    try:
        return date(day // 10_000, day // 100 % 100, day % 100)
    except (ValueError, OverflowError):
        return None
