"""Homes: the address of each row, the division it names, and how sure that is."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dispatch.intake.stops import ResolveHomes
from dispatch.intake.table import Suggest, Table, each_same, filled, mapped, only, sparing
from dispatch.model.demand import Home
from dispatch.model.notice import Severity


def find_homes(
    table: Table, points: pd.Series[Any], boarding: pd.Series[Any], resolve: ResolveHomes, suggest: Suggest
) -> pd.Series[Any]:
    """A ``Home`` for each row; one that is nowhere is an error, a warning for whoever says where to board.

    How surely homes were found is a note for each file, and near misses are a note for each text.
    """
    texts, suggest = home_texts(table), sparing(suggest)
    homes = mapped(texts.index, resolve(texts.tolist(), points.tolist()))
    lost, coarse, guessed = (
        told.astype(bool)
        for told in each_same(
            homes, lambda home: home.level == "unknown", lambda home: home.level == "county", lambda home: home.guessed
        )
    )
    boards = filled(boarding)
    key = next((c for c in ("home", "home_township", "home_county") if c in table), "home")
    for mask, severity in ((lost & ~boards, Severity.ERROR), (lost & boards, Severity.WARNING)):
        table.flag(key, mask, "home_unresolved", severity=severity, values=texts, suggest=suggest)
    _note_confidence(table, key, homes, coarse, suggest)
    _note_guesses(table, key, homes, guessed)
    return homes


def _note_confidence(table: Table, key: str, homes: pd.Series[Any], coarse: pd.Series[Any], suggest: Suggest) -> None:
    """How many are placed at their county's seat only, and which townships may be meant by what is written."""
    table.tally("home_at_county", coarse, Severity.NOTE)
    if not coarse.any():
        return
    (texts,) = each_same(homes, lambda home: home.text if home.level == "county" and home.township_name else "")
    first = ~texts.duplicated() & filled(texts)
    if not first.any():
        return
    near = {home.text: _near(home, suggest) for home in homes[first]}
    counts = texts.value_counts()
    first[first] = [bool(near.get(text)) for text in texts[first]]
    times = only(texts, first, lambda text: str(counts[text]))
    table.flag(key, first, "home_near", severity=Severity.NOTE, values=texts, suggest=near.__getitem__, count=times)


def _note_guesses(table: Table, key: str, homes: pd.Series[Any], guessed: pd.Series[Any]) -> None:
    """Which names of several places were taken for one of them, once per place with the number of its people."""
    if not guessed.any():
        return
    places = only(homes, guessed, lambda home: home.division_code + home.township_name)
    first = guessed & ~places.duplicated()
    counts = places.value_counts()
    table.flag(
        key,
        first,
        "home_guessed",
        severity=Severity.NOTE,
        values=only(homes, first, lambda home: home.text),
        division=only(homes, first, lambda home: home.division_name),
        count=only(places, first, lambda place: str(counts[place])),
    )


def _near(home: Home, suggest: Suggest) -> tuple[str, ...]:
    """Townships of a home's county whose names are like the one that it gives and that nobody knows there."""
    names = suggest(home.division_name + home.township_name)
    below = [name for name in names if name.startswith(home.division_name) and name != home.division_name]
    return () if any(name.endswith(home.township_name) for name in below) else tuple(below)


def home_texts(table: Table) -> pd.Series[Any]:
    """The address in one text: columns for county, township and village go before or after what ``home`` says."""
    texts = table.text("home")
    for key in ("home_township", "home_county", "home_city", "home_province"):
        if key in table:
            part = table.text(key)
            texts = mapped(texts.index, [t if p in t else p + t for p, t in zip(part, texts, strict=True)])
    if "home_village" in table:
        village = table.text("home_village")
        texts = mapped(texts.index, [t if v in t else t + v for v, t in zip(village, texts, strict=True)])
    return texts
