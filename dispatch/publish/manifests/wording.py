"""Times, modes and legs in the words of a manifest."""

from __future__ import annotations

from datetime import datetime

from dispatch.language import text
from dispatch.model.plan import Leg, Trip
from dispatch.model.supply import Mode
from dispatch.publish.privacy import Audience
from dispatch.publish.view import View


def say(view: View, key: str, **values: object) -> str:
    """The manifests' wording of a key in the view's language."""
    return text(view.language, f"manifests.{key}", **values)


def moment(view: View, instant: datetime) -> str:
    """``2月1日 10:30`` or ``1 Feb 10:30`` on the operation's clocks."""
    local = view.local(instant)
    month = say(view, "months").split()[local.month - 1]
    return say(view, "moment", month=month, day=local.day, clock=f"{local:%H:%M}")


def day_of(view: View, instant: datetime) -> str:
    """The date on the operation's clocks, ``2023-02-01``."""
    return f"{view.local(instant):%Y-%m-%d}"


def minute_of(view: View, instant: datetime) -> str:
    """The full instant on the operation's clocks, ``2023-02-01 10:30``."""
    return f"{view.local(instant):%Y-%m-%d %H:%M}"


def vehicle_name(view: View, trip: Trip) -> str:
    """``火车 G2093``: a train or flight by its number, a coach by its trip, which its sheet carries."""
    return (
        f"{say(view, f'mode.{trip.mode}')} {trip.trip_id if trip.mode is Mode.COACH else trip.vehicle or trip.trip_id}"
    )


def next_leg(view: View, onward: Leg | None) -> str:
    """Where somebody changes to, and when; a dash for those who have arrived."""
    if onward is None:
        return say(view, "at_destination")
    vehicle = vehicle_name(view, view.trips[onward.trip_id])
    return say(view, "leaves_at", vehicle=vehicle, moment=moment(view, onward.departs_at))


def stamp(view: View, audience: Audience) -> str:
    """Plan revision, made-at time, audience and source of road times, as every published file carries them."""
    made = minute_of(view, view.plan.made_at)
    to = say(view, f"audience.{audience}")
    return say(view, "stamp", revision=view.plan.revision, made=made, audience=to, roads=view.road_times)


def stamp_columns(view: View, audience: Audience) -> tuple[tuple[str, str], ...]:
    """Heading and value of what each row of a CSV file carries of the stamp."""
    return (
        (say(view, "plan_revision"), str(view.plan.revision)),
        (say(view, "made_at"), minute_of(view, view.plan.made_at)),
        (say(view, "for"), say(view, f"audience.{audience}")),
        (say(view, "road_times"), view.road_times),
    )
