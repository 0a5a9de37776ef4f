"""The QR code of a trip: a short payload that reads from a creased sheet, the same modules in every format."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import segno

QUIET_MODULES = 4  # what the standard asks for; a reader may not find a code with less
_SIDE_MM, _MODULE_MM = 24.0, 0.65


@lru_cache(maxsize=1 << 10)  # a trip has its workbook, its page and its other papers
def trip_code(payload: str) -> segno.QRCode:
    """The code of ``payload``; the mask is fixed, so that equal payloads give equal pictures."""
    return segno.make_qr(payload, error="m", mask=4, boost_error=False)


def trip_code_svg(payload: str) -> str:
    """The code as a picture that a template sets with ``image(bytes(…))``, its quiet zone included."""
    picture = BytesIO()
    trip_code(payload).save(picture, kind="svg", border=QUIET_MODULES, light="#fff", svgclass=None, lineclass=None)
    return picture.getvalue().decode("utf-8")


def trip_code_mm(payload: str) -> float:
    """The side of the printed code, quiet zone included: a module stays wide enough for a scan at 150 dpi."""
    return max(_SIDE_MM, _MODULE_MM * float(trip_code(payload).symbol_size(border=QUIET_MODULES)[0]))
