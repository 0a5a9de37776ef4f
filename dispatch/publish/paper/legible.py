"""Names that would be printed as empty boxes: found with the other findings, refused before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dispatch.config import Settings
from dispatch.errors import InputRejectedError
from dispatch.language import text
from dispatch.model.demand import Inputs, Worker
from dispatch.model.notice import Notice, Severity
from dispatch.model.supply import Employer, Offer, Stop
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


def lacking(settings: Settings) -> Callable[[str], str]:
    """What tells the characters of a text that the font lacks; without pages there are none."""
    prints = "pdf" in settings.publish.formats
    return lambda printed: _listed(missing(printed)) if prints else ""


def unprintable(inputs: Inputs, settings: Settings) -> tuple[Notice, ...]:
    """An error for every row whose text ``require_legible`` would refuse after the search; none without pages."""
    if "pdf" not in settings.publish.formats:
        return ()
    files = settings.inputs
    rows = [
        *((w.file, w.row, w.name, _of_person(w)) for w in inputs.workers),
        *((files.employers.name, 0, e.name, _of_site(e)) for e in inputs.employers),
        *((files.stops.name, 0, s.name, _of_stop(s)) for s in inputs.stops),
        *((files.offers.name, 0, o.offer_id, _of_offer(o)) for o in inputs.offers),
    ]
    return tuple(
        Notice("no_glyph", Severity.ERROR, file, row, value=name, params=(("characters", _listed(characters)),))
        for file, row, name, printed in rows
        if (characters := missing(printed))
    )


def _listed(characters: tuple[str, ...]) -> str:
    return ", ".join(f"{c if c.isprintable() else '?'} (U+{ord(c):04X})" for c in characters)


def _printed(view: View) -> Iterator[tuple[str, str]]:
    """Where a text comes from, in words, and the text."""
    for w in view.workers.values():
        where = text(view.language, "paper.person", file=w.file, row=w.row, worker_id=w.worker_id, name=w.name)
        yield where, _of_person(w)
    for e in view.employers.values():
        yield text(view.language, "paper.employer", employer_id=e.employer_id, name=e.name), _of_site(e)
    for s in view.stops.values():
        yield text(view.language, "paper.stop", stop_id=s.stop_id, name=s.name), _of_stop(s)
    for o in view.offers.values():
        yield text(view.language, "paper.offer", offer_id=o.offer_id), _of_offer(o)
    for pack in view.settings.publish.packs:
        yield text(view.language, "paper.pack", pack=pack), pack


def _of_person(w: Worker) -> str:
    return "".join((w.worker_id, w.name, w.id_number, w.phone, w.home.county_name, w.home.township_name))


def _of_site(e: Employer) -> str:
    return "".join((e.employer_id, e.name, e.city, e.district, e.address, e.contact, e.phone))


def _of_stop(s: Stop) -> str:
    return s.stop_id + s.name


def _of_offer(o: Offer) -> str:
    return o.offer_id + o.operator + o.vehicle
