"""A slip for everybody who travels, to be handed out where they live: where to be when, each leg, where it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from dispatch.config import Settings
from dispatch.language import Language, text
from dispatch.publish.locked import locked_pdf
from dispatch.publish.manifests.boarding import gate_time
from dispatch.publish.manifests.names import townships
from dispatch.publish.manifests.vehicle import leaders
from dispatch.publish.manifests.wording import moment, stamp, vehicle_name
from dispatch.publish.paper import print_pdf, trip_code_mm, trip_code_svg
from dispatch.publish.passwords import Passwords, Recipient, Secret
from dispatch.publish.privacy import Audience, disclosure, shown_id, shown_name
from dispatch.publish.side_by_side import side_by_side
from dispatch.publish.view import Ride, View

TEMPLATE = "slips/slip.typ"
MANY = 2000  # slips that are worth the start of other processes
_SEE = disclosure(Audience.PERSON)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A file of slips as any process can write it."""

    data: dict[str, object]
    path: Path
    secret: Secret | None


def write_slips(view: View, folder: Path, settings: Settings, *, passwords: Passwords) -> list[Path]:
    """Write ``COUNTY_TOWNSHIP.pdf`` with a slip for each of its people who travel, by the time to be there.

    A file is under its township's password. Nothing where ``publish.slips`` is ``none``. Returns the files in order;
    raises ``OSError``.
    """
    if settings.publish.slips == "none":
        return []
    many = len(view.legs_by_worker) >= MANY
    processes = min(settings.solver.threads, os.cpu_count() or 1) if many else 1
    write = partial(_write, view.language, view.plan.made_at)
    return side_by_side(write, _filled(view, folder, passwords), processes, lambda: None)


def _filled(view: View, folder: Path, passwords: Passwords) -> Iterator[_Piece]:
    """The slips of each township of which anybody travels."""
    led_by = leaders(view)
    for name, people in townships(view).items():
        journeys = [journey for worker in people if (journey := view.journey(worker.worker_id))]
        if journeys:
            secret = passwords.of(Recipient.township(people[0].home))
            yield _Piece(_slips(view, name, journeys, led_by), folder / f"{name}.pdf", secret)


def _write(language: Language, made_at: datetime, piece: _Piece) -> list[Path]:
    printed = print_pdf(TEMPLATE, piece.data, language=language, made_at=made_at)
    piece.path.write_bytes(locked_pdf(printed, piece.secret))
    return [piece.path]


def _slips(
    view: View, name: str, journeys: Sequence[tuple[Ride, ...]], led_by: dict[str, Ride | None]
) -> dict[str, object]:
    ordered = sorted(journeys, key=lambda j: (j[0].leg.departs_at, j[0].trip.trip_id, j[0].worker.worker_id))
    slips = [_slip(view, journey, led_by) for journey in ordered]
    firsts = {journey[0].trip.trip_id for journey in ordered}
    return {
        "title": _say(view, "title"),
        "reference": name,
        "stamp": stamp(view, Audience.PERSON),
        "nine": view.settings.publish.slips == "nine",
        "codes": {trip_id: [trip_code_svg(trip_id), trip_code_mm(trip_id)] for trip_id in sorted(firsts)},
        "slips": slips,
        "longest": max(range(len(slips)), key=lambda n: len(str(slips[n]))),
    }


def _slip(view: View, journey: tuple[Ride, ...], led_by: dict[str, Ride | None]) -> dict[str, object]:
    first = journey[0]
    gate = gate_time(view, first.trip, first.leg.departs_at)
    return {
        "name": shown_name(first.worker.name, _SEE.name),
        "identity": _say(view, "identity", id_number=shown_id(first.worker.id_number, _SEE.id_number)),
        "township": " ".join(filter(None, (first.worker.home.county_name, first.worker.home.township_name))),
        "gate": _say(view, "gate", moment=moment(view, gate)),
        "place": first.board.stop_name,
        "legs": [_leg(view, ride) for ride in journey],
        "facts": [*_where(view, journey[-1]), *_whom(view, first, led_by[first.trip.trip_id])],
        "bring": _say(view, "bring"),
        "code": first.trip.trip_id,
    }


def _leg(view: View, ride: Ride) -> dict[str, str]:
    return {
        "vehicle": vehicle_name(view, ride.trip),
        "seat": _say(view, "seat", seat=ride.leg.seat) if ride.leg.seat else "",
        "departs": _say(view, "departs", moment=moment(view, ride.leg.departs_at)),
        "board": ride.board.stop_name,
        "arrives": _say(view, "arrives", moment=moment(view, ride.leg.arrives_at)),
        "alight": ride.alight.stop_name,
    }


def _where(view: View, last: Ride) -> list[tuple[str, str]]:
    employer = last.employer
    address = employer.address or f"{employer.city} {employer.district}".strip()
    return [(_say(view, "employer"), employer.name), (_say(view, "address"), address)]


def _whom(view: View, first: Ride, leader: Ride | None) -> list[tuple[str, str]]:
    """Who leads the first vehicle, by name alone, and the office's number."""
    hotline = view.settings.publish.hotline
    lines = [(_say(view, "leader"), shown_name(leader.worker.name, _SEE.name))] if leader else []
    return lines + ([(_say(view, "hotline"), hotline)] if hotline else [])


def _say(view: View, key: str, **values: object) -> str:
    return text(view.language, f"slips.{key}", **values)
