"""The whole plan on one map: a line per corridor, origin places, destination stations and cities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain

from dispatch.model.supply import Mode
from dispatch.publish.maps.corridors import Corridor, End, Flows, Side, flows
from dispatch.publish.maps.markup import popup
from dispatch.publish.maps.page import Feature, map_page
from dispatch.publish.maps.shapes import BENDS, COLOURS, arc, line, place, radius, width
from dispatch.publish.pages import day_name, page_text
from dispatch.publish.view import View

KINDS = ("train", "flight", "coach", "feeder")
ROWS = 12
LEAVING, ARRIVING = "#243b53", "#b42318"
# Labels of cities and stations come before those of origins where both do not fit.
FIRST = 10**8


def overview_page(view: View, travel: str) -> str:
    """The HTML of the overview map; ``travel`` tells where the road times come from."""
    t = page_text(view.language, "maps")
    found = flows(view)
    most = max((c.people.total() for c in found.corridors), default=1)
    days = sorted(set(chain.from_iterable(c.people for c in found.corridors)))
    kinds = [kind for kind in KINDS if any(c.kind == kind for c in found.corridors)]
    return map_page(
        view,
        t("overview.title"),
        [_route(view, found, corridor, most) for corridor in found.corridors],
        list(_places(view, found)),
        kinds=[(kind, t(f"kind.{kind}"), COLOURS[kind]) for kind in kinds],
        days=day_choices(view, days),
        widths=[(people, width(people, most)) for people in samples(most)],
        marks=[(LEAVING, t("mark.origin")), (ARRIVING, t("mark.destination"))],
        served=len(view.legs_by_worker),
        travel=travel,
    )


def samples(most: int) -> list[int]:
    """Two or three round numbers of people for the legend of widths."""
    top = 10 ** (len(str(most)) - 1)
    largest, step = most // top * top, max(1, top // 10)
    return sorted({max(1, largest // 10), max(1, largest // 3 // step * step), largest})


def day_choices(view: View, days: Iterable[str]) -> list[tuple[str, str]]:
    """(ISO date, its name) of each day, as the map's filter offers them."""
    return [(day, day_name(view.language, date.fromisoformat(day))) for day in days]


def _label(view: View, found: Flows, end: End) -> str:
    """The place's name, and how many places are gathered under it."""
    places = len(found.members.get(end.name, ())) if end.side is Side.ORIGIN else 1
    t = page_text(view.language, "maps")
    return t("gathered", name=end.name, places=places) if places > 1 else end.name


def _route(view: View, found: Flows, c: Corridor, most: int) -> Feature:
    t = page_text(view.language, "maps")
    a, b = (found.places[end].position for end in (c.origin, c.destination))
    facts = [(t("people"), str(c.people.total())), (t("trips"), str(len(c.trips)))]
    heading = (t("trip"), t("departs"), t("arrives"), t("people"))
    ends = {"origin": _label(view, found, c.origin), "destination": _label(view, found, c.destination)}
    title = t("corridor", kind=t(f"kind.{c.kind}"), **ends)
    rows = list(_timetable(view, c))
    if len(c.trips) > ROWS:
        rows.append(("…", "", "", t("more", count=len(c.trips) - ROWS)))
    style = {"dashArray": "5 5"} if c.kind == "feeder" else {}
    return line(arc(a, b, BENDS[c.kind]), c.kind, c.people, most, popup(title, facts, heading, rows), **style)


def _timetable(view: View, c: Corridor) -> Iterator[tuple[str, ...]]:
    for trip in sorted((view.trips[t] for t in c.trips), key=lambda trip: (trip.departs_at, trip.trip_id))[:ROWS]:
        leaves, ends = view.local(trip.departs_at), view.local(trip.arrives_at)
        name = trip.trip_id if trip.mode is Mode.COACH else trip.vehicle or trip.trip_id
        yield (name, f"{leaves:%m-%d %H:%M}", f"{ends:%m-%d %H:%M}", str(c.trips[trip.trip_id]))


def _places(view: View, found: Flows) -> Iterator[Feature]:
    """Where people set out or arrive; a station where they change is drawn as the origin of its trains and flights."""
    t = page_text(view.language, "maps")
    kinds: defaultdict[End, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for c in found.corridors:
        for end in (c.origin, c.destination):
            drawn = End(end.name, Side.ORIGIN) if end.side is Side.CHANGE else end
            kinds[drawn][c.kind] |= set(c.people)
    shown = {end: mean for end, mean in found.places.items() if end.side is not Side.CHANGE}
    most = max((mean.people for mean in shown.values()), default=1)
    for end, mean in sorted(shown.items(), key=lambda item: (item[0].side, item[0].name)):
        arriving = end.side is Side.ARRIVAL
        facts = [(t("arriving" if arriving else "leaving"), str(mean.people))]
        rows = [(name,) for name in found.members.get(end.name, ()) if not arriving]
        note = popup(end.name, facts, (t("gathered.places"),), rows if len(rows) > 1 else ())
        colour, rank = (ARRIVING, FIRST + mean.people) if arriving else (LEAVING, mean.people)
        size = radius(mean.people, most)
        yield place(mean.position, _label(view, found, end), kinds[end], rank, size, note, fillColor=colour)
