"""The arrivals of a city as a calendar that phones and mail programs subscribe to or import."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, timedelta
from hashlib import sha256
from pathlib import Path

from icalendar import Calendar, Event, vGeo

from dispatch.publish.arrivals.schedule import Coach, Reception
from dispatch.publish.pages import page_text, stamp, vehicle_name
from dispatch.publish.privacy import Audience
from dispatch.publish.view import City, View

AT_LEAST = timedelta(minutes=30)


def write_ics(view: View, city: City, schedule: tuple[Reception, ...], path: Path) -> Path:
    """One event per arrival, in UTC; ``SEQUENCE`` is the plan's revision, so that a later plan replaces others."""
    t = page_text(view.language, "arrivals")
    calendar = Calendar()
    calendar.add("prodid", "-//dispatch//arrivals//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", t("title", city=city.name))
    calendar.add("x-wr-caldesc", stamp(view, Audience.CITY))
    for reception, uid in zip(schedule, _uids(view, city, schedule), strict=True):
        calendar.add_component(_event(view, reception, uid))
    path.write_bytes(calendar.to_ical())
    return path


def _uids(view: View, city: City, schedule: tuple[Reception, ...]) -> list[str]:
    """The same arrival keeps its UID in every revision: quote, day, place, and which of several such vehicles it is.

    Trip ids and times may change from one revision to the next, so neither is part of it.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    uids = []
    for reception in schedule:
        trip, call = reception.arrival.trip, reception.arrival.call
        key = (view.plan.name, city.name, trip.offer_id, f"{view.local(trip.departs_at):%Y%m%d}", call.stop_id)
        seen[key] += 1
        digest = sha256("\x1f".join((*key, str(seen[key]))).encode("utf-8", "surrogatepass")).hexdigest()
        uids.append(f"{digest[:32]}@dispatch")
    return uids


def _event(view: View, reception: Reception, uid: str) -> Event:
    t = page_text(view.language, "arrivals")
    arrival, call = reception.arrival, reception.arrival.call
    ends = max([call.arrives_at + AT_LEAST, *(coach.departs_at for coach in reception.coaches)])
    event = Event()
    event.add("uid", uid)
    event.add("sequence", view.plan.revision)
    event.add("dtstamp", view.plan.made_at.astimezone(UTC))
    event.add("dtstart", call.arrives_at.astimezone(UTC))
    event.add("dtend", ends.astimezone(UTC))
    summary = t("event", vehicle=vehicle_name(view, arrival.trip), place=call.stop_name, people=arrival.people)
    event.add("summary", summary)
    event.add("location", call.stop_name)
    event.add("geo", vGeo((call.position.lat, call.position.lon)))
    event.add(
        "description", "\n".join([*_districts(view, reception), *_coaches(view, reception), stamp(view, Audience.CITY)])
    )
    return event


def _districts(view: View, reception: Reception) -> list[str]:
    t = page_text(view.language, "arrivals")
    return [t("event.district", district=d.name, people=d.people) for d in reception.districts]


def _coaches(view: View, reception: Reception) -> list[str]:
    return [_coach_line(view, coach) for coach in reception.coaches]


def _coach_line(view: View, coach: Coach) -> str:
    t = page_text(view.language, "arrivals")
    gates = t("comma").join(f"{gate.employer.name} {gate.arrives_at:%H:%M}" for gate in coach.gates)
    return t(
        "event.coach", coach=coach.trip.trip_id, departs=f"{coach.departs_at:%H:%M}", people=coach.people, gates=gates
    )
