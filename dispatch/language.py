"""One catalogue for everything a reader sees: ``texts/AREA.json`` maps each key to its Chinese and English wording."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Literal

Language = Literal["zh", "en"]


@cache
def _area(name: str) -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = json.loads((files("dispatch") / "texts" / f"{name}.json").read_text("utf-8"))
    return texts


def text(language: Language, key: str, **values: object) -> str:
    """The wording of ``"area.key"`` with ``{placeholders}`` filled; raises ``KeyError`` for a key nobody wrote."""
    area, _, entry = key.partition(".")
    return _area(area)[entry][language].format(**values)
