"""How large a text may be in a place of a given width, by the font's own widths."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from dispatch.publish.paper.glyphs import width

LEAST = 0.8  # of the size around it; smaller is hard to read on paper
_LINES = 2
# What a line break does not enter: anything but blanks and the scripts that break between any two characters.
_WORD = re.compile(r"[^\s\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]+")


@dataclass(frozen=True, slots=True)
class Fit:
    """The scale at which a text is set, whether its words must break anywhere even so, whether it is on one line."""

    scale: float = 1.0
    loose: bool = False
    one_line: bool = True


AS_IT_IS = Fit()


@lru_cache(maxsize=1 << 14)
def fitted(value: str, room: float) -> Fit:
    """How ``value`` is set in a place ``room`` ems wide.

    It shrinks to stay on one line, else on two, and for a word wider than the place; to ``LEAST`` and no further.
    """
    if "\n" in value:
        return replace(fitted(value.replace("\n", " "), room), one_line=False)
    whole = width(value)
    if whole <= room:
        return AS_IT_IS
    if room >= LEAST * whole:
        return Fit(_rounded(room / whole))
    longest = max(map(width, _WORD.findall(value)), default=0.0)
    # a line is rarely filled to its end
    scale = max(LEAST, _rounded(min(1.0, room / longest if longest else 1.0, 0.9 * _LINES * room / whole)))
    return Fit(scale, loose=longest * scale > room, one_line=False)


def _rounded(scale: float) -> float:
    return int(scale * 100) / 100
