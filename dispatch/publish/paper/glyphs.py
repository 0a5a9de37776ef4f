"""What the font of all printed matter can show."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from noto_cjk_sans_otc import FONT_PATH

FONT = Path(str(FONT_PATH))
_FACE = 2  # the collection's face for mainland China, "Noto Sans CJK SC" in paper.typ
# Set as nothing whatever the font holds: soft hyphen, joiners, direction marks, variation selectors, tags.
_INVISIBLE = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E),
    (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xE0000, 0xE0FFF),
)  # fmt: skip
# Of these, the ones that turn the order of the letters around them: a name would read as another.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def missing(text: str) -> tuple[str, ...]:
    """The characters of ``text``, each once and in order, for which the font has no glyph."""
    return tuple(character for character in dict.fromkeys(text) if not _shown(character))


def direction_marks(text: str) -> tuple[str, ...]:
    """The marks of ``text``, each once and in order, that make what is seen differ from what is written."""
    return tuple(dict.fromkeys(_DIRECTION.findall(text)))


@cache
def _shown(character: str) -> bool:
    if ord(character) in _covered() or character in "\t\n\r\u2028\u2029\x85\x0b\x0c":
        return True
    if any(first <= ord(character) <= last for first, last in _INVISIBLE):
        return True
    parts = unicodedata.normalize("NFD", character)
    return parts != character and all(map(_shown, parts))


def width(text: str) -> float:
    """How wide ``text`` is on one line, in ems and without kerning."""
    return sum(map(_advances().__getitem__, text))


class _Advances(dict[str, float]):
    """The width of each character in ems, filled from the font when first asked for."""

    def __init__(self) -> None:
        super().__init__()
        with TTFont(FONT, fontNumber=_FACE, lazy=True) as font:
            self._names, self._metrics = font.getBestCmap(), font["hmtx"].metrics
            self._em = font["head"].unitsPerEm

    def __missing__(self, character: str) -> float:
        name = self._names.get(ord(character))
        self[character] = self._metrics[name][0] / self._em if name else 0.0
        return self[character]


@cache
def _advances() -> _Advances:
    return _Advances()


@cache
def _covered() -> frozenset[int]:
    with TTFont(FONT, fontNumber=_FACE, lazy=True) as font:
        return frozenset(font.getBestCmap())
