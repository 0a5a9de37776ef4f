"""How many packs are handed out, by the trip on which people set out and by the district that receives them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dispatch.publish.manifests.boarding import packs_of
from dispatch.publish.manifests.sheet import Column, Sheet, Table
from dispatch.publish.manifests.wording import day_of, say, stamp, vehicle_name
from dispatch.publish.privacy import Audience
from dispatch.publish.view import View

_TRIP = (("number", 6, True), ("date", 12, True), ("trip", 18, True), ("vehicle", 18, False), ("origin", 26, False))
_DISTRICT = (("number", 6, True), ("city", 16, True), ("district", 26, False))


def trips_sheet(view: View) -> Sheet:
    """A row a trip on which anybody sets out: everybody gets one of each pack when they board their first vehicle."""
    people = Counter(legs[0].trip_id for legs in view.legs_by_worker.values())
    trips = sorted((view.trips[i] for i in people), key=lambda t: (t.departs_at, t.trip_id))
    rows = [
        ((day_of(view, t.departs_at), t.trip_id, vehicle_name(view, t), t.calls[0].stop_name), people[t.trip_id])
        for t in trips
    ]
    return _sheet(view, "packs.trips", _TRIP, rows, "collected_by")


def districts_sheet(view: View) -> Sheet:
    """A row a receiving city and district, by where people end: the last counts what the first handed out."""
    employers = (view.employers[view.workers[i].employer_id] for i in view.legs_by_worker)
    people = Counter((e.city, e.district) for e in employers)
    return _sheet(view, "packs.districts", _DISTRICT, sorted(people.items()), "remark")


def _sheet(
    view: View,
    key: str,
    columns: Sequence[tuple[str, int, bool]],
    rows: Sequence[tuple[tuple[str, ...], int]],
    blank: str,
) -> Sheet:
    packs, total = view.settings.publish.packs, sum(people for _, people in rows)
    grid = (
        *(Column(say(view, key), width, centred=centred) for key, width, centred in columns),
        Column(say(view, "people"), 9, centred=True),
        *(Column(pack, 12, centred=True) for pack in packs),
        Column(say(view, blank), 16, ink=True),
    )
    facts = (("people", str(total)), ("packs", packs_of(view, total)))
    return Sheet(
        title=say(view, f"{key}.title"),
        stamp=stamp(view, Audience.OFFICE),
        reference=view.plan.name,
        audience=Audience.OFFICE,
        facts=tuple((say(view, name), value) for name, value in facts),
        fact_spans=(2, 1, 1, len(grid) - 4),
        overview=None,
        main=Table(
            grid,
            tuple((str(n), *row, *[str(people)] * (1 + len(packs))) for n, (row, people) in enumerate(rows, start=1)),
        ),
        signoff=tuple(say(view, name) for name in ("sign.sender", "sign.receiver", "sign.date")),
        note=say(view, f"{key}.note"),
        context=(),
    )
