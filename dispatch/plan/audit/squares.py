"""Boarding squares: no more people and coaches leave one in a clock hour than the office allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from dispatch.model.supply import Mode
from dispatch.plan.audit.evidence import Evidence
from dispatch.plan.audit.violation import Violation, found

HOUR_MIN = 60


def check(e: Evidence) -> Iterator[Violation]:
    """Rule ``square.hour``: riders and their coach count in the hour in which it leaves the stop they board at."""
    people: Counter[tuple[str, int]] = Counter()
    coaches: Counter[tuple[str, int]] = Counter()
    for trip in e.plan.trips:
        if trip.mode is not Mode.COACH:
            continue
        boards = Counter(ride.start.seq for ride in e.aboard[trip.trip_id])
        for call in trip.calls:
            if boards[call.seq]:
                cell = call.stop_id, e.minute(call.departs_at) // HOUR_MIN
                people[cell] += boards[call.seq]
                coaches[cell] += 1
    for (stop, hour), count in sorted(people.items()):
        limit = e.settings.policy.squares.get(stop)
        if limit is None:
            continue
        most, most_coaches = limit.people_per_hour, limit.coaches_per_hour
        if (most is not None and count > most) or (most_coaches is not None and coaches[stop, hour] > most_coaches):
            yield found(
                "square.hour",
                stop,
                hour=e.epoch + timedelta(hours=hour),
                people=count,
                coaches=coaches[stop, hour],
                limits=f"{most or '–'} / {most_coaches or '–'}",
            )
