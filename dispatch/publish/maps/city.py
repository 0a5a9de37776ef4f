"""One receiving city: where trunk vehicles arrive, and each last-mile or direct coach from stop to stop."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from dispatch.model.plan import Call, Trip
from dispatch.model.supply import Mode
from dispatch.publish.maps.markup import popup
from dispatch.publish.maps.overview import day_choices
from dispatch.publish.maps.page import Feature, map_page
from dispatch.publish.maps.shapes import COLOURS, line, place, radius
from dispatch.publish.pages import page_text, vehicle_name
from dispatch.publish.view import City, View

STATION, GATE = "#b42318", "#243b53"
WEIGHT = 2.5
KINDS = ("last_mile", "coach", "train", "flight")


@dataclass(slots=True)
class Spot:
    """A place of the city: what stops there. ``rows`` are (day, clock, vehicle, people), in order of time."""

    call: Call
    kinds: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    rows: list[tuple[str, str, str, int]] = field(default_factory=list)

    @property
    def people(self) -> int:
        """Everybody who alights here."""
        return sum(row[3] for row in self.rows)


def city_page(view: View, city: City, travel: str) -> str:
    """The HTML of the city's map; ``travel`` tells where the road times come from."""
    t = page_text(view.language, "maps")
    runs = [(trip, "last_mile") for trip in city.last_mile]
    direct = {a.trip.trip_id: a.trip for a in city.arrivals if a.call.stop_id in view.employers}
    runs += [(trip, "coach") for trip in direct.values()]
    loads = {trip.trip_id: _alighting(view, city, trip) for trip, _ in runs}
    spots = _spots(view, city, runs, loads)
    kinds = [kind for kind in KINDS if any(kind in spot.kinds for spot in spots.values())]
    return map_page(
        view,
        t("city.title", city=city.name),
        [feature for trip, kind in runs if (feature := _route(view, trip, kind, loads[trip.trip_id]))],
        list(_places(view, spots)),
        kinds=[(kind, t(f"city.kind.{kind}"), COLOURS[kind]) for kind in kinds],
        days=day_choices(
            view, sorted({day for spot in spots.values() for days in spot.kinds.values() for day in days})
        ),
        widths=[],
        marks=[(STATION, t("mark.station")), (GATE, t("mark.gate"))],
        served=city.people,
        travel=travel,
    )


def _alighting(view: View, city: City, trip: Trip) -> Counter[int]:
    """People of the city by the call at which they leave the coach."""
    legs = view.legs_by_trip.get(trip.trip_id, ())
    return Counter(
        leg.to_seq for leg in legs if view.employers[view.workers[leg.worker_id].employer_id].city == city.name
    )


def _in_city(trip: Trip, kind: str, load: Counter[int]) -> list[Call]:
    """The calls to draw: a last-mile coach from its station, a direct coach from its first gate in the city."""
    stops = [call for call in trip.calls if call.stop_id]
    return [call for call in stops if load[call.seq] or (kind == "last_mile" and call.board)]


def _spots(view: View, city: City, runs: list[tuple[Trip, str]], loads: dict[str, Counter[int]]) -> dict[str, Spot]:
    spots: dict[str, Spot] = {}
    for arrival in city.arrivals:
        kind = "coach" if arrival.trip.mode is Mode.COACH else arrival.trip.mode.value
        if arrival.call.stop_id not in view.employers:
            _note(view, spots, arrival.call, kind, vehicle_name(view, arrival.trip), arrival.people)
    for trip, kind in runs:
        for call in trip.calls:
            if loads[trip.trip_id][call.seq]:
                _note(view, spots, call, kind, vehicle_name(view, trip), loads[trip.trip_id][call.seq])
    return spots


def _note(view: View, spots: dict[str, Spot], call: Call, kind: str, vehicle: str, people: int) -> None:
    at = view.local(call.arrives_at)
    spot = spots.setdefault(call.stop_id, Spot(call))
    spot.kinds[kind].add(f"{at:%Y-%m-%d}")
    spot.rows.append((f"{at:%m-%d}", f"{at:%H:%M}", vehicle, people))


def _route(view: View, trip: Trip, kind: str, load: Counter[int]) -> Feature | None:
    """The coach from stop to stop; a direct coach with one gate in the city has no line here."""
    t = page_text(view.language, "maps")
    calls = _in_city(trip, kind, load)
    if len(calls) < 2:
        return None
    rows = [(_clock(view, call, load), call.stop_name, _count(view, call, load)) for call in calls]
    facts = [(t("operator"), trip.operator), (t("vehicle"), t("vehicle_seats", vehicle=trip.vehicle, seats=trip.seats))]
    note = popup(
        t("run", kind=t(f"city.kind.{kind}"), trip=trip.trip_id), facts, (t("time"), t("stop"), t("people")), rows
    )
    day = f"{view.local(calls[0].departs_at):%Y-%m-%d}"
    style = {"opacity": 0.75, "weight": WEIGHT} | ({"dashArray": "6 5"} if kind == "coach" else {})
    feature = line([call.position for call in calls], kind, {day: load.total()}, load.total(), note, **style)
    feature["properties"]["widths"] = {day: WEIGHT}
    return feature


def _clock(view: View, call: Call, load: Counter[int]) -> str:
    instant = call.arrives_at if load[call.seq] else call.departs_at
    return f"{view.local(instant):%m-%d %H:%M}"


def _count(view: View, call: Call, load: Counter[int]) -> str:
    t = page_text(view.language, "maps")
    return t("alight", people=load[call.seq]) if load[call.seq] else t("board", people=call.board)


def _places(view: View, spots: dict[str, Spot]) -> Iterator[Feature]:
    t = page_text(view.language, "maps")
    most = max((spot.people for spot in spots.values()), default=1)
    for stop_id, spot in sorted(spots.items()):
        gate = stop_id in view.employers
        district = view.employers[stop_id].district if gate else ""
        facts = [(t("district"), district)] if district else []
        facts.append((t("arriving"), str(spot.people)))
        rows = [(f"{day} {clock}", vehicle, str(people)) for day, clock, vehicle, people in sorted(spot.rows)]
        note = popup(spot.call.stop_name, facts, (t("arrives"), t("trip"), t("people")), rows)
        size = radius(spot.people, most) + (0 if gate else 2)
        rank = spot.people + (0 if gate else 10**7)
        yield place(
            spot.call.position, spot.call.stop_name, spot.kinds, rank, size, note, fillColor=GATE if gate else STATION
        )
