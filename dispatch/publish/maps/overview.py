"""The whole plan on one map: a line per corridor, origin places, destination stations and cities."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

from dispatch.model.plan import Call, Trip
from dispatch.model.supply import Mode, Role
from dispatch.model.units import Position
from dispatch.publish.maps.markup import popup
from dispatch.publish.maps.page import Feature, map_page
from dispatch.publish.maps.shapes import BENDS, COLOURS, arc, line, place, radius, width
from dispatch.publish.pages import day_name, page_text
from dispatch.publish.view import View

KINDS = ("train", "flight", "coach", "feeder")
ROWS = 12
LEAVING, ARRIVING = "#243b53", "#b42318"


@dataclass(frozen=True, slots=True)
class End:
    """One end of a ride, drawn with others of the same name as one place."""

    name: str
    position: Position


@dataclass(slots=True)
class Mean:
    """A running mean of positions, each counted once per person."""

    lat: float = 0.0
    lon: float = 0.0
    people: int = 0

    def add(self, at: Position, people: int) -> None:
        self.lat, self.lon, self.people = self.lat + at.lat * people, self.lon + at.lon * people, self.people + people

    @property
    def position(self) -> Position:
        return Position(self.lat / self.people, self.lon / self.people)


@dataclass(slots=True)
class Corridor:
    """Everybody who rides by one kind of traffic between two named places; positions are means over the people."""

    kind: str
    origin: str
    destination: str
    people: Counter[str] = field(default_factory=Counter)
    trips: Counter[str] = field(default_factory=Counter)
    ends: tuple[Mean, Mean] = field(default_factory=lambda: (Mean(), Mean()))


def overview_page(view: View, travel: str) -> str:
    """The HTML of the overview map; ``travel`` tells where the road times come from."""
    t = page_text(view.language, "maps")
    found = corridors(view)
    most = max((c.people.total() for c in found), default=1)
    days = sorted(set(chain.from_iterable(c.people for c in found)))
    routes = [_route(view, c, most) for c in found]
    kinds = [kind for kind in KINDS if any(c.kind == kind for c in found)]
    return map_page(
        view,
        t("overview.title"),
        routes,
        list(_places(view, found)),
        kinds=[(kind, t(f"kind.{kind}"), COLOURS[kind]) for kind in kinds],
        days=day_choices(view, days),
        widths=[(people, width(people, most)) for people in samples(most)],
        marks=[(LEAVING, t("mark.origin")), (ARRIVING, t("mark.destination"))],
        served=len(view.legs_by_worker),
        travel=travel,
    )


def corridors(view: View) -> list[Corridor]:
    """Trunk and feeder rides added up by kind and named ends, fewest people first: thick lines are drawn last."""
    found: dict[tuple[str, str, str], Corridor] = {}
    for trip in view.plan.trips:
        if trip.role is not Role.LAST_MILE:
            kind = trip.mode.value if trip.role is Role.TRUNK else "feeder"
            for board, alight, people in _rides(view, trip):
                a, b = _end(view, trip, board), _end(view, trip, alight)
                own = found.setdefault((kind, a.name, b.name), Corridor(kind, a.name, b.name))
                own.people[f"{view.local(trip.departs_at):%Y-%m-%d}"] += people
                own.trips[trip.trip_id] += people
                own.ends[0].add(a.position, people)
                own.ends[1].add(b.position, people)
    return sorted(found.values(), key=lambda c: (c.people.total(), c.kind, c.origin, c.destination))


def samples(most: int) -> list[int]:
    """Two or three round numbers of people for the legend of widths."""
    top = 10 ** (len(str(most)) - 1)
    largest = most // top * top
    return sorted({max(1, largest // 10), max(1, largest // 3 // max(1, top // 10) * max(1, top // 10)), largest})


def _rides(view: View, trip: Trip) -> Iterator[tuple[Call, Call, int]]:
    calls = {call.seq: call for call in trip.calls}
    heads = Counter((leg.from_seq, leg.to_seq) for leg in view.legs_by_trip.get(trip.trip_id, ()))
    for (board, alight), people in sorted(heads.items()):
        yield calls[board], calls[alight], people


def _end(view: View, trip: Trip, call: Call) -> End:
    """A station by its name; a coach's stop by its district, its gate by the city, so that a corridor is one line."""
    if call.stop_id in view.employers:
        return End(view.employers[call.stop_id].city, call.position)
    stop = view.stops.get(call.stop_id)
    station = trip.mode is not Mode.COACH or (trip.role is Role.FEEDER and call.seq == trip.calls[-1].seq)
    return End(call.stop_name if station or stop is None else stop.district or stop.city or stop.name, call.position)


def _route(view: View, c: Corridor, most: int) -> Feature:
    t = page_text(view.language, "maps")
    a, b = (mean.position for mean in c.ends)
    facts = [(t("people"), str(c.people.total())), (t("trips"), str(len(c.trips)))]
    heading = (t("trip"), t("departs"), t("arrives"), t("people"))
    title = t("corridor", kind=t(f"kind.{c.kind}"), origin=c.origin, destination=c.destination)
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


def _places(view: View, found: Iterable[Corridor]) -> Iterator[Feature]:
    t = page_text(view.language, "maps")
    means: defaultdict[tuple[str, bool], Mean] = defaultdict(Mean)
    kinds: defaultdict[tuple[str, bool], defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for c in found:
        for side, name in enumerate((c.origin, c.destination)):
            # A feeder's destination is the station where the train begins: an origin, counted there already.
            key = (name, side == 1 and c.kind != "feeder")
            if not (c.kind == "feeder" and side == 1):
                means[key].add(c.ends[side].position, c.people.total())
            kinds[key][c.kind] |= set(c.people)
    most = max((m.people for m in means.values()), default=1)
    for (name, arriving), mean in sorted(means.items()):
        facts = [(t("arriving" if arriving else "leaving"), str(mean.people))]
        colour = ARRIVING if arriving else LEAVING
        size = radius(mean.people, most)
        yield place(mean.position, name, kinds[name, arriving], mean.people, size, popup(name, facts), fillColor=colour)


def day_choices(view: View, days: Iterable[str]) -> list[tuple[str, str]]:
    """(ISO date, its name) of each day, as the map's filter offers them."""
    return [(day, day_name(view.language, date.fromisoformat(day))) for day in days]
