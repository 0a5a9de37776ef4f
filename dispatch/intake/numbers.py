"""The column of ID numbers: which are right, and what is wrong with the others."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from dispatch.intake.identity import as_id, id_faults, is_rounded, is_sample, masked
from dispatch.intake.table import Table, each_same, filled, mapped, only
from dispatch.model.notice import Severity


def id_numbers(table: Table, latest: date) -> pd.Series[Any]:
    """The right ID numbers, empty where one is not; each fault is flagged with its reason.

    Nobody is born after ``latest``.
    """
    numbers = table.text("id_number", as_id)
    faults = id_faults(table.raw("id_number"), numbers, latest)
    wrong = filled(faults)
    shown = only(numbers, wrong, masked)
    for code in faults[wrong].unique():
        table.flag("id_number", faults == code, str(code), values=shown)
    sound = numbers.where(~wrong, "") if wrong.any() else numbers
    _note_width(table, sound)
    sample = is_sample(sound)
    rounded = is_rounded(sound, sample)
    table.flag("id_number", rounded, "id_rounded", severity=Severity.WARNING, values=only(sound, rounded, masked))
    table.tally("sample_people", sample, Severity.NOTE)
    return sound


def note_places(table: Table, numbers: pd.Series[Any], homes: pd.Series[Any]) -> None:
    """How many numbers begin with another county than the home's: that of a first registration, often under a code
    that no longer exists, so it is no fault.
    """
    (counties,) = each_same(homes, lambda home: home.county_code)
    begin = mapped(numbers.index, [number[:6] for number in numbers.tolist()])
    table.tally("id_place_differs", filled(begin) & filled(counties) & (begin != counties), Severity.NOTE)


def _note_width(table: Table, sound: pd.Series[Any]) -> None:
    """A number in full-width digits is the right one, but other programs do not know it as such."""
    if "".join(table.distinct("id_number").tolist()).isascii():
        return
    wide = mapped(
        sound.index, [bool(n) and not t.isascii() for n, t in zip(sound, table.text("id_number"), strict=True)]
    )
    wide = wide.astype(bool)
    if wide.any():
        shown = only(sound, wide, masked)
        table.flag("id_number", wide, "id_full_width", severity=Severity.WARNING, values=shown)
