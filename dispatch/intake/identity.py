"""Resident ID numbers: the check digit, what the digits say, and what a spreadsheet does to them."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dispatch.intake.cells import as_code, stays
from dispatch.intake.reader import Cell

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = np.array([ord(c) for c in "10X98765432"], dtype=np.uint32)
_PLACES = 10 ** np.arange(7, -1, -1)
_ZERO = np.uint32(ord("0"))
_LONG = re.compile(r"\d{9}")
_SHAPE = re.compile(r"\d{17}[\dX]")
_OLD = re.compile(r"\d{15}")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[Ee]\+?\d+")
_BLANKS = re.compile(r"[\s\-]")


@stays(lambda text: text.isascii() and text.isalnum() and text == text.upper())
def as_id(value: Cell) -> str:
    """An ID number as text: full-width digits made plain, blanks removed, x as X."""
    if isinstance(value, str) and value.isascii() and value.isalnum():
        return value.upper()  # as nearly all are
    return _BLANKS.sub("", as_code(value)).upper()


def id_faults(raw: pd.Series[Any], numbers: pd.Series[Any]) -> pd.Series[Any]:
    """The notice code of each ID number, empty where it is right.

    A number from a numeric cell is refused even where its digit fits: a spreadsheet keeps 15 digits and makes up the
    rest, and one in eleven of those fits by chance.
    """
    letters = _letters(numbers)
    digits = letters[:, :17] - _ZERO
    shaped = (digits <= 9).all(axis=1) & ((letters[:, 17] - _ZERO <= 9) | (letters[:, 17] == ord("X")))
    fits = _CHECK[(digits.astype(np.int64) @ _WEIGHTS) % 11] == letters[:, 17]
    faults = np.full(len(numbers), "", dtype=object)
    faults[shaped & ~fits] = "id_check"
    faults[shaped & (_born(digits) == None)] = "id_birth"  # noqa: E711 - element by element
    faults[~shaped] = "id_length"
    texts = numbers.tolist()
    for i in np.flatnonzero(~shaped).tolist():
        if not texts[i]:
            faults[i] = "id_missing"
        elif _SCIENTIFIC.fullmatch(texts[i]):
            faults[i] = "id_scientific"
    faults[[not isinstance(cell, str) for cell in raw]] = "id_numeric"
    return pd.Series(faults, index=raw.index, dtype=object)


def _letters(numbers: pd.Series[Any]) -> npt.NDArray[np.uint32]:
    """The characters of each number of 18, a row a number; other texts are rows of blanks."""
    texts = np.array([t if len(t) == 18 else " " * 18 for t in numbers], dtype="U18")
    return texts.view(np.uint32).reshape(-1, 18)


def _born(digits: npt.NDArray[np.uint32]) -> npt.NDArray[Any]:
    """The date of birth in each row of digits, None where there is none; looked at once per distinct one."""
    days, at = np.unique(digits[:, 6:14].astype(np.int64) @ _PLACES, return_inverse=True)
    dates = np.empty(len(days), dtype=object)
    dates[:] = [_date(day) for day in days.tolist()]
    return dates[at]


def persons(numbers: pd.Series[Any], names: pd.Series[Any]) -> pd.Series[Any]:
    """What tells people apart: the ID number; with sequence 000, which is issued to nobody, the name too.

    Made-up people may share such a number, real ones cannot share theirs. Empty where there is no number.
    """
    sample = is_sample(numbers)
    return numbers.where(~sample, numbers + " " + names)


def is_sample(numbers: pd.Series[Any]) -> pd.Series[Any]:
    """Whether each ID number has the sequence digits 000 of made-up people."""
    return pd.Series([t[14:17] == "000" for t in numbers], index=numbers.index, dtype=bool)


def with_check_digit(body: str) -> str:
    """An ID number from its first 17 digits."""
    return body + chr(_CHECK[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11])


def masked(number: str) -> str:
    """An ID number with all but its last four characters hidden; a shorter text is hidden whole."""
    return "*" * (len(number) - 4) + number[-4:] if len(number) > 10 else "*" * len(number)


def is_number(text: str) -> bool:
    """Whether a cell holds an ID number, of today's 18 characters or the older 15 digits, and nothing else."""
    if len(text) < 15:
        return False
    number = as_id(text)
    return bool(_SHAPE.fullmatch(number) or _OLD.fullmatch(number))


def without_number(text: str) -> str:
    """What a cell says of somebody; where it is an ID number, its end."""
    number = as_id(text)
    return masked(number) if _LONG.search(number) else text


def born_on(numbers: pd.Series[Any]) -> pd.Series[Any]:
    """The date of birth in each ID number, None where there is none."""
    return pd.Series(_born(_letters(numbers) - _ZERO), index=numbers.index, dtype=object)


def ages_on(born: pd.Series[Any], days: pd.Series[Any]) -> pd.Series[Any]:
    """Whole years of each on a day, NaN where the birth is unknown."""
    ages = [math.nan if b is None else age_on(b, day) for b, day in zip(born, days, strict=True)]
    return pd.Series(ages, index=born.index, dtype=float)


def age_on(born: date, day: date) -> int:
    """Whole years on ``day``."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def sex_of(number: str) -> str:
    """M or F by the 17th digit."""
    return "" if len(number) != 18 else "MF"[1 - int(number[16]) % 2]


def _date(day: int) -> date | None:
    """The day of digits yyyymmdd."""
    try:
        return date(day // 10_000, day // 100 % 100, day % 100)
    except (ValueError, OverflowError):
        return None
