"""What the calendars published before say, so that the next ones raise ``SEQUENCE`` where something changed only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from icalendar import Calendar, Event

PLAN, CITY = "X-DISPATCH-PLAN", "X-DISPATCH-CITY"
FACTS, REVISION = "X-DISPATCH-FACTS", "X-DISPATCH-REVISION"
CANCELLED = "CANCELLED"
# Where calendars wait while none are written; hidden, since no city is to read them.
KEPT = ".announced"


@dataclass(frozen=True, slots=True)
class Announced:
    """An event as a city was told it last. Instants are aware; ``facts`` is the digest of what it said, empty once it
    was cancelled; ``stamp`` is when the plan was made that said so first, ``revision`` is that plan's.
    """

    uid: str
    sequence: int
    stamp: datetime
    starts: datetime
    ends: datetime
    place: str
    facts: str
    revision: int


def keep_announced(folder: Path, plan: str, into: Path) -> list[Path]:
    """Keep the plan's calendars below ``folder`` in ``into`` while none are written, so that a later one can still
    cancel what they announced; where ``announced`` finds them. Returns the copies; raises ``OSError``.
    """
    kept = []
    for path in _calendars(folder):
        if _read(path, plan):
            copy = into / KEPT / path.parent.name / path.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
            kept.append(copy)
    return kept


def announced(folder: Path, plan: str) -> dict[str, dict[str, Announced]]:
    """Events by receiving city and UID of the plan's calendars below ``folder``.

    A calendar that is absent, damaged or of another plan counts as never published.
    """
    found: defaultdict[str, dict[str, Announced]] = defaultdict(dict)
    for path in _calendars(folder):
        for city, events in _read(path, plan).items():
            found[city].update(events)
    return dict(found)


def _calendars(folder: Path) -> list[Path]:
    return [*sorted(folder.glob(f"{KEPT}/*/arrivals.ics")), *sorted(folder.glob("*/arrivals.ics"))]


def _read(path: Path, plan: str) -> dict[str, dict[str, Announced]]:
    """The events of one calendar by its city and their UIDs, nothing where it counts as never published."""
    try:
        calendar = Calendar.from_ical(path.read_bytes())
        if str(calendar.get(PLAN, "")) == plan:
            return {str(calendar[CITY]): {event.uid: event for event in _events(calendar)}}
    except (ValueError, LookupError, AttributeError, TypeError, OSError):
        # The parser answers a damaged file with any of these; next to nothing is lost, see calendar.py.
        pass
    return {}


def _events(calendar: Calendar) -> Iterator[Announced]:
    for event in calendar.walk("VEVENT"):
        yield Announced(
            uid=str(event["uid"]),
            sequence=int(event["sequence"]),
            stamp=_instant(event, "dtstamp"),
            starts=_instant(event, "dtstart"),
            ends=_instant(event, "dtend"),
            place=str(event["location"]),
            facts="" if str(event["status"]) == CANCELLED else str(event[FACTS]),
            revision=int(event[REVISION]),
        )


def _instant(event: Event, key: str) -> datetime:
    instant = event[key].dt
    if not isinstance(instant, datetime) or instant.tzinfo is None:
        raise ValueError(f"{key} is no instant")
    return instant
