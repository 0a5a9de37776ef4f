"""Cells of a CSV file that a spreadsheet would take for a formula, and how they are written and read back."""

from __future__ import annotations

import re

# Full-width signs count: Excel in a Chinese locale reads them as their narrow twins.
_SIGNS = "=+-@＝＋－＠\t\r\n"
_SIGN = rf"[ \u3000\xa0]*[{re.escape(_SIGNS)}]"
_STARTS = re.compile(_SIGN)
# What stands in a file behind its mark, or was written with one.
_MARKED = re.compile(f"'*{_SIGN}")


def starts_formula(value: str) -> bool:
    """Whether a spreadsheet would start a formula here, even behind blanks."""
    return _STARTS.match(value) is not None


def may_start_formula(text: str) -> bool:
    """Whether a spreadsheet might start a formula in one of several texts that are joined; quickly told."""
    return any(sign in text for sign in _SIGNS)


def inert(value: str) -> str:
    """The cell with a leading ``'`` where a spreadsheet would start a formula; ``meant`` takes it away again."""
    return f"'{value}" if _MARKED.match(value) else value


def meant(cell: str) -> str:
    """What ``inert`` was given."""
    return cell[1:] if cell.startswith("'") and _MARKED.match(cell, 1) else cell
