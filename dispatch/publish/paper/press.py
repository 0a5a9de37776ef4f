"""From a template and data to the bytes of a PDF; the fonts are read once a process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

import typst

from dispatch.errors import InputRejectedError
from dispatch.language import Language, text
from dispatch.publish.paper.glyphs import FONT
from dispatch.publish.paper.legible import listed, unfit

_ROOM = Path(__file__).resolve().parent.parent


def print_pdf(template: str, data: Mapping[str, object], *, language: Language, made_at: datetime) -> bytes:
    """Typeset ``template``, a path in this room such as ``manifests/manifest.typ``, as PDF/A-2b.

    ``data`` holds what JSON can; it reaches the template as values, never as markup. The same arguments give the same
    bytes: the only time in the file is ``made_at``, an aware instant. Raises ``InputRejectedError`` for a character
    that the font lacks; ``require_legible`` names its row before anything is written.
    """
    inputs = {"data": json.dumps(data, ensure_ascii=False), "language": language}
    try:
        document = _compiler().compile(
            input=_ROOM / template,
            format="pdf",
            sys_inputs=inputs,
            pdf_standards="a-2b",
            pdf_tags=False,  # they would make a list of names three times as large
            timestamp=int(made_at.timestamp()),
        )
    except typst.TypstError as error:
        if characters := unfit(inputs["data"]):
            raise InputRejectedError(_refusal(template, data, language, characters)) from error
        raise
    if not isinstance(document, bytes):
        raise TypeError(f"{template} gave no PDF")
    return document


def _refusal(template: str, data: Mapping[str, object], language: Language, characters: tuple[str, ...]) -> str:
    """Names the sheet by its part and by what its data call it: ``name``, or title and reference."""
    keys = ("name",) if "name" in data else ("title", "reference")
    sheet = " ".join(str(data[key]) for key in keys if key in data)
    where = text(language, "paper.sheet", part=template.partition("/")[0], sheet=sheet)
    found = text(language, "paper.missing", where=where, characters=listed(characters))
    return "\n".join((text(language, "paper.illegible", n=1), found))


@cache
def _compiler() -> typst.Compiler:
    """The system's fonts stay out, or a sheet would look different on each machine."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONT.parent])
    return typst.Compiler(root=_ROOM, font_paths=fonts)
