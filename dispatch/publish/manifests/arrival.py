"""The hand-over sheet of an arrival: how many go to which employer by which coach, and who signs for them; no names."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from dispatch.publish.homes import public_place, public_site
from dispatch.publish.manifests.sheet import Column, Sheet, Table
from dispatch.publish.manifests.wording import minute_of, moment, say, stamp, vehicle_name
from dispatch.publish.privacy import Audience
from dispatch.publish.view import Arrival, Group, View

_COLUMNS = (
    ("number", 6, True), ("district", 15, True), ("employer", 34, False), ("last_mile", 30, False), ("people", 8, True),
)  # fmt: skip
_INK = (("checked", 10), ("handed_over_at", 12), ("sign_sender", 15), ("sign_receiver", 15), ("remark", 14))
_COACHES = {"last_mile": 2, "employers_served": 2, "people": 1, "handed_over_at": 2, "sign_driver": 3}


def arrival_sheet(view: View, arrival: Arrival) -> Sheet:
    """One arrival at one receiving place, by employer and last-mile coach; both sides sign row by row and in all."""
    columns = tuple(Column(say(view, key), width, centred=centred) for key, width, centred in _COLUMNS)
    ink = tuple(Column(say(view, key), width, ink=True) for key, width in _INK)
    rows = tuple(_row(view, n, group, arrival) for n, group in enumerate(arrival.groups, start=1))
    signs = ("sign.sender", "sign.receiver", "sign.counted", "sign.handed_over_at")
    return Sheet(
        title=say(view, "arrival.title", city=arrival.city),
        stamp=stamp(view, Audience.CITY),
        reference=f"{vehicle_name(view, arrival.trip)} {public_place(view, arrival.call).name}",
        audience=Audience.CITY,
        facts=tuple((say(view, key), value) for key, value in _facts(view, arrival)),
        fact_spans=(2, 2, 2, 3),
        overview=_coaches(view, arrival),
        main=Table((*columns, *ink), rows),
        signoff=tuple(say(view, key) for key in signs),
        note=say(view, "note.arrival"),
        context=(
            (say(view, "city"), arrival.city),
            (say(view, "trip"), arrival.trip.trip_id),
            (say(view, "arrives"), minute_of(view, arrival.call.arrives_at)),
            (say(view, "arrival_place"), public_place(view, arrival.call).name),
        ),
        code=arrival.trip.trip_id,
        landscape=True,
    )


def _facts(view: View, arrival: Arrival) -> tuple[tuple[str, str], ...]:
    trip, groups = arrival.trip, arrival.groups
    return (
        ("vehicle", vehicle_name(view, trip)),
        ("origin", public_place(view, trip.calls[0]).name),
        ("arrival_place", public_place(view, arrival.call).name),
        ("arrives", moment(view, arrival.call.arrives_at)),
        ("people", str(arrival.people)),
        ("employers", str(len({group.employer.employer_id for group in groups}))),
        ("operator", trip.operator),
        ("arrived_at", ""),
    )


def _coaches(view: View, arrival: Arrival) -> Table | None:
    """The last-mile coaches with their people of this arrival; none where everybody has arrived."""
    loads: defaultdict[str, list[Group]] = defaultdict(list)
    for group in arrival.groups:
        if group.onward:
            loads[group.onward].append(group)
    if not loads:
        return None
    columns = tuple(
        Column(say(view, key), span=span, centred=key == "people", ink=key in ("handed_over_at", "sign_driver"))
        for key, span in _COACHES.items()
    )
    ordered = sorted(loads, key=lambda trip_id: (_departs(view, arrival, trip_id), trip_id))
    rows = tuple(
        (
            _onward(view, arrival, trip_id),
            say(view, "list_mark").join(
                dict.fromkeys(public_site(view, group.employer).name for group in loads[trip_id])
            ),
            str(sum(group.people for group in loads[trip_id])),
        )
        for trip_id in ordered
    )
    return Table(columns, rows)


def _row(view: View, n: int, group: Group, arrival: Arrival) -> tuple[str, ...]:
    onward = _onward(view, arrival, group.onward)
    return str(n), group.employer.district, public_site(view, group.employer).name, onward, str(group.people)


def _onward(view: View, arrival: Arrival, trip_id: str) -> str:
    if not trip_id:
        return say(view, "at_destination")
    leaves = moment(view, _departs(view, arrival, trip_id))
    return say(view, "leaves_at", vehicle=vehicle_name(view, view.trips[trip_id]), moment=leaves)


def _departs(view: View, arrival: Arrival, trip_id: str) -> datetime:
    """When a coach leaves the place of the arrival."""
    calls = view.trips[trip_id].calls
    return next((call for call in calls if call.stop_id == arrival.call.stop_id), calls[0]).departs_at
