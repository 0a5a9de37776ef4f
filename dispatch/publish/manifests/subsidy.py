"""Whom of a county the plan carries, for the office that pays travel subsidies and must not pay a journey twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dispatch.model.demand import Worker
from dispatch.model.units import yuan_text
from dispatch.publish.id_code import id_code
from dispatch.publish.manifests.sheet import Column, Sheet, Table
from dispatch.publish.manifests.wording import day_of, say, stamp
from dispatch.publish.privacy import Audience, Disclosure, disclosure, shown_id, shown_name
from dispatch.publish.view import View

_BEFORE = (("number", 5, True), ("name", 13, False), ("id_number", 21, True))
_CODE = ("id_code", 35, True)
_AFTER = (
    ("funding", 11, True), ("employer", 24, False), ("city", 10, True), ("date", 12, True), ("trip", 18, True),
    ("paid_as", 12, True), ("cost_share", 11, True), ("remark", 16, False),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Purse:
    """What all lists of a plan share: each person's cost in fen, journeys by ID number, and the key of the codes."""

    paid_fen: Mapping[str, int]
    journeys: Mapping[str, int]
    key: bytes | None


def subsidy_sheet(view: View, county: str, people: Sequence[Worker], purse: Purse, *, unmask: bool) -> Sheet:
    """Everybody of the county who has a place in the plan, in the order given; ``unmask`` shows ID numbers in full."""
    see = disclosure(Audience.COUNTY, unmask=unmask)
    heads = (*_BEFORE, *((_CODE,) if purse.key else ()), *_AFTER)
    columns = tuple(Column(say(view, key), width, centred=centred) for key, width, centred in heads)
    rows = tuple(_row(view, n, worker, purse, see) for n, worker in enumerate(people, start=1))
    total = sum(purse.paid_fen[worker.worker_id] for worker in people)
    facts = (("county", county), ("people_organised", str(len(people))), ("cost_in_all", yuan_text(total)))
    return Sheet(
        title=say(view, "subsidy.title"),
        stamp=stamp(view, Audience.COUNTY),
        reference=county,
        audience=Audience.COUNTY,
        facts=tuple((say(view, key), value) for key, value in facts),
        fact_spans=(2, 1, 2, 1, 2, len(columns) - 8),
        overview=_kinds(view, people, purse, len(columns)),
        main=Table(columns, rows),
        signoff=tuple(say(view, key) for key in ("sign.maker", "sign.reviewer", "sign.date")),
        note=" ".join(say(view, key) for key in ("note.subsidy", *(("note.id_code",) if purse.key else ()))),
        context=((say(view, "county"), county),),
        landscape=True,
    )


def _kinds(view: View, people: Sequence[Worker], purse: Purse, grid: int) -> Table:
    heads = Counter(worker.funding for worker in people)
    paid: Counter[str] = Counter()
    for worker in people:
        paid[worker.funding] += purse.paid_fen[worker.worker_id]
    spans = {"funding": 3, "people": 2, "cost_share": grid - 5}
    columns = tuple(Column(say(view, key), span=span, centred=True) for key, span in spans.items())
    kinds = sorted(heads, key=lambda kind: (-heads[kind], kind))
    return Table(columns, tuple((_kind(view, kind), str(heads[kind]), yuan_text(paid[kind])) for kind in kinds))


def _kind(view: View, kind: str) -> str:
    return kind or say(view, "funding_unknown")


def _row(view: View, n: int, worker: Worker, purse: Purse, see: Disclosure) -> tuple[str, ...]:
    legs, employer = view.legs_by_worker[worker.worker_id], view.employers[worker.employer_id]
    trips = [view.trips[leg.trip_id] for leg in legs]
    bases = dict.fromkeys(view.offers[trip.offer_id].basis for trip in trips)
    journeys = purse.journeys.get(worker.id_number, 1)
    mark = say(view, "list_mark")
    return (
        str(n),
        shown_name(worker.name, see.name),
        shown_id(worker.id_number, see.id_number),
        *((id_code(worker.id_number, purse.key),) if purse.key else ()),
        _kind(view, worker.funding),
        employer.name,
        employer.city,
        day_of(view, legs[0].departs_at),
        mark.join(trip.trip_id for trip in trips),
        mark.join(say(view, f"basis.{basis}") for basis in bases),
        yuan_text(purse.paid_fen[worker.worker_id]),
        say(view, "journeys", count=journeys) if journeys > 1 else "",
    )
