"""A name in the largest letters that a box allows, and from how far they can be read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate

from dispatch.publish.paper.glyphs import width

# What a line break does not enter: a word of letters, with the blank behind it. Han characters part anywhere.
_PIECE = re.compile(r"[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]+\s*|.", re.DOTALL)
# Letters that reach below the line need more room than Han characters, which fill their em.
_LOW = re.compile(r"[!-~\u00a1-\u024f]")
HAN_LINE_EM, LATIN_LINE_EM = 1.0, 1.16
# Height of 木 and of E in ems of the font, and metres at which a millimetre of it can be read: guidelines for Japanese
# stations ask for 80 mm and 60 mm at 20 m.
HAN_EM, LATIN_EM = 0.919, 0.733
HAN_M_PER_MM, LATIN_M_PER_MM = 20 / 80, 20 / 60


@dataclass(frozen=True, slots=True)
class Large:
    """A name in lines, the size of its letters (an em) and the height of a line, both in mm."""

    lines: tuple[str, ...]
    letter_mm: float
    line_mm: float


def set_large(name: str, width_mm: float, height_mm: float) -> Large:
    """``name`` as large as the box allows; of ways of one size, the fewest lines, and those as even as can be."""
    pieces = _PIECE.findall(" ".join(name.split()))
    widths = [width(piece.rstrip()) for piece in pieces]
    line_em = LATIN_LINE_EM if _LOW.search(name) else HAN_LINE_EM
    ways = []
    for limit in {total for start in range(len(widths)) for total in accumulate(widths[start:])}:
        lines = _filled(pieces, limit)
        size = min(width_mm / max(map(width, lines)), height_mm / len(lines) / line_em)
        ways.append((size, -len(lines), -limit, lines))
    size, _, _, lines = max(ways)
    letter_mm = int(size * 10) / 10
    return Large(lines, letter_mm, round(letter_mm * line_em, 2))


def reads_at_m(name: str, letter_mm: float) -> float:
    """From how many metres a name in letters of that size can be read: by its smallest script."""
    if name.isascii():
        return letter_mm * LATIN_EM * LATIN_M_PER_MM
    return letter_mm * HAN_EM * HAN_M_PER_MM


def _filled(pieces: list[str], limit: float) -> tuple[str, ...]:
    """Lines no wider than ``limit`` ems, as few as that takes; a piece wider than it stands alone."""
    lines = [""]
    for piece in pieces:
        if lines[-1] and width((lines[-1] + piece).rstrip()) > limit + 1e-9:
            lines.append("")
        lines[-1] += piece
    return tuple(line.strip() for line in lines)
