"""What a roster says of sex, age and birth beside the ID number: read to be compared, and for nothing else."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from dispatch.config import Horizon
from dispatch.intake.cells import EXCEL_EPOCH, as_code, as_count
from dispatch.intake.coded import objects
from dispatch.intake.identity import Holders, age_on
from dispatch.intake.reader import Cell
from dispatch.intake.table import Table, filled
from dispatch.model.notice import Severity

# A list may be last year's.
_LAST_YEARS = 1
_SEXES = {"男": "M", "男性": "M", "m": "M", "male": "M", "女": "F", "女性": "F", "f": "F", "female": "F"}
_WORDS = {"M": "男 / M", "F": "女 / F"}
_BIRTH = re.compile(r"((?:19|20)\d{2})(?:[-/.年]?(\d{1,2})(?:[-/.月]?(\d{1,2})日?)?月?)?年?(?:\s+00:00(?::00)?)?")
_SERIAL = re.compile(r"[1-4]\d{4}")

Birth = tuple[int, ...]


def check_declared(table: Table, holders: Holders, horizon: Horizon) -> None:
    """Warnings where sex, age or birth in their own columns differ from what a valid ID number says."""
    _compare(table, "sex", as_sex, holders.sexes, _sex_differs)
    _compare(table, "birth", as_birth, holders.born, _birth_differs)

    def age_differs(said: int, birth: date) -> str:
        youngest, oldest = age_on(birth, horizon.from_date), age_on(birth, horizon.to_date)
        by_years_begun = horizon.to_date.year - birth.year + 1
        return "" if youngest - _LAST_YEARS <= said <= by_years_begun else str(oldest)

    _compare(table, "age", as_age, holders.born, age_differs)


def _compare(
    table: Table,
    key: str,
    parser: Callable[[Cell], Any],
    known: pd.Series[Any],
    differs: Callable[[Any, Any], str],
) -> None:
    if key not in table:
        return
    said = table.parsed(key, parser, "declared_unclear", severity=Severity.NOTE)
    told = _each_pair(said, known, differs)
    table.flag(key, filled(told), f"{key}_differs", severity=Severity.WARNING, by_number=told)


def _each_pair(said: pd.Series[Any], known: pd.Series[Any], differs: Callable[[Any, Any], str]) -> pd.Series[Any]:
    """What ``differs`` tells of each row, asked once for each pair; nothing where one of the two is not there."""
    (a, these), (b, those) = (
        pd.factorize(column.to_numpy(object)) for column in (said, known.where(filled(known), None))
    )
    both = np.flatnonzero((a >= 0) & (b >= 0))
    at, pairs = pd.factorize(a[both].astype(np.int64) * len(those) + b[both])
    told = np.full(len(said), "", dtype=object)
    told[both] = objects([differs(these[i // len(those)], those[i % len(those)]) for i in pairs.tolist()])[at]
    return pd.Series(told, index=said.index, dtype=object)


def _sex_differs(said: str, known: str) -> str:
    return "" if said == known else _WORDS[known]


def _birth_differs(said: Birth, known: date) -> str:
    return "" if (known.year, known.month, known.day)[: len(said)] == said else known.isoformat()


def as_sex(cell: Cell) -> str:
    """M or F."""
    try:
        return _SEXES[as_code(cell).casefold()]
    except KeyError as error:
        raise ValueError(cell) from error


def as_age(cell: Cell) -> int:
    """Whole years."""
    return as_count(as_code(cell).removesuffix("岁").removesuffix("周")) if isinstance(cell, str) else as_count(cell)


def as_birth(cell: Cell) -> Birth:
    """Year, month and day as far as the cell says them."""
    if isinstance(cell, date | datetime):
        return cell.year, cell.month, cell.day
    if isinstance(cell, float) and not cell.is_integer():  # 1990.1 may have been 1990.10
        return (math.floor(cell),) if 1900 < cell < 2100 else _of_serial(cell)
    text = as_code(cell)
    if _SERIAL.fullmatch(text):
        return _of_serial(float(text))
    if not (match := _BIRTH.fullmatch(text)):
        raise ValueError(text)
    said = tuple(int(part) for part in match.groups() if part)
    date(*said, *(1,) * (3 - len(said)))  # raises for a day that does not exist
    return said


def _of_serial(serial: float) -> Birth:
    day = EXCEL_EPOCH + timedelta(days=int(serial))
    return day.year, day.month, day.day
