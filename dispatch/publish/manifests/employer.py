"""Who reports at one employer's gate, when and by which vehicle."""

from __future__ import annotations

from collections import Counter

from dispatch.model.supply import Employer
from dispatch.publish.manifests.sheet import Column, Sheet, Table
from dispatch.publish.manifests.wording import moment, say, stamp, vehicle_name
from dispatch.publish.privacy import Audience, disclosure, shown_id, shown_name, shown_phone
from dispatch.publish.view import Ride, View, age_on

_SEE = disclosure(Audience.EMPLOYER)
_COLUMNS = (
    ("number", 6, True), ("name", 14, False), ("sex", 5, True), ("age", 5, True), ("id_number", 21, True),
    ("phone", 13, True), ("county", 12, False), ("departs", 14, True), ("arrives", 14, True), ("arrives_by", 20, False),
)  # fmt: skip


def employer_sheet(view: View, employer: Employer, rides: list[Ride]) -> Sheet:
    """The employer's own people, by their last ride: the one that ends at the gate."""
    ordered = sorted(
        rides, key=lambda r: (r.leg.arrives_at, r.trip.trip_id, r.worker.home.county_name, r.worker.worker_id)
    )
    columns = tuple(Column(say(view, key), width, centred=centred) for key, width, centred in _COLUMNS)
    rows = tuple(_row(view, n, ride) for n, ride in enumerate(ordered, start=1))
    return Sheet(
        title=say(view, "employer.title"),
        stamp=stamp(view, Audience.EMPLOYER),
        reference=employer.name,
        audience=Audience.EMPLOYER,
        facts=tuple((say(view, key), value) for key, value in _facts(employer, len(rides))),
        fact_spans=(2, 4, 1, 4),
        overview=_arrivals(view, ordered),
        main=Table((*columns, Column(say(view, "signature"), 13, ink=True)), rows),
        signoff=tuple(say(view, key) for key in ("sign.arrived", "sign.receiver", "sign.date")),
        note=say(view, "note.employer"),
        context=((say(view, "employer"), employer.name),),
        landscape=True,
    )


def _facts(employer: Employer, people: int) -> tuple[tuple[str, str], ...]:
    return (
        ("employer", employer.name),
        ("people", str(people)),
        ("place", f"{employer.city} {employer.district}"),
        ("address", employer.address),
        ("contact", employer.contact),
        ("phone", employer.phone),
    )


def _arrivals(view: View, rides: list[Ride]) -> Table:
    spans = (("number", 1), ("arrives", 3), ("arrives_by", 3), ("alights", 3), ("people", 1))
    columns = tuple(Column(say(view, key), span=span, centred=True) for key, span in spans)
    counts = Counter((r.leg.arrives_at, vehicle_name(view, r.trip), r.alight.stop_name) for r in rides)
    rows = tuple(
        (str(n), moment(view, arrives), vehicle, stop, str(people))
        for n, ((arrives, vehicle, stop), people) in enumerate(sorted(counts.items()), start=1)
    )
    return Table(columns, rows)


def _row(view: View, n: int, ride: Ride) -> tuple[str, ...]:
    worker = ride.worker
    departs = view.legs_by_worker[worker.worker_id][0].departs_at
    age = age_on(worker.born, view.local(departs).date())
    return (
        str(n),
        shown_name(worker.name, _SEE.name),
        say(view, f"sex.{worker.sex}"),
        "" if age is None else str(age),
        shown_id(worker.id_number, _SEE.id_number),
        shown_phone(worker.phone, _SEE.phone),
        worker.home.county_name,
        moment(view, departs),
        moment(view, ride.leg.arrives_at),
        vehicle_name(view, ride.trip),
    )
