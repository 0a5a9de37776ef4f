"""One receiving city: where trunk vehicles arrive, and each last-mile or direct coach from stop to stop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dispatch.model.plan import Call, Trip
from dispatch.model.supply import StopKind
from dispatch.publish.homes import PublicPlace, public_place
from dispatch.publish.maps.ground import Ground
from dispatch.publish.maps.listing import Listing, Row
from dispatch.publish.maps.markup import popup
from dispatch.publish.maps.page import Drawing, map_page
from dispatch.publish.maps.shapes import ARRIVING, COLOURS, GATE, Feature, kind_of, line, place, radius
from dispatch.publish.maps.timing import Clock, Tally, day_choices
from dispatch.publish.pages import page_text, vehicle_name
from dispatch.publish.view import City, View

WEIGHT = 2.5
STATIONS = frozenset({StopKind.RAIL_STATION, StopKind.AIRPORT, StopKind.COACH_STATION})
# Gates lie close together: they are drawn smaller than stations, each on the scale of its own kind.
GATE_SHARE = 0.6
KINDS = ("last_mile", "coach", "train", "flight")
# Labels of stations come before those of gates where both do not fit.
FIRST = 10**7


@dataclass(frozen=True, slots=True)
class Run:
    """A coach in the city: its calls there, and how many of the city's people leave it at each."""

    trip: Trip
    kind: str
    calls: tuple[Call, ...]
    leaving: Counter[int]

    def when(self, clock: Clock) -> Tally:
        """Its people while it is in the city."""
        tally = Tally(clock)
        tally.add(self.calls[0].departs_at, self.calls[-1].arrives_at, self.leaving.total())
        return tally


@dataclass(slots=True)
class Spot:
    """A place of the city and what stops there; ``rows`` are (instant, vehicle, people)."""

    gate: bool
    district: str
    kinds: dict[str, Tally] = field(default_factory=dict)
    rows: list[tuple[datetime, str, int]] = field(default_factory=list)

    @property
    def people(self) -> int:
        """Everybody who alights here."""
        return sum(people for _, _, people in self.rows)


def city_page(view: View, city: City, ground: Ground, travel: str) -> str:
    """The HTML of the city's map; ``travel`` tells where the road times come from."""
    t = page_text(view.language, "maps")
    clock = Clock.over(view, (*(a.trip for a in city.arrivals), *city.last_mile))
    runs = list(_runs(view, city))
    spots = _spots(view, city, clock, runs)
    drawn = [run for run in runs if len(run.calls) > 1]
    kinds = [kind for kind in KINDS if any(kind in spot.kinds for spot in spots.values())]
    points = dict(_places(view, spots))
    drawing = Drawing(
        title=t("city.title", city=city.name),
        lead=t("served", people=city.people),
        routes=[_route(view, run, clock) for run in drawn],
        points=list(points.values()),
        listings=(_arrivals(view, city, clock, {at: n for n, at in enumerate(points)}), _coaches(view, drawn, clock)),
        kinds=[(kind, t(f"city.kind.{kind}"), COLOURS[kind]) for kind in kinds],
        days=day_choices(view, (tally for spot in spots.values() for tally in spot.kinds.values())),
        hours=clock.labels(),
        marks=[
            (colour, t(f"mark.{mark}"))
            for colour, mark, gate in ((ARRIVING, "station", False), (GATE, "gate", True))
            if any(spot.gate is gate for spot in spots.values())
        ],
    )
    return map_page(view, drawing, ground, travel)


def _runs(view: View, city: City) -> Iterator[Run]:
    """Last-mile coaches from their station, direct coaches from their first gate in the city."""
    direct = {a.trip.trip_id: a.trip for a in city.arrivals if a.call.stop_id in view.employers}
    for trip in (*city.last_mile, *direct.values()):
        kind, leaving = kind_of(trip), _leaving(view, city, trip)
        stops = (call for call in trip.calls if call.stop_id)
        yield Run(trip, kind, tuple(c for c in stops if leaving[c.seq] or (kind == "last_mile" and c.board)), leaving)


def _leaving(view: View, city: City, trip: Trip) -> Counter[int]:
    """People of the city by the call at which they leave the coach."""
    legs = view.legs_by_trip.get(trip.trip_id, ())
    return Counter(
        leg.to_seq for leg in legs if view.employers[view.workers[leg.worker_id].employer_id].city == city.name
    )


def _spots(view: View, city: City, clock: Clock, runs: list[Run]) -> dict[PublicPlace, Spot]:
    spots: dict[PublicPlace, Spot] = {}

    def note(call: Call, kind: str, vehicle: str, people: int) -> None:
        stop, employer = view.stops.get(call.stop_id), view.employers.get(call.stop_id)
        gate = employer is not None if stop is None else stop.kind not in STATIONS
        spot = spots.setdefault(public_place(view, call), Spot(gate, employer.district if employer else ""))
        spot.kinds.setdefault(kind, Tally(clock)).add(call.arrives_at, call.arrives_at, people)
        spot.rows.append((call.arrives_at, vehicle, people))

    for arrival in city.arrivals:
        if arrival.call.stop_id not in view.employers:
            note(arrival.call, kind_of(arrival.trip), vehicle_name(view, arrival.trip), arrival.people)
    for run in runs:
        for call in run.calls:
            if run.leaving[call.seq]:
                note(call, run.kind, vehicle_name(view, run.trip), run.leaving[call.seq])
    return spots


def _run_title(view: View, run: Run) -> str:
    t = page_text(view.language, "maps")
    return t("run", kind=t(f"city.kind.{run.kind}"), trip=run.trip.trip_id)


def _route(view: View, run: Run, clock: Clock) -> Feature:
    """The coach from stop to stop."""
    t = page_text(view.language, "maps")
    trip = run.trip
    rows = [(_clock(view, run, call), public_place(view, call).name, _count(view, run, call)) for call in run.calls]
    facts = [(t("operator"), trip.operator), (t("vehicle"), t("vehicle_seats", vehicle=trip.vehicle, seats=trip.seats))]
    note = popup(_run_title(view, run), facts, (t("time"), t("stop"), t("people")), rows)
    dash = "6 5" if run.kind == "coach" else None
    course = [public_place(view, call).position for call in run.calls]
    return line(course, run.kind, run.when(clock).said(), note, weight=WEIGHT, dashArray=dash)


def _clock(view: View, run: Run, call: Call) -> str:
    return f"{view.local(call.arrives_at if run.leaving[call.seq] else call.departs_at):%m-%d %H:%M}"


def _count(view: View, run: Run, call: Call) -> str:
    t = page_text(view.language, "maps")
    return t("alight", people=run.leaving[call.seq]) if run.leaving[call.seq] else t("board", people=call.board)


def _places(view: View, spots: Mapping[PublicPlace, Spot]) -> Iterator[tuple[PublicPlace, Feature]]:
    t = page_text(view.language, "maps")
    most = {gate: max((s.people for s in spots.values() if s.gate is gate), default=1) for gate in (True, False)}
    for at, spot in sorted(spots.items(), key=lambda item: (item[0].name, item[0].position.lat, item[0].position.lon)):
        facts = [(t("district"), spot.district)] if spot.district else []
        facts.append((t("arriving"), str(spot.people)))
        rows = [(f"{view.local(when):%m-%d %H:%M}", *told) for when, *told in sorted(spot.rows)]
        note = popup(at.name, facts, (t("arrives"), t("trip"), t("people")), [tuple(map(str, row)) for row in rows])
        size = radius(spot.people, most[spot.gate]) * (GATE_SHARE if spot.gate else 1)
        rank = spot.people + (0 if spot.gate else FIRST)
        kinds = {kind: tally.said() for kind, tally in spot.kinds.items()}
        yield at, place(at.position, at.name, kinds, rank, size, note, fillColor=GATE if spot.gate else ARRIVING)


def _arrivals(view: View, city: City, clock: Clock, places: Mapping[PublicPlace, int]) -> Listing:
    """Trunk vehicles in order of arrival."""
    t = page_text(view.language, "maps")
    rows = []
    for arrival in city.arrivals:
        tally = Tally(clock)
        tally.add(arrival.call.arrives_at, arrival.call.arrives_at, arrival.people)
        at = public_place(view, arrival.call)
        time = f"{view.local(arrival.call.arrives_at):%m-%d %H:%M}"
        cells = (at.name, vehicle_name(view, arrival.trip), time, str(arrival.people))
        rows.append(Row(cells, f"points:{places[at]}", kind_of(arrival.trip), tally.said()))
    return Listing(t("list.arrivals"), (t("stop"), t("trip"), t("arrives"), t("people")), rows)


def _coaches(view: View, runs: list[Run], clock: Clock) -> Listing:
    """Coaches stop by stop."""
    t = page_text(view.language, "maps")
    rows = []
    for number, run in enumerate(runs):
        stops = (
            t("call", time=_clock(view, run, c), place=public_place(view, c).name, count=_count(view, run, c))
            for c in run.calls
        )
        cells = (_run_title(view, run), " → ".join(stops), str(run.leaving.total()))
        rows.append(Row(cells, f"routes:{number}", run.kind, run.when(clock).said()))
    return Listing(t("list.coaches"), (t("trip"), t("calls"), t("people")), rows)
