"""When people are on the way: by day always, by hour where the map has a slider."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from dispatch.model.plan import Trip
from dispatch.publish.pages import day_name
from dispatch.publish.view import View

_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Clock:
    """The days of a map on the operation's clocks; hours count from the first midnight. ``by_hour``: is that asked?"""

    view: View
    first: date
    last: date
    by_hour: bool

    @classmethod
    def over(cls, view: View, trips: Iterable[Trip]) -> Clock:
        """The days from the first departure to the last arrival; raises ``ValueError`` where there is no trip."""
        found = list(trips)
        first = min(view.local(t.departs_at) for t in found).date()
        last = max(view.local(t.arrives_at) for t in found).date()
        return cls(view, first, last, view.settings.publish.map.slider)

    def day(self, instant: datetime) -> str:
        """The ISO date."""
        return f"{self.view.local(instant):%Y-%m-%d}"

    def hours(self, leaves: datetime, ends: datetime) -> tuple[int, int]:
        """The first hour in which somebody is on the way, and the first in which nobody is any more."""
        first, last = self._seconds(leaves), self._seconds(ends)
        return first // _HOUR_S, max(last - 1, first) // _HOUR_S + 1

    def _seconds(self, instant: datetime) -> int:
        local = self.view.local(instant)
        return (local.date() - self.first).days * 24 * _HOUR_S + local.hour * _HOUR_S + local.minute * 60 + local.second

    def labels(self) -> list[str]:
        """The names of the days for the slider; none where it is not asked for."""
        days = (self.last - self.first).days + 1 if self.by_hour else 0
        return [day_name(self.view.language, self.first + timedelta(days=n)) for n in range(days)]


@dataclass(slots=True)
class Tally:
    """People counted by the day on which they set out and by the hours in which they are on the way."""

    clock: Clock
    days: Counter[str] = field(default_factory=Counter)
    spans: Counter[tuple[int, int]] = field(default_factory=Counter)

    def add(self, leaves: datetime, ends: datetime, people: int) -> None:
        """Count so many people on the way from one instant to another."""
        self.days[self.clock.day(leaves)] += people
        if self.clock.by_hour:
            self.spans[self.clock.hours(leaves, ends)] += people

    @property
    def people(self) -> int:
        """Everybody counted."""
        return self.days.total()

    def said(self) -> dict[str, Any]:
        """For the page: people by ISO date, and (from hour, to hour, people) where the map has a slider."""
        told: dict[str, Any] = {"days": dict(sorted(self.days.items()))}
        return told | ({"spans": [[*span, n] for span, n in sorted(self.spans.items())]} if self.spans else {})


def day_choices(view: View, tallies: Iterable[Tally]) -> list[tuple[str, str]]:
    """(ISO date, its name) of each day on which anybody sets out, as the map's filter offers them."""
    days = sorted({day for tally in tallies for day in tally.days})
    return [(day, day_name(view.language, date.fromisoformat(day))) for day in days]
