"""Telephone numbers of a roster: whether they look like any, and who shares one."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from dispatch.intake.cells import as_code, stays
from dispatch.intake.reader import Cell
from dispatch.intake.table import Table, filled, mapped, only
from dispatch.model.notice import Severity

PHONE = r"1[3-9]\d{9}|0\d{9,11}|"
_NONE = " " * 11
_LIKELY = re.compile(PHONE).fullmatch
# 86 without a mark is China's prefix only before a whole mobile number.
_COUNTRY = re.compile(r"(?:\+|00)86|0?86(?=1\d{10}$)")
# Numbers that a program wrote as such: 13800000000.0, or 1.3800000001E+10 where no digit is lost.
_WRITTEN = re.compile(r"(\d{9,})\.0+|(\d)\.(\d{10})E\+?10", re.IGNORECASE)


def phone_numbers(table: Table, persons: pd.Series[Any], most: int) -> pd.Series[Any]:
    """Each row's number without blanks, dashes and the country's prefix; odd ones and crowded ones are flagged.

    ``most`` people may share a number before that is worth a note.
    """
    phones = table.text("phone", as_phone)
    odd = _odd(phones)
    table.flag("phone", odd, "phone_bad", severity=Severity.WARNING)
    if not (phones.duplicated() & filled(phones)).any():
        return phones
    again = persons.where(persons != "", mapped(phones.index, map(str, phones.index)))
    owners = pd.DataFrame({"phone": phones, "who": again})[phones != ""].drop_duplicates()
    counts = owners["phone"].value_counts()
    crowded = counts[counts > most]
    first = phones.isin(crowded.index) & ~phones.duplicated()
    shown = only(phones, first, masked_phone)
    told = only(phones, first, lambda phone: str(crowded[phone]))
    table.flag("phone", first, "phone_shared", severity=Severity.NOTE, values=shown, count=told, limit=str(most))
    return phones


def _odd(phones: pd.Series[Any]) -> pd.Series[Any]:
    """Which look like no number; mobile numbers, as nearly all are, are looked at digit by digit and not one by one."""
    texts = phones.tolist()
    even = texts if set(map(len, texts)) == {11} else [t if len(t) == 11 else _NONE for t in texts]
    letters = np.frombuffer("".join(even).encode("ascii", "replace"), np.uint8)
    digits = letters.reshape(-1, 11).T - ord("0")
    odd = ~((digits <= 9).all(axis=0) & (digits[0] == 1) & (digits[1] >= 3))
    at = np.flatnonzero(odd)
    odd[at] = [not _LIKELY(texts[i]) for i in at.tolist()]
    return pd.Series(odd, index=phones.index)


def _mobile(text: str) -> bool:
    """Whether joined texts of eleven characters are mobile numbers without a prefix, as nearly all are."""
    return text.isascii() and text.isdigit() and text[::11].strip("1") == ""


@stays(_mobile, length=11)
def as_phone(cell: Cell) -> str:
    """A number as it is dialled."""
    if isinstance(cell, str) and len(cell) == 11 and cell[0] == "1" and cell.isascii() and cell.isdigit():
        return cell  # as nearly all are
    text = as_code(cell).replace(" ", "").replace("-", "")
    if match := _WRITTEN.fullmatch(text):
        text = "".join(filter(None, match.groups()))
    prefix = _COUNTRY.match(text)
    return text[prefix.end() :] if prefix else text


def masked_phone(phone: str) -> str:
    """A number of which four digits are hidden."""
    return f"{phone[:-8]}****{phone[-4:]}" if len(phone) > 8 else "****"
