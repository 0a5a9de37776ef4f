"""The hand-over sheet of an escort: each child with the receiving site, when it gets there, and who signs for it."""

from __future__ import annotations

from dispatch.model.supply import Employer
from dispatch.publish.manifests.sheet import Column, Sheet, Table
from dispatch.publish.manifests.wording import moment, say, stamp, vehicle_name
from dispatch.publish.privacy import Audience, disclosure, shown_id, shown_name, shown_phone
from dispatch.publish.view import Ride, View, age_on

_SEE = disclosure(Audience.LEADER)
_COLUMNS = (
    ("number", 5, True), ("name", 11, False), ("sex", 5, True), ("age", 5, True), ("id_number", 20, True),
    ("site", 16, False), ("address", 19, False), ("site_contact", 11, False), ("site_phone", 14, True),
    ("arrives_by", 16, True), ("arrives_gate", 13, True),
)  # fmt: skip
_INK = (("sign_parent", 12), ("sign_escort", 12), ("remark", 10))
_LEGS = {"number": 1, "vehicle": 3, "boards": 2, "departs": 1, "alights": 3, "arrives": 1, "seats": 3}


def handover_sheet(view: View, escort: str, site: Employer, children: list[str]) -> Sheet:
    """The children of one escort, by worker id, who are handed over at one receiving site."""
    columns = tuple(Column(say(view, key), width, centred=centred) for key, width, centred in _COLUMNS)
    ink = tuple(Column(say(view, key), width, ink=True) for key, width in _INK)
    journeys = [view.journey(child) for child in children]
    by, led = view.workers[escort], view.journey(escort)
    return Sheet(
        title=say(view, "handover.title"),
        stamp=stamp(view, Audience.LEADER),
        reference=f"{by.name} {site.name}",
        audience=Audience.LEADER,
        facts=tuple((say(view, key), value) for key, value in _facts(view, escort, site, led, len(children))),
        fact_spans=(2, 3, 2, 2, 2, 3),
        overview=_legs(view, led, journeys),
        main=Table((*columns, *ink), tuple(_row(view, n, own) for n, own in enumerate(journeys, start=1))),
        signoff=tuple(say(view, key) for key in ("sign.escort", "sign.counted", "sign.site", "sign.date")),
        note=say(view, "note.handover"),
        context=((say(view, "escort"), shown_name(by.name, _SEE.name)),),
        landscape=True,
    )


def _facts(
    view: View, escort: str, site: Employer, led: tuple[Ride, ...], children: int
) -> tuple[tuple[str, str], ...]:
    by = view.workers[escort]
    return (
        ("escort", shown_name(by.name, _SEE.name)),
        ("phone", shown_phone(by.phone, _SEE.phone)),
        ("children", str(children)),
        ("site", site.name),
        ("place", f"{site.city} {site.district}"),
        ("departs", moment(view, led[0].leg.departs_at) if led else ""),
    )


def _legs(view: View, led: tuple[Ride, ...], journeys: list[tuple[Ride, ...]]) -> Table:
    """Each leg of the escort with the seats of all on it."""
    columns = tuple(Column(say(view, key), span=span, centred=key != "vehicle") for key, span in _LEGS.items())
    rows = []
    for n, ride in enumerate(led, start=1):
        seats = [ride.leg.seat, *(r.leg.seat for own in journeys for r in own if r.trip.trip_id == ride.trip.trip_id)]
        rows.append(
            (
                str(n),
                vehicle_name(view, ride.trip),
                ride.board.stop_name,
                moment(view, ride.leg.departs_at),
                ride.alight.stop_name,
                moment(view, ride.leg.arrives_at),
                say(view, "list_mark").join(filter(None, seats)),
            )
        )
    return Table(columns, tuple(rows))


def _row(view: View, n: int, own: tuple[Ride, ...]) -> tuple[str, ...]:
    first, last = own[0], own[-1]
    child, site = first.worker, last.employer
    age = age_on(child.born, view.local(first.leg.departs_at).date())
    return (
        str(n),
        shown_name(child.name, _SEE.name),
        say(view, f"sex.{child.sex}"),
        "" if age is None else str(age),
        shown_id(child.id_number, _SEE.id_number),
        site.name,
        site.address,
        site.contact,
        shown_phone(site.phone, _SEE.phone),
        vehicle_name(view, last.trip),
        moment(view, last.leg.arrives_at),
    )
