"""The whole plan on one map: a line per corridor, from where people set out to the city that receives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dispatch.publish.maps.corridors import Corridor, Flows, Spot, flows
from dispatch.publish.maps.ground import Ground
from dispatch.publish.maps.listing import Listing, Row
from dispatch.publish.maps.markup import popup
from dispatch.publish.maps.page import Drawing, map_page
from dispatch.publish.maps.shapes import (
    ARRIVING,
    BENDS,
    COLOURS,
    LEAVING,
    Feature,
    arc,
    line,
    place,
    radius,
    width,
)
from dispatch.publish.maps.timing import Clock, day_choices
from dispatch.publish.pages import page_text, vehicle_name
from dispatch.publish.view import View

KINDS = ("train", "flight", "coach")
ROWS = 12
# Labels of cities come before those of origins where both do not fit.
FIRST = 10**8


def overview_page(view: View, ground: Ground, travel: str) -> str:
    """The HTML of the overview map; ``travel`` tells where the road times come from."""
    t = page_text(view.language, "maps")
    clock = Clock.over(view, view.plan.trips)
    found = flows(view, clock)
    most = max(c.tally.people for c in found.corridors)
    # The places in the order in which they are drawn; a city may bear the name of an origin.
    ends = {id(spot): n for n, spot in enumerate((*found.origins.values(), *found.cities.values()))}
    kinds = [kind for kind in KINDS if any(c.kind == kind for c in found.corridors)]
    drawing = Drawing(
        title=t("overview.title"),
        lead=t("served", people=len(view.legs_by_worker)),
        routes=[_route(view, corridor, most, ends) for corridor in found.corridors],
        points=list(_places(view, found)),
        listings=(_listing(view, found),),
        kinds=[(kind, t(f"kind.{kind}"), COLOURS[kind]) for kind in kinds],
        days=day_choices(view, (c.tally for c in found.corridors)),
        hours=clock.labels(),
        most=most,
        widths=[(people, width(people, most)) for people in samples(most)],
        marks=[(LEAVING, t("mark.origin")), (ARRIVING, t("mark.destination"))],
    )
    return map_page(view, drawing, ground, travel)


def samples(most: int) -> list[int]:
    """Two or three round numbers of people for the legend of widths."""
    top = 10 ** (len(str(most)) - 1)
    largest, step = most // top * top, max(1, top // 10)
    return sorted({max(1, largest // 10), max(1, largest // 3 // step * step), largest})


def _title(view: View, c: Corridor) -> str:
    t = page_text(view.language, "maps")
    return t("corridor", kind=t(f"kind.{c.kind}"), origin=c.origin.name, destination=c.city.name)


def _route(view: View, c: Corridor, most: int, ends: Mapping[int, int]) -> Feature:
    t = page_text(view.language, "maps")
    facts = [(t("people"), str(c.tally.people)), (t("trips"), str(len(_trips(c))))]
    heading = (t("trip"), t("departs"), t("arrives"), t("people"))
    rows = list(_timetable(view, c))
    if len(c.rides) > ROWS:
        rows.append(("…", "", "", t("more", count=len(c.rides) - ROWS)))
    course = arc(c.origin.mean.position, c.city.mean.position, BENDS[c.kind])
    note = popup(_title(view, c), facts, heading, rows)
    joined = (ends[id(c.origin)], ends[id(c.city)])
    return line(course, c.kind, c.tally.said(), note, joined, weight=width(c.tally.people, most))


def _trips(c: Corridor) -> set[str]:
    return {ride.trip_id for ride in c.rides}


def _times(view: View, c: Corridor) -> Iterator[tuple[str, str, str, int]]:
    """(departure, arrival, vehicle, people) of each trunk ride in order of time."""
    found = []
    for ride, people in c.rides.items():
        trip = view.trips[ride.trip_id]
        calls = {call.seq: call for call in trip.calls}
        leaves, ends = calls[ride.from_seq].departs_at, calls[ride.to_seq].arrives_at
        found.append((leaves, ends, vehicle_name(view, trip), people))
    for leaves, ends, vehicle, people in sorted(found):
        yield f"{view.local(leaves):%m-%d %H:%M}", f"{view.local(ends):%m-%d %H:%M}", vehicle, people


def _timetable(view: View, c: Corridor) -> Iterator[tuple[str, ...]]:
    for row, (leaves, ends, vehicle, people) in enumerate(_times(view, c)):
        if row < ROWS:
            yield vehicle, leaves, ends, str(people)


def _places(view: View, found: Flows) -> Iterator[Feature]:
    t = page_text(view.language, "maps")
    most = max(spot.mean.people for spot in (*found.origins.values(), *found.cities.values()))
    for spot in found.origins.values():
        rows = [(name, str(people)) for name, people in sorted(spot.counties.items(), key=lambda n: (-n[1], n[0]))]
        told = (t("gathered"), t("people")), rows if len(rows) > 1 else ()
        yield _place(
            spot, most, spot.mean.people, popup(spot.name, [(t("leaving"), str(spot.mean.people))], *told), LEAVING
        )
    for spot in found.cities.values():
        note = popup(spot.name, [(t("arriving"), str(spot.mean.people))])
        yield _place(spot, most, FIRST + spot.mean.people, note, ARRIVING)


def _place(spot: Spot, most: int, rank: int, note: str, colour: str) -> Feature:
    kinds = {kind: tally.said() for kind, tally in spot.kinds.items()}
    size = radius(spot.mean.people, most)
    return place(spot.mean.position, spot.name, kinds, rank, size, note, fillColor=colour)


def _listing(view: View, found: Flows) -> Listing:
    """The corridors, most people first."""
    t = page_text(view.language, "maps")
    heading = (t("line"), t("trips"), t("first_departs"), t("last_arrives"), t("people"))
    rows = []
    for number, c in reversed(list(enumerate(found.corridors))):
        times = list(_times(view, c))
        first, last = min(row[0] for row in times), max(row[1] for row in times)
        cells = (_title(view, c), str(len(_trips(c))), first, last, str(c.tally.people))
        rows.append(Row(cells, f"routes:{number}", c.kind, c.tally.said()))
    return Listing(t("list.corridors"), heading, rows)
