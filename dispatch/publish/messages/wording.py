"""What a text message says, and how many parts it takes."""

from __future__ import annotations

import re
from datetime import datetime
from math import ceil

from dispatch.language import text
from dispatch.model.plan import Trip
from dispatch.model.supply import Mode
from dispatch.publish.manifests.wording import moment, say
from dispatch.publish.privacy import Audience, disclosure, shown_name
from dispatch.publish.view import Ride, View

ONE_PART, JOINED_PART = 70, 67  # UTF-16 units of a message alone, and of each of several joined ones
_MOBILE = re.compile(r"1[3-9]\d{9}")
_SEE = disclosure(Audience.GATEWAY)


def is_mobile(phone: str) -> bool:
    """Whether a text can be sent to it: eleven digits of a mainland mobile number."""
    return _MOBILE.fullmatch(phone) is not None


def parts(words: str) -> int:
    """How many messages a text is sent and billed as; a character beyond the basic plane counts twice."""
    units = len(words.encode("utf-16-be")) // 2
    return 1 if units <= ONE_PART else ceil(units / JOINED_PART)


def message(view: View, first: Ride, gate: datetime, led_by: Ride | None, signature: str) -> str:
    """Where and when somebody is to be, for which vehicle, led by whom, and what to bring; on one line."""
    said = [
        text(view.language, "messages.signature", signature=signature) if signature else "",
        _body(view, first, gate),
        _lead(view, first, led_by),
        text(view.language, "messages.bring"),
    ]
    return " ".join("".join(said).split())


def _body(view: View, first: Ride, gate: datetime) -> str:
    leaves = view.local(first.leg.departs_at)
    same_day = leaves.date() == view.local(gate).date()
    return text(
        view.language,
        "messages.body",
        name=shown_name(first.worker.name, _SEE.name),
        gate=moment(view, gate),
        stop=first.board.stop_name,
        vehicle=_vehicle(view, first.trip),
        departs=f"{leaves:%H:%M}" if same_day else moment(view, leaves),
        seat=first.leg.seat,
        city=first.employer.city,
    )


def _lead(view: View, first: Ride, led_by: Ride | None) -> str:
    if led_by is None:
        return ""
    if led_by.worker.worker_id == first.worker.worker_id:
        return text(view.language, "messages.you_lead")
    return text(view.language, "messages.led_by", leader=shown_name(led_by.worker.name, _SEE.name))


def _vehicle(view: View, trip: Trip) -> str:
    """``大巴F001``: the text names the day already, so the trip's id goes without it."""
    mode = say(view, f"mode.{trip.mode}")
    number = trip.vehicle if trip.mode is not Mode.COACH and trip.vehicle else trip.trip_id
    return text(
        view.language,
        "messages.vehicle",
        mode=mode,
        number=number.removeprefix(f"{view.local(trip.departs_at):%Y%m%d}-"),
    )
