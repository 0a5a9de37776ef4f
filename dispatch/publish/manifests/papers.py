"""The charter-paper sheet of a coach trip (rule ``coach.papers``): what goes on the charter sign and the contract."""

from __future__ import annotations

from dispatch.model.plan import Trip
from dispatch.publish.manifests.sheet import Column, Sheet, Table
from dispatch.publish.manifests.vehicle import calls_table
from dispatch.publish.manifests.wording import minute_of, say, stamp
from dispatch.publish.privacy import Audience, disclosure, shown_id, shown_name
from dispatch.publish.view import View

_SEE = disclosure(Audience.LEADER)
_COLUMNS = (
    ("number", 6, True), ("seat", 8, True), ("name", 14, False), ("id_number", 21, True), ("boards", 18, False),
    ("alights", 18, False), ("employer", 20, False),
)  # fmt: skip
_CALLS = {"call": 1, "stop": 2, "arrives": 1, "departs": 1, "board_alight": 1, "remark": 1}


def papers_sheet(view: View, trip: Trip) -> Sheet:
    """Ends, via points, plate, operator, drivers, validity and everybody the contract covers; ID numbers masked."""
    columns = tuple(Column(say(view, key), width, centred=centred) for key, width, centred in _COLUMNS)
    rows = tuple(
        (
            str(n),
            ride.leg.seat,
            shown_name(ride.worker.name, _SEE.name),
            shown_id(ride.worker.id_number, _SEE.id_number),
            ride.board.stop_name,
            ride.alight.stop_name,
            ride.employer.name,
        )
        for n, ride in enumerate(view.rides(trip.trip_id), start=1)
    )
    return Sheet(
        title=say(view, "papers.title"),
        stamp=stamp(view, Audience.LEADER),
        reference=trip.trip_id,
        audience=Audience.LEADER,
        facts=tuple((say(view, key), value) for key, value in _facts(view, trip)),
        fact_spans=(2, 2, 1, 1),
        overview=calls_table(view, trip, _CALLS),
        main=Table(columns, rows),
        signoff=tuple(say(view, key) for key in ("sign.charterer", "sign.operator")),
        note=say(view, "note.papers"),
        context=((say(view, "trip"), trip.trip_id),),
        code=trip.trip_id,
    )


def _facts(view: View, trip: Trip) -> tuple[tuple[str, str], ...]:
    base = view.offers[trip.offer_id].base_stop
    via = [call.stop_name for call in trip.calls[1:-1] if call.stop_id]
    second = [("driver_2", ""), ("licence_2", "")] if trip.drivers > 1 else []
    return (
        ("trip", trip.trip_id),
        ("sign_number", ""),
        ("contract_number", ""),
        ("charterer", ""),
        ("operator", trip.operator),
        ("plate", ""),
        ("vehicle_seats", say(view, "vehicle_and_seats", vehicle=trip.vehicle, seats=trip.seats)),
        ("home_area", view.stops[base].name if base in view.stops else base),
        ("origin", trip.calls[0].stop_name),
        ("destination", trip.calls[-1].stop_name),
        ("via", say(view, "list_mark").join(via)),
        ("distance", say(view, "km", km=f"{trip.distance_m / 1000:.0f}")),
        ("valid_from", minute_of(view, trip.departs_at)),
        ("valid_to", minute_of(view, trip.arrives_at)),
        ("driver_1", ""),
        ("licence_1", ""),
        *second,
        ("passengers", str(trip.passengers)),
    )
