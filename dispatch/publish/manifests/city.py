"""The hand-over sheet of a vehicle at a receiving city: counts by district and employer, masked names, signatures."""

from __future__ import annotations

from dispatch.publish.homes import public_place, public_site
from dispatch.publish.manifests.sheet import Column, Sheet, Table
from dispatch.publish.manifests.wording import day_of, moment, next_leg, say, stamp, vehicle_name
from dispatch.publish.privacy import Audience, disclosure, shown_name
from dispatch.publish.view import Arrival, Ride, View

_SEE = disclosure(Audience.CITY)
_COLUMNS = (("number", 7, True), ("name", 11, True), ("district", 24, True), ("next_leg", 28, False))
_COUNTS = {"district": 2, "employer": 1, "last_mile": 1, "people": 1, "checked": 1}


def city_sheet(view: View, arrivals: tuple[Arrival, ...]) -> Sheet:
    """All arrivals of one trip in one city, at one or several calls in order."""
    city, trip = arrivals[0].city, arrivals[0].trip
    seqs = {arrival.call.seq for arrival in arrivals}
    rides = [r for r in view.rides(trip.trip_id) if r.leg.to_seq in seqs and r.employer.city == city]
    columns = tuple(Column(say(view, key), width, centred=centred) for key, width, centred in _COLUMNS)
    return Sheet(
        title=say(view, "city.title", city=city),
        stamp=stamp(view, Audience.CITY),
        reference=vehicle_name(view, trip),
        audience=Audience.CITY,
        facts=_facts(view, arrivals, len(rides)),
        fact_spans=(2, 2),
        overview=_counts(view, arrivals),
        main=Table(
            (*columns, *(Column(say(view, key), 13, ink=True) for key in ("signature", "remark"))), _rows(view, rides)
        ),
        signoff=tuple(say(view, key) for key in ("sign.sender", "sign.receiver", "sign.counted", "sign.date")),
        note=say(view, "note.city"),
        context=(
            (say(view, "city"), city),
            (say(view, "trip"), trip.trip_id),
            (say(view, "date"), day_of(view, trip.departs_at)),
        ),
        code=trip.trip_id,
    )


def _facts(view: View, arrivals: tuple[Arrival, ...], people: int) -> tuple[tuple[str, str], ...]:
    first = arrivals[0]
    pairs = (
        ("trip", first.trip.trip_id),
        ("vehicle", vehicle_name(view, first.trip)),
        ("arrival_place", public_place(view, first.call).name),
        ("arrives", moment(view, first.call.arrives_at)),
        ("operator", first.trip.operator),
        ("people", str(people)),
    )
    return tuple((say(view, key), value) for key, value in pairs)


def _counts(view: View, arrivals: tuple[Arrival, ...]) -> Table:
    columns = tuple(
        Column(say(view, key), span=span, centred=key in ("district", "people"), ink=key == "checked")
        for key, span in _COUNTS.items()
    )
    rows = tuple(
        (
            group.employer.district,
            public_site(view, group.employer).name,
            _onward(view, group.onward),
            str(group.people),
        )
        for arrival in arrivals
        for group in arrival.groups
    )
    return Table(columns, rows)


def _onward(view: View, trip_id: str) -> str:
    if not trip_id:
        return say(view, "at_destination")
    trip = view.trips[trip_id]
    return say(view, "leaves_at", vehicle=vehicle_name(view, trip), moment=moment(view, trip.departs_at))


def _rows(view: View, rides: list[Ride]) -> tuple[tuple[str, ...], ...]:
    # By district, not by gate: the gate would tell each person's employer.
    ordered = sorted(
        rides, key=lambda r: (r.employer.district, r.onward.trip_id if r.onward else "", r.worker.worker_id)
    )
    return tuple(
        (str(n), shown_name(r.worker.name, _SEE.name), r.employer.district, next_leg(view, r.onward))
        for n, r in enumerate(ordered, start=1)
    )
