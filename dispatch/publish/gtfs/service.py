"""The day a trip belongs to, and its times counted from that day, past 24:00 where it runs into the next."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_HALF_DAY, _DAY = timedelta(hours=12), timedelta(days=1)


def service_day(first: datetime, zone: ZoneInfo) -> date:
    """The date on the operation's clocks on which a trip's first call begins."""
    day = first.astimezone(zone).date()
    # Times count from noon less twelve hours: the night the clocks go back that is an hour after midnight.
    return day if first >= _start(day, zone) else day - _DAY


def service_time(instant: datetime, day: date, zone: ZoneInfo) -> str:
    """``26:15:00`` for a quarter past two in the night after the service day."""
    minutes, seconds = divmod(round((instant - _start(day, zone)).total_seconds()), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(12), zone).astimezone(UTC) - _HALF_DAY
