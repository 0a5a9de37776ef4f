"""On which of its days an offer runs: weekdays, dates, or both, in one cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dispatch.config import MAX_HORIZON_DAYS, Horizon
from dispatch.intake.cells import as_code, moments
from dispatch.intake.reader import Cell
from dispatch.intake.table import Table, each
from dispatch.intake.words import WEEKDAYS
from dispatch.model.notice import Severity

_BETWEEN = re.compile(r"[,、;\s]+")
_FINDINGS = {
    "unknown_day": Severity.ERROR,
    "day_outside": Severity.ERROR,
    "no_day_left": Severity.ERROR,
    "no_day_in_horizon": Severity.WARNING,
}


@dataclass(frozen=True, slots=True)
class _Said:
    """What a cell says: weekdays (1 is Monday), dates as they were written, and the first word that is neither."""

    weekdays: frozenset[int]
    dates: dict[str, date]
    unknown: str


@dataclass(frozen=True, slots=True)
class _Read:
    """A row's days, None where all, and the finding about them, if any, with the word it is about."""

    days: frozenset[date] | None
    code: str = ""
    word: str = ""


def running_days(table: Table, first: pd.Series[Any], last: pd.Series[Any], horizon: Horizon) -> pd.Series[Any]:
    """The dates between ``first`` and ``last`` on which each row runs; None for a row that says nothing of days."""
    moment = moments(horizon.from_date, horizon.to_date)
    said = each(table.raw("days"), lambda cell: _said(cell, lambda word: moment(word).date()))
    cells = zip(table.text("days"), said, first, last, strict=True)
    read = [_row(text, days, a, b, horizon) if text else _Read(None) for text, days, a, b in cells]
    codes, words, days = (
        pd.Series(column, table.frame.index, object)
        for column in ([r.code for r in read], [r.word for r in read], [r.days for r in read])
    )
    for code, severity in _FINDINGS.items():
        mask = (codes == code).astype(bool)
        table.flag("days", mask, code, severity=severity, values=words, first=first.map(str), last=last.map(str))
    return days


def _row(text: str, said: _Said, first: date, last: date, horizon: Horizon) -> _Read:
    outside = next((word for word, day in said.dates.items() if not first <= day <= last), "")
    within = _near(first, last, horizon)
    days = frozenset(d for d in within if d.isoweekday() in said.weekdays or d in said.dates.values())
    if said.unknown:
        return _Read(days, "unknown_day", said.unknown)
    if first > last:  # which the dates' own finding says
        return _Read(days)
    if outside:
        return _Read(days, "day_outside", outside)
    if within and not days:
        return _Read(days, "no_day_left", text)
    meet = first <= horizon.to_date and last >= horizon.from_date
    idle = meet and not any(horizon.from_date <= d <= horizon.to_date for d in days)
    return _Read(days, "no_day_in_horizon", text) if idle else _Read(days)


def _near(first: date, last: date, horizon: Horizon) -> list[date]:
    """The dates from ``first`` to ``last`` that are no more than a longest horizon away from this one: a quote may be
    good until the year 9999.
    """
    begin = max(first.toordinal(), horizon.from_date.toordinal() - MAX_HORIZON_DAYS)
    end = min(last.toordinal(), horizon.to_date.toordinal() + MAX_HORIZON_DAYS)
    return [date.fromordinal(n) for n in range(begin, end + 1)]


def _said(cell: Cell, parse: Callable[[Cell], date]) -> _Said:
    weekdays: set[int] = set()
    dates: dict[str, date] = {}
    # A cell that is one date may hold blanks of its own.
    words = [cell] if _date(cell, parse) else [w for w in _BETWEEN.split(as_code(cell)) if w]
    for word in words:
        number = WEEKDAYS.get(as_code(word).casefold())
        day = None if number else _date(word, parse)
        if number:
            weekdays.add(number)
        elif day:
            dates[as_code(word)] = day
        else:
            return _Said(frozenset(), {}, as_code(word))
    return _Said(frozenset(weekdays), dates, "")


def _date(word: Cell, parse: Callable[[Cell], date]) -> date | None:
    try:
        return parse(word)
    except (ValueError, OverflowError, ArithmeticError):
        return None
