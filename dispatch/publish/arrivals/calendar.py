"""The arrivals of a city as a calendar that phones and mail programs subscribe to or import.

An event is written anew only when what it says changed. ``SEQUENCE`` is the revision that said it first, so it rises
with every change, and would even if the calendars published before were lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from icalendar import Calendar, Event, vGeo

from dispatch.publish.arrivals.earlier import CANCELLED, CITY, FACTS, PLAN, REVISION, Announced
from dispatch.publish.arrivals.schedule import Coach, Reception
from dispatch.publish.pages import page_text, stamp, vehicle_name, vehicle_number
from dispatch.publish.privacy import Audience
from dispatch.publish.view import View

AT_LEAST = timedelta(minutes=30)


def write_ics(
    view: View, city: str, schedule: tuple[Reception, ...], before: Mapping[str, Announced], path: Path
) -> Path:
    """One event per arrival, in UTC; what ``before`` announced, by UID, and no longer comes is cancelled."""
    t = page_text(view.language, "arrivals")
    calendar = Calendar()
    calendar.add("prodid", "-//dispatch//arrivals//")
    calendar.add("version", "2.0")
    # PUBLISH may carry cancelled events too (RFC 5546, 3.2.1); CANCEL is for meetings with attendees.
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", t("title", city=city))
    calendar.add("x-wr-caldesc", stamp(view, Audience.CITY))
    calendar.add(PLAN, view.plan.name)
    calendar.add(CITY, city)
    uids = _uids(view, city, schedule)
    for reception, uid in zip(schedule, uids, strict=True):
        calendar.add_component(_event(view, reception, uid, before.get(uid)))
    for gone in revocable(view, before):
        if gone.uid not in uids:
            calendar.add_component(_cancelled(view, gone))
    path.write_bytes(calendar.to_ical())
    return path


def revocable(view: View, before: Mapping[str, Announced]) -> list[Announced]:
    """What of ``before`` can still be called off: what was over when the plan was made has happened."""
    return sorted((a for a in before.values() if a.ends > view.plan.made_at), key=lambda a: (a.starts, a.uid))


def _uids(view: View, city: str, schedule: tuple[Reception, ...]) -> list[str]:
    """The same arrival keeps its UID in every revision: quote, day, place, and which of several such vehicles it is.

    Trip ids and times may change from one revision to the next, so neither is part of it.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    uids = []
    for reception in schedule:
        trip, call = reception.arrival.trip, reception.arrival.call
        key = (view.plan.name, city, trip.offer_id, f"{view.local(trip.departs_at):%Y%m%d}", call.stop_id)
        seen[key] += 1
        uids.append(f"{_digest(*key, str(seen[key]))}@dispatch")
    return uids


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _event(view: View, reception: Reception, uid: str, before: Announced | None) -> Event:
    t = page_text(view.language, "arrivals")
    arrival, call = reception.arrival, reception.arrival.call
    ends = max([call.arrives_at + AT_LEAST, *(coach.departs_at for coach in reception.coaches)])
    facts = _facts(view, reception, ends)
    event = _head(uid, *_told(view, before, facts), starts=call.arrives_at, ends=ends)
    event.add("status", "CONFIRMED")
    summary = t("event", vehicle=vehicle_name(view, arrival.trip), place=reception.place.name, people=arrival.people)
    event.add("summary", summary)
    event.add("location", reception.place.name)
    event.add("geo", vGeo((reception.place.position.lat, reception.place.position.lon)))
    since = t("event.since", revision=event[REVISION])
    event.add("description", "\n".join([*_districts(view, reception), *_coaches(view, reception), since]))
    event.add(FACTS, facts)
    return event


def _cancelled(view: View, gone: Announced) -> Event:
    t = page_text(view.language, "arrivals")
    event = _head(gone.uid, *_told(view, gone, ""), starts=gone.starts, ends=gone.ends)
    event.add("status", CANCELLED)
    event.add("summary", t("event.cancelled", place=gone.place))
    event.add("location", gone.place)
    event.add("description", t("event.since", revision=event[REVISION]))
    return event


def _told(view: View, before: Announced | None, facts: str) -> tuple[int, datetime, int]:
    """Sequence, stamp and revision: those of the earlier event where it said the same, else this plan's."""
    if before and before.facts == facts:
        return before.sequence, before.stamp, before.revision
    # The inputs may be mended and the same revision published again.
    sequence = max(view.plan.revision, before.sequence + 1 if before else 0)
    return sequence, view.plan.made_at, view.plan.revision


def _head(uid: str, sequence: int, at: datetime, revision: int, *, starts: datetime, ends: datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", at.astimezone(UTC))
    event.add("dtstart", starts.astimezone(UTC))
    event.add("dtend", ends.astimezone(UTC))
    event.add(REVISION, str(revision))
    return event


def _facts(view: View, reception: Reception, ends: datetime) -> str:
    """A digest of all that an event says, whatever the language: times, places, vehicles and counts.

    The name of a home is worded, so its district and point stand for it. What a city may not know must not go in
    either: a guess could be tried against the digest.
    """
    trip, call, place = reception.arrival.trip, reception.arrival.call, reception.place
    said = [trip.mode, vehicle_number(trip), "" if place.home else place.name]
    said.append(f"{place.position.lat} {place.position.lon}")
    said += [call.arrives_at.astimezone(UTC).isoformat(), ends.astimezone(UTC).isoformat()]
    said += [f"{district.name} {district.people}" for district in reception.districts]
    for coach in reception.coaches:
        said += [coach.trip.trip_id, coach.departs_at.isoformat(), str(coach.people)]
        for gate in coach.gates:
            name = gate.site.district if gate.site.home else gate.site.name
            said += [name, gate.arrives_at.isoformat(), str(gate.people)]
    return _digest(*said)


def _districts(view: View, reception: Reception) -> list[str]:
    t = page_text(view.language, "arrivals")
    nowhere = t("no_district")
    return [t("event.district", district=d.name or nowhere, people=d.people) for d in reception.districts]


def _coaches(view: View, reception: Reception) -> list[str]:
    return [_coach_line(view, coach) for coach in reception.coaches]


def _coach_line(view: View, coach: Coach) -> str:
    t = page_text(view.language, "arrivals")
    gates = t("comma").join(f"{gate.site.name} {gate.arrives_at:%H:%M}" for gate in coach.gates)
    return t(
        "event.coach", coach=coach.trip.trip_id, departs=f"{coach.departs_at:%H:%M}", people=coach.people, gates=gates
    )
