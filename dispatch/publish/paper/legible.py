"""Names that would be printed as empty boxes: found with the other findings, refused before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from dispatch.config import Settings
from dispatch.errors import InputRejectedError
from dispatch.language import text
from dispatch.model.demand import Inputs, Worker
from dispatch.model.notice import Notice, Severity
from dispatch.model.plan import Trip
from dispatch.model.supply import Employer, Offer, Stop
from dispatch.publish.paper.glyphs import direction_marks, missing
from dispatch.publish.view import View


def require_legible(view: View) -> None:
    """Raise ``InputRejectedError`` that names every text of a sheet with a character that ``unfit`` names."""
    found = [
        text(view.language, "paper.missing", where=where(), characters=listed(characters))
        for where, printed in _printed(view)
        if (characters := unfit(printed))
    ]
    if found:
        raise InputRejectedError("\n".join([text(view.language, "paper.illegible", n=len(found)), *found]))


def faults(settings: Settings) -> Callable[[str], dict[str, str]]:
    """What tells the codes of findings about a text, each with the characters that are in the way.

    Glyphs are asked for where there are pages; a direction mark shows another name in every format.
    """
    asked = {"direction_mark": direction_marks} | ({"no_glyph": missing} if "pdf" in settings.publish.formats else {})
    return lambda printed: {code: listed(found) for code, find in asked.items() if (found := find(printed))}


def unprintable(inputs: Inputs, settings: Settings) -> tuple[Notice, ...]:
    """An error for every row whose text ``require_legible`` would refuse after the search."""
    files = settings.inputs
    rows = [
        *((w.file, w.row, w.name, _of_person(w)) for w in inputs.workers),
        *((files.employers.name, 0, e.name, _of_site(e)) for e in inputs.employers),
        *((files.stops.name, 0, s.name, _of_stop(s)) for s in inputs.stops),
        *((files.offers.name, 0, o.offer_id, _of_offer(o)) for o in inputs.offers),
    ]
    told = faults(settings)
    return tuple(
        Notice(code, Severity.ERROR, file, row, value=_plain(name), params=(("characters", characters),))
        for file, row, name, printed in rows
        for code, characters in told(printed).items()
    )


def unfit(printed: str) -> tuple[str, ...]:
    """The characters that no sheet may hold: those the font lacks and direction marks."""
    return missing(printed) + direction_marks(printed)


def listed(characters: tuple[str, ...]) -> str:
    """``😀 (U+1F600)``, and a question mark for what cannot be seen."""
    return ", ".join(f"{c if c.isprintable() else '?'} (U+{ord(c):04X})" for c in characters)


def _plain(name: str) -> str:
    """A name whose direction marks do not turn the message that shows it."""
    return name.translate(dict.fromkeys(map(ord, direction_marks(name)), "?"))


def _printed(view: View) -> Iterator[tuple[Callable[[], str], str]]:
    """What says where a text comes from, in words, and the text."""
    language = view.language
    for w in view.workers.values():
        left = view.unserved.get(w.worker_id)
        yield partial(_row, view, w), _of_person(w) + (left.detail + left.remedy if left else "")
    for e in view.employers.values():
        yield partial(text, language, "paper.employer", employer_id=e.employer_id, name=_plain(e.name)), _of_site(e)
    for s in view.stops.values():
        yield partial(text, language, "paper.stop", stop_id=s.stop_id, name=_plain(s.name)), _of_stop(s)
    for o in view.offers.values():
        yield partial(text, language, "paper.offer", offer_id=o.offer_id), _of_offer(o)
    for t in view.trips.values():
        yield partial(text, language, "paper.trip", trip_id=t.trip_id), _of_trip(t)
    for pack in view.settings.publish.packs:
        yield partial(text, language, "paper.pack", pack=pack), pack


def _row(view: View, w: Worker) -> str:
    return text(view.language, "paper.person", file=w.file, row=w.row, worker_id=w.worker_id, name=_plain(w.name))


def _of_person(w: Worker) -> str:
    home = w.home
    return "".join((w.worker_id, w.name, w.id_number, w.phone, home.county_name, home.township_name, w.funding))


def _of_site(e: Employer) -> str:
    return "".join((e.employer_id, e.name, e.city, e.district, e.address, e.contact, e.phone))


def _of_stop(s: Stop) -> str:
    return "".join((s.stop_id, s.name, s.city, s.district, s.township))


def _of_offer(o: Offer) -> str:
    return o.offer_id + o.operator + o.vehicle


def _of_trip(t: Trip) -> str:
    """A trip calls at stops that the tool made as well."""
    return "".join((t.trip_id, t.operator, t.vehicle, *(call.stop_name for call in t.calls)))
