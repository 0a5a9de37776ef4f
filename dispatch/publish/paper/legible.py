"""Refusing, before anything is written, names that would be printed as empty boxes."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.errors import InputRejectedError
from dispatch.language import text
from dispatch.publish.paper.glyphs import missing
from dispatch.publish.view import View


def require_legible(view: View) -> None:
    """Raise ``InputRejectedError`` that names every person, site, stop and offer with a character the font lacks."""
    found = [
        text(view.language, "paper.missing", where=where, characters=_listed(characters))
        for where, printed in _printed(view)
        if (characters := missing(printed))
    ]
    if found:
        raise InputRejectedError("\n".join([text(view.language, "paper.illegible", n=len(found)), *found]))


def _listed(characters: tuple[str, ...]) -> str:
    return ", ".join(f"{c if c.isprintable() else '?'} (U+{ord(c):04X})" for c in characters)


def _printed(view: View) -> Iterator[tuple[str, str]]:
    """Where a text comes from, in words, and the text."""
    for w in view.workers.values():
        where = text(view.language, "paper.person", file=w.file, row=w.row, worker_id=w.worker_id, name=w.name)
        yield where, "".join((w.worker_id, w.name, w.id_number, w.phone, w.home.county_name, w.home.township_name))
    for e in view.employers.values():
        where = text(view.language, "paper.employer", employer_id=e.employer_id, name=e.name)
        yield where, "".join((e.employer_id, e.name, e.city, e.district, e.address, e.contact, e.phone))
    for s in view.stops.values():
        yield text(view.language, "paper.stop", stop_id=s.stop_id, name=s.name), s.stop_id + s.name
    for o in view.offers.values():
        yield text(view.language, "paper.offer", offer_id=o.offer_id), o.offer_id + o.operator + o.vehicle
    for pack in view.settings.publish.packs:
        yield text(view.language, "paper.pack", pack=pack), pack
