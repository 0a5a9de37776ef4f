"""Resident ID numbers: the check digit, what the digits say, and what a spreadsheet does to them."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from dispatch.intake.cells import as_code
from dispatch.intake.reader import Cell
from dispatch.intake.table import each

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = np.array(list("10X98765432"))
_LONG = re.compile(r"\d{9}")
_SHAPE = re.compile(r"\d{17}[\dX]")
_OLD = re.compile(r"\d{15}")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[Ee]\+?\d+")
_BLANKS = re.compile(r"[\s\-]")


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
    faults = pd.Series("", index=raw.index, dtype=object)
    shaped = numbers.map(_SHAPE.fullmatch).notna()
    born = each(numbers.where(shaped, "").str[6:14], _born_text)
    faults = faults.mask(shaped & ~_digit_fits(numbers, shaped), "id_check")
    faults = faults.mask(shaped & born.isna(), "id_birth")
    faults = faults.mask(~shaped, "id_length")
    faults = faults.mask(numbers.map(_SCIENTIFIC.fullmatch).notna(), "id_scientific")
    faults = faults.mask(numbers == "", "id_missing")
    return faults.mask(raw.map(lambda cell: not isinstance(cell, str)).astype(bool), "id_numeric")


def persons(numbers: pd.Series[Any], names: pd.Series[Any]) -> pd.Series[Any]:
    """What tells people apart: the ID number; with sequence 000, which is issued to nobody, the name too.

    Made-up people may share such a number, real ones cannot share theirs. Empty where there is no number.
    """
    sample = is_sample(numbers)
    return numbers.where(~sample, numbers + " " + names)


def is_sample(numbers: pd.Series[Any]) -> pd.Series[Any]:
    """Whether each ID number has the sequence digits 000 of made-up people."""
    return numbers.str[14:17] == "000"


def with_check_digit(body: str) -> str:
    """An ID number from its first 17 digits."""
    return body + str(_CHECK[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11])


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
    return each(numbers.str[6:14], _born_text)


def ages_on(numbers: pd.Series[Any], day: date) -> pd.Series[Any]:
    """Whole years on ``day`` by each ID number, NaN where there is none.

    Intake asks for the horizon's last day: nobody is refused for a birthday that may fall before the journey.
    """

    def age(digits: str) -> float:
        born = _born_text(digits)
        return age_on(born, day) if born else math.nan

    return each(numbers.str[6:14], age).astype(float)


def age_on(born: date, day: date) -> int:
    """Whole years on ``day``."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def sex_of(number: str) -> str:
    """M or F by the 17th digit."""
    return "" if len(number) != 18 else "MF"[1 - int(number[16]) % 2]


def _digit_fits(numbers: pd.Series[Any], shaped: pd.Series[Any]) -> pd.Series[Any]:
    fits = pd.Series(data=False, index=numbers.index)
    texts = numbers[shaped].to_numpy("U18")
    if len(texts):
        letters = texts.view(np.uint32).reshape(-1, 18)
        totals = (letters[:, :17].astype(np.int64) - ord("0")) @ _WEIGHTS
        fits[shaped] = _CHECK.view(np.uint32)[totals % 11] == letters[:, 17]
    return fits


def _born_text(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
