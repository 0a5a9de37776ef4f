"""What the font of all printed matter can show."""

from __future__ import annotations

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


def missing(text: str) -> tuple[str, ...]:
    """The characters of ``text``, each once and in order, for which the font has no glyph."""
    return tuple(character for character in dict.fromkeys(text) if not _shown(character))


@cache
def _shown(character: str) -> bool:
    if ord(character) in _covered() or character in "\t\n\r\u2028\u2029\x85\x0b\x0c":
        return True
    if any(first <= ord(character) <= last for first, last in _INVISIBLE):
        return True
    parts = unicodedata.normalize("NFD", character)
    return parts != character and all(map(_shown, parts))


@cache
def _covered() -> frozenset[int]:
    with TTFont(FONT, fontNumber=_FACE, lazy=True) as font:
        return frozenset(font.getBestCmap())
