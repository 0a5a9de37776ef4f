"""How large a text may be in a place of a given width, by the font's own widths."""

from __future__ import annotations

import re

from dispatch.publish.paper.glyphs import width

LEAST = 0.76  # of the size around it; smaller is hard to read on paper
_ONE_LINE = 0.84  # down to here one smaller line reads better than two
_LINES = 2
# What a line break does not enter: anything but blanks and the scripts that break between any two characters.
_WORD = re.compile(r"[^\s\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]+")


def fitted(value: str, room: float) -> tuple[float, bool]:
    """The scale at which ``value`` fits a place ``room`` ems wide, and whether its words must break anywhere even so.

    It shrinks a little to stay on one line, more to stay on two or for a word wider than the place, to ``LEAST`` and
    no further.
    """
    whole = width(value)
    if whole <= room:
        return 1.0, False
    if room >= _ONE_LINE * whole:
        return _rounded(room / whole), False
    longest = max(map(width, _WORD.findall(value)), default=0.0)
    # a line is rarely filled to its end
    scale = max(LEAST, _rounded(min(1.0, room / longest if longest else 1.0, 0.9 * _LINES * room / whole)))
    return scale, longest * scale > room


def _rounded(scale: float) -> float:
    return int(scale * 100) / 100
