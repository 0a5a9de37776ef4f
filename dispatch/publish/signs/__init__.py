"""Signs to hold up where people arrive: a page for each receiving district and each employer of an arrival."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from dispatch.config import Settings
from dispatch.language import text
from dispatch.model.supply import Employer
from dispatch.publish.filenames import distinct_names
from dispatch.publish.homes import public_place
from dispatch.publish.manifests.names import arrival_names
from dispatch.publish.manifests.wording import moment, say, stamp, vehicle_name
from dispatch.publish.paper import print_pdf
from dispatch.publish.privacy import Audience
from dispatch.publish.signs.large import reads_at_m, set_large
from dispatch.publish.signs.short import short_districts, short_employers
from dispatch.publish.view import Arrival, View

TEMPLATE = "signs/sign.typ"
# A4 across less 6 mm at each side, and 17 mm at the foot for the small lines.
NAME_WIDTH_MM, NAME_HEIGHT_MM = 285.0, 181.0
AIM_M = 20.0  # from how far a sign is to be read; one that is not says so
_CALL_MM = (20.0, 46.0)  # height of the words around the name where it leaves that much; else they stand at the foot


def write_signs(view: View, folder: Path, settings: Settings) -> list[Path]:
    """Write ``CITY/DATE_TRIP.pdf`` for each arrival: its districts' signs, then its employers'; none without the format
    pdf. Returns the files in order; raises ``OSError``.
    """
    return list(_written(view, folder)) if "pdf" in settings.publish.formats else []


def _written(view: View, folder: Path) -> Iterator[Path]:
    folders = distinct_names({city.name: city.name for city in view.cities})
    for city in view.cities:
        place = folder / folders[city.name]
        place.mkdir()
        for arrival, name in arrival_names(view, city).items():
            path = place / f"{name}.pdf"
            path.write_bytes(_printed(view, arrival))
            yield path


def _printed(view: View, arrival: Arrival) -> bytes:
    title = text(
        view.language,
        "signs.title",
        vehicle=vehicle_name(view, arrival.trip),
        stop=public_place(view, arrival.call).name,
    )
    data = {
        "title": title,
        "stamp": stamp(view, Audience.PUBLIC),
        "signs": [*_districts(view, arrival), *_employers(view, arrival)],
    }
    return print_pdf(TEMPLATE, data, language=view.language, made_at=view.plan.made_at)


def _districts(view: View, arrival: Arrival) -> Iterator[dict[str, object]]:
    people: Counter[str] = Counter()
    onward: defaultdict[str, set[str]] = defaultdict(set)
    for group in arrival.groups:
        name = group.employer.district or arrival.city
        people[name] += group.people
        onward[name].add(group.onward)
    short = short_districts(people)
    for name in sorted(people):
        yield _sign(view, arrival, short[name], name, people[name], onward[name])


def _employers(view: View, arrival: Arrival) -> Iterator[dict[str, object]]:
    """A sign for each employer; whoever goes to a private home follows the district's."""
    people: Counter[Employer] = Counter()
    onward: defaultdict[Employer, set[str]] = defaultdict(set)
    for group in arrival.groups:
        if group.employer.private:
            continue
        people[group.employer] += group.people
        onward[group.employer].add(group.onward)
    short = short_employers(people)
    for employer in sorted(people, key=lambda e: (e.district, e.name, e.employer_id)):
        full = " ".join(filter(None, (employer.district, employer.name)))
        yield _sign(view, arrival, short[employer.employer_id], full, people[employer], onward[employer])


def _sign(view: View, arrival: Arrival, name: str, full: str, people: int, onward: set[str]) -> dict[str, object]:
    large = set_large(name, NAME_WIDTH_MM, NAME_HEIGHT_MM)
    reads = reads_at_m(name, large.letter_mm)
    before, after = text(view.language, "signs.call", name="\n").split("\n")
    left_mm = NAME_HEIGHT_MM - len(large.lines) * large.line_mm
    least, most = _CALL_MM
    day = f"{view.local(arrival.call.arrives_at):%Y%m%d}-"  # the line names the day of the arrival already
    coaches = say(view, "list_mark").join(trip_id.removeprefix(day) for trip_id in sorted(filter(None, onward)))
    facts = (
        full,
        text(
            view.language,
            "signs.arrives",
            vehicle=vehicle_name(view, arrival.trip),
            stop=public_place(view, arrival.call).name,
            moment=moment(view, arrival.call.arrives_at),
        ),
        text(view.language, "signs.people", people=people),
        text(view.language, "signs.onward", coaches=coaches) if coaches else "",
        text(view.language, "signs.reads", metres=int(reads)) if reads < AIM_M else "",
    )
    return {
        "lines": large.lines,
        "letter_mm": large.letter_mm,
        "line_mm": large.line_mm,
        "before": before.strip(),
        "after": after.strip(),
        "call_mm": min(left_mm, most) if left_mm >= least else 0,
        "facts": text(view.language, "signs.between").join(filter(None, facts)),
    }
