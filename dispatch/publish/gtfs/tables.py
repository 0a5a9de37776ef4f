"""The plan's trips, calls and connections as the tables of a GTFS feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from dispatch.config import ConnectPolicy
from dispatch.formulas import inert
from dispatch.language import text
from dispatch.model.plan import Call, Trip
from dispatch.model.supply import Mode
from dispatch.publish.filenames import digest, distinct_names
from dispatch.publish.gtfs.service import service_day, service_time
from dispatch.publish.homes import is_home, public_place
from dispatch.publish.pages import page_text
from dispatch.publish.privacy import Audience
from dispatch.publish.view import View

Row = tuple[str, ...]
# The format has no air service of its own; 1100 is that of its extended types.
ROUTE_TYPE = {Mode.TRAIN: "2", Mode.COACH: "3", Mode.FLIGHT: "1100"}
SHORT_NAME = 12  # characters that a route's short name may have
_YES, _NO = "0", "1"  # of pickup_type and drop_off_type


@dataclass(frozen=True, slots=True)
class Table:
    """One file of the feed: its heading and its rows of text."""

    columns: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """The ids of the feed's stops and trips, by those of the plan."""

    stops: Mapping[str, str]
    trips: Mapping[str, str]


def feed(view: View, url: str) -> dict[str, Table]:
    """Every table by its name; ``url`` stands for the publisher and each operator, of whom the format demands one."""
    calls = [call for trip in view.plan.trips for call in passenger_calls(trip)]
    names = Names(
        distinct_names({call.stop_id: _public_id(view, call.stop_id) for call in calls}),
        distinct_names({trip.trip_id: trip.trip_id for trip in view.plan.trips}),
    )
    return {
        "agency": _table("agency_id,agency_name,agency_url,agency_timezone,agency_lang", _agencies(view, url)),
        "stops": _table("stop_id,stop_name,stop_lat,stop_lon", (_stop(view, call, names) for call in calls)),
        "routes": _table(
            "route_id,agency_id,route_short_name,route_long_name,route_type",
            (_route(view, trip) for trip in view.plan.trips),
        ),
        "trips": _table(
            "route_id,service_id,trip_id,trip_headsign,trip_short_name",
            (_trip(view, trip, names) for trip in view.plan.trips),
        ),
        "stop_times": _table(
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type,timepoint",
            (row for trip in view.plan.trips for row in _stop_times(view, trip, names)),
        ),
        "calendar_dates": _table(
            "service_id,date,exception_type",
            ((day, day, "1") for trip in view.plan.trips for day in [_day(view, trip)]),
        ),
        "transfers": _table(
            "from_stop_id,to_stop_id,from_trip_id,to_trip_id,transfer_type,min_transfer_time",
            sorted(set(_transfers(view, names))),
        ),
        "feed_info": _feed_info(view, url),
    }


def _public_id(view: View, stop_id: str) -> str:
    """An office may call a home by its family, so a home's id is a digest; it stays the same from feed to feed."""
    return f"home-{digest(stop_id)}" if is_home(view, stop_id) else stop_id


def passenger_calls(trip: Trip) -> tuple[Call, ...]:
    """The trip's calls at stops; where the driver rests nobody may board, and the feed has no place for it."""
    return tuple(call for call in trip.calls if call.stop_id)


def shown(value: str) -> str:
    """A name on one line that no reader of the file takes for a formula; marks that cannot be seen are left out."""
    return inert("".join(c for c in " ".join(value.split()) if c.isprintable() and c != "\ufffd"))


def _table(columns: str, rows: Iterable[Row]) -> Table:
    """Rows that occur more than once stand there once."""
    return Table(tuple(columns.split(",")), tuple(dict.fromkeys(rows)))


def _agencies(view: View, url: str) -> Iterable[Row]:
    for operator in sorted({_operator(view, trip) for trip in view.plan.trips}):
        yield digest(operator), operator, url, view.zone.key, view.language


def _operator(view: View, trip: Trip) -> str:
    return shown(trip.operator) or text(view.language, "gtfs.operator")


def _stop(view: View, call: Call, names: Names) -> Row:
    at = public_place(view, call).position
    return names.stops[call.stop_id], _label(view, call), f"{at.lat:.6f}", f"{at.lon:.6f}"


def _label(view: View, call: Call) -> str:
    return shown(public_place(view, call).name) or shown(call.stop_id)


def _route(view: View, trip: Trip) -> Row:
    """A train or flight from end to end by its number, a coach line by its ends alone."""
    number = "" if trip.mode is Mode.COACH else shown(trip.vehicle)
    calls = passenger_calls(trip)
    line = text(view.language, "gtfs.line", origin=_label(view, calls[0]), destination=_label(view, calls[-1]))
    short, long = (number, line) if len(number) <= SHORT_NAME else ("", f"{number} {line}")
    return _route_id(view, trip), digest(_operator(view, trip)), short, long, ROUTE_TYPE[trip.mode]


def _route_id(view: View, trip: Trip) -> str:
    number = "" if trip.mode is Mode.COACH else trip.vehicle
    return digest("\n".join((_operator(view, trip), trip.mode, number, trip.origin_stop, trip.destination_stop)))


def _trip(view: View, trip: Trip, names: Names) -> Row:
    towards = _label(view, passenger_calls(trip)[-1])
    number = "" if trip.mode is Mode.COACH else shown(trip.vehicle)
    return _route_id(view, trip), _day(view, trip), names.trips[trip.trip_id], towards, number


def _day(view: View, trip: Trip) -> str:
    return f"{service_day(passenger_calls(trip)[0].arrives_at, view.zone):%Y%m%d}"


def _stop_times(view: View, trip: Trip, names: Names) -> Iterable[Row]:
    calls = passenger_calls(trip)
    day = service_day(calls[0].arrives_at, view.zone)
    for call in calls:
        times = (service_time(instant, day, view.zone) for instant in (call.arrives_at, call.departs_at))
        served = (_YES if people else _NO for people in (call.board, call.alight))
        yield (names.trips[trip.trip_id], *times, names.stops[call.stop_id], str(call.seq), *served, "1")


def _transfers(view: View, names: Names) -> Iterable[Row]:
    """Who changes from which trip to which, and the least time that takes, once for all who do."""
    for legs in view.legs_by_worker.values():
        for inbound, outbound in pairwise(legs):
            minutes = _least_change(
                view.settings.policy.connect, view.trips[inbound.trip_id], view.trips[outbound.trip_id]
            )
            stops = names.stops[inbound.alight_stop], names.stops[outbound.board_stop]
            yield (*stops, names.trips[inbound.trip_id], names.trips[outbound.trip_id], "2", str(60 * minutes))


def _least_change(rules: ConnectPolicy, inbound: Trip, outbound: Trip) -> int:
    return {
        (Mode.COACH, Mode.TRAIN): rules.coach_to_rail_min,
        (Mode.COACH, Mode.FLIGHT): rules.coach_to_air_min,
        (Mode.TRAIN, Mode.COACH): rules.rail_to_coach_min,
        (Mode.FLIGHT, Mode.COACH): rules.air_to_coach_min,
    }[inbound.mode, outbound.mode]


def _feed_info(view: View, url: str) -> Table:
    days = sorted(_day(view, trip) for trip in view.plan.trips)
    first, last = (days[0], days[-1]) if days else ("", "")
    made = view.local(view.plan.made_at).isoformat(timespec="minutes")
    # The format has one field for what every file has to say of itself.
    version = text(
        view.language,
        "gtfs.version",
        revision=view.plan.revision,
        made=made,
        audience=page_text(view.language, "pages")(f"audience.{Audience.CITY}"),
        roads=view.road_times,
    )
    columns = (
        "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date,feed_version,feed_contact_url"
    )
    return _table(columns, [(shown(view.plan.name), url, view.language, first, last, version, url)])
