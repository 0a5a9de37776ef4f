"""A township's people: where and when each boards, and who was left without a place."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.model.demand import Worker
from dispatch.publish.manifests.boarding import gate_time
from dispatch.publish.manifests.sheet import Column, Sheet, Table
from dispatch.publish.manifests.wording import moment, say, stamp, vehicle_name
from dispatch.publish.privacy import Audience, disclosure, shown_id, shown_name, shown_phone
from dispatch.publish.view import View, age_on

_SEE = disclosure(Audience.TOWNSHIP)
_COLUMNS = (
    ("number", 5, True), ("name", 13, False), ("sex", 5, True), ("age", 5, True), ("id_number", 21, True),
    ("phone", 13, True), ("employer", 22, False), ("city", 8, True), ("boards", 18, False), ("gate", 13, True),
    ("departs", 13, True), ("trip_seat", 15, False), ("arrives", 13, True), ("remark", 16, False),
)  # fmt: skip


def township_sheet(view: View, county: str, township: str, workers: Sequence[Worker]) -> Sheet:
    """Everybody of the township whom the roster accepted; those without a place come last, with the reason."""
    ordered = sorted(workers, key=lambda w: _order(view, w))
    columns = tuple(Column(say(view, key), width, centred=centred) for key, width, centred in _COLUMNS)
    rows = tuple(_row(view, n, worker) for n, worker in enumerate(ordered, start=1))
    served = sum(w.worker_id in view.legs_by_worker for w in workers)
    facts = (
        ("county", county),
        ("township", township),
        ("people_served", str(served)),
        ("people_unserved", str(len(workers) - served)),
    )
    return Sheet(
        title=say(view, "township.title"),
        stamp=stamp(view, Audience.TOWNSHIP),
        reference=f"{county} {township}",
        audience=Audience.TOWNSHIP,
        facts=tuple((say(view, key), value) for key, value in facts),
        fact_spans=(3, 3, 2, 6),
        overview=None,
        main=Table(columns, rows),
        signoff=tuple(say(view, key) for key in ("sign.township", "sign.date")),
        note=say(view, "note.township"),
        context=((say(view, "county"), county), (say(view, "township"), township)),
        landscape=True,
    )


def _order(view: View, worker: Worker) -> tuple[bool, str, str, str]:
    legs = view.legs_by_worker.get(worker.worker_id)
    if not legs:
        return True, "", "", worker.worker_id
    return False, legs[0].departs_at.isoformat(), legs[0].trip_id, worker.worker_id


def _row(view: View, n: int, worker: Worker) -> tuple[str, ...]:
    journey = view.journey(worker.worker_id)
    departs = journey[0].leg.departs_at if journey else worker.ready_at
    age = age_on(worker.born, view.local(departs).date())
    employer = view.employers[worker.employer_id]
    person = (
        str(n),
        shown_name(worker.name, _SEE.name),
        say(view, f"sex.{worker.sex}"),
        "" if age is None else str(age),
        shown_id(worker.id_number, _SEE.id_number),
        shown_phone(worker.phone, _SEE.phone),
        employer.name,
        employer.city,
    )
    if not journey:
        return (*person, "", "", "", "", "", _reason(view, worker.worker_id))
    first, last = journey[0], journey[-1]
    by = say(view, "trip_and_seat", trip=vehicle_name(view, first.trip), seat=first.leg.seat)
    when = (moment(view, gate_time(view, first.trip, departs)), moment(view, departs))
    return (*person, first.board.stop_name, *when, by, moment(view, last.leg.arrives_at), "")


def _reason(view: View, worker_id: str) -> str:
    left = view.unserved.get(worker_id)
    return say(view, "unserved", detail=left.detail, remedy=left.remedy) if left else ""
