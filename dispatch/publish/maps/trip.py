"""One trip: its calls in order with times and counts, and where its drivers rest."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.model.plan import Call, Trip
from dispatch.publish.homes import public_place
from dispatch.publish.maps.ground import Ground
from dispatch.publish.maps.listing import Listing, Row
from dispatch.publish.maps.markup import popup
from dispatch.publish.maps.page import Drawing, map_page
from dispatch.publish.maps.shapes import ARRIVING, COLOURS, LEAVING, REST, Feature, kind_of, line, place
from dispatch.publish.pages import page_text, vehicle_name
from dispatch.publish.view import View

WEIGHT = 4
# Where labels do not fit, those of early calls come first, those of short rests last.
FIRST = 10**6


def trip_page(view: View, trip: Trip, ground: Ground, travel: str) -> str:
    """The HTML of the trip's map; ``travel`` tells where the road times come from."""
    t = page_text(view.language, "maps")
    kind = kind_of(trip)
    words = t(f"kind.{kind}")
    note = popup(vehicle_name(view, trip), _facts(view, trip))
    course = [public_place(view, call).position for call in trip.calls]
    marks = [(LEAVING, t("mark.board")), (ARRIVING, t("mark.alight"))]
    if any(not call.stop_id for call in trip.calls):
        marks.append((REST, t("mark.rest")))
    drawing = Drawing(
        title=t("trip.title", trip=vehicle_name(view, trip), kind=words),
        lead=t("carried", people=trip.passengers),
        routes=[line(course, kind, None, note, weight=WEIGHT)],
        points=list(_places(view, trip)),
        listings=(_listing(view, trip),),
        kinds=[(kind, words, COLOURS[kind])],
        marks=marks,
    )
    return map_page(view, drawing, ground, travel)


def _facts(view: View, trip: Trip) -> list[tuple[str, str]]:
    t = page_text(view.language, "maps")
    facts = [(t("operator"), trip.operator), (t("vehicle"), t("vehicle_seats", vehicle=trip.vehicle, seats=trip.seats))]
    if trip.drivers:
        facts.append((t("drivers"), str(trip.drivers)))
    if trip.distance_m:
        facts.append((t("distance"), t("km", km=round(trip.distance_m / 1000))))
    return [*facts, (t("people"), str(trip.passengers))]


def _name(view: View, call: Call) -> str:
    if not call.stop_id:
        hours, minutes = divmod(call.rest_minutes, 60)
        return page_text(view.language, "maps")("rest.hours" if hours else "rest", hours=hours, minutes=minutes)
    return public_place(view, call).name


def _times(view: View, trip: Trip, call: Call) -> tuple[str, str]:
    """Arrival and departure; the first call has no arrival, the last no departure."""
    arrives, departs = (f"{view.local(at):%m-%d %H:%M}" for at in (call.arrives_at, call.departs_at))
    return "" if call is trip.calls[0] else arrives, "" if call is trip.calls[-1] else departs


def _places(view: View, trip: Trip) -> Iterator[Feature]:
    t = page_text(view.language, "maps")
    heading = (t("arrives"), t("departs"), t("on"), t("off"), t("aboard"))
    for number, call in enumerate(trip.calls, start=1):
        row = (*_times(view, trip, call), str(call.board), str(call.alight), str(call.onboard_after))
        title = t("numbered", number=number, place=_name(view, call))
        colour = REST if not call.stop_id else ARRIVING if call.alight else LEAVING
        rank, size = (FIRST - number, 7) if call.stop_id else (call.rest_minutes, 5)
        yield place(
            public_place(view, call).position, title, {}, rank, size, popup(title, [], heading, [row]), fillColor=colour
        )


def _listing(view: View, trip: Trip) -> Listing:
    t = page_text(view.language, "maps")
    heading = (t("stop"), t("arrives"), t("departs"), t("on"), t("off"), t("aboard"))
    rows = []
    for number, call in enumerate(trip.calls, start=1):
        counts = (str(call.board), str(call.alight), str(call.onboard_after))
        title = t("numbered", number=number, place=_name(view, call))
        rows.append(Row((title, *_times(view, trip, call), *counts), f"points:{number - 1}"))
    return Listing(t("list.calls"), heading, rows)
