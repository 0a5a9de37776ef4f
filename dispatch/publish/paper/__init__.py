"""Printed matter: a Typst template of this room and plain data become a PDF/A-2b file; nothing in data is ever markup.

A template lies beside the code that fills it, imports ``/paper/paper.typ`` and reads ``data`` from there.
"""

from dispatch.publish.paper.code import trip_code, trip_code_mm, trip_code_svg
from dispatch.publish.paper.legible import faults, require_legible, unprintable
from dispatch.publish.paper.press import print_pdf

__all__ = ["faults", "print_pdf", "require_legible", "trip_code", "trip_code_mm", "trip_code_svg", "unprintable"]
