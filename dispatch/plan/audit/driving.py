"""Driving hours of every coach, from its calls alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from itertools import pairwise

from dispatch.config import Settings
from dispatch.model.plan import Trip
from dispatch.model.units import DAY_MIN
from dispatch.plan.audit.coaches import stretches
from dispatch.plan.audit.drivers import NO_LIMIT, WEEK_MIN, Limits, Piece, can_be_driven, driven, in_span
from dispatch.plan.audit.evidence import Evidence
from dispatch.plan.audit.violation import Violation, found

HOURS = ("continuous", "continuous_night", "daily", "weekly")


def check(e: Evidence) -> Iterator[Violation]:
    """Rules ``drive.*``."""
    limits = limits_of(e.settings)
    for trip in e.coaches():
        pieces = [(m.departs, m.arrives) for m in e.moves(trip) if m.arrives > m.departs]
        if any(b[0] < a[1] for a, b in pairwise(pieces)):
            continue  # time runs backwards: rule call.order
        metres = sum(e.road(a.position, b.position, a.stop_id, b.stop_id)[1] for a, b, _ in stretches(e, trip))
        yield from _curfew(e.settings, trip, pieces, metres)
        drive = e.settings.policy.drive
        second = drive.second_driver_expressway_km if drive.expressway else drive.second_driver_km
        if metres > second * 1000 and trip.drivers < 2:
            yield found("drive.second_driver", trip.trip_id, km=f"{metres / 1000:.1f}", limit=f"{second:g}")
        yield from _hours(trip, pieces, limits)


def limits_of(settings: Settings) -> Limits:
    """The driving-hour limits of the policy."""
    drive = settings.policy.drive
    return Limits(
        continuous=drive.continuous_min,
        continuous_night=drive.continuous_night_min,
        daily=drive.daily_min,
        weekly=drive.weekly_min,
        rest=drive.rest_min,
        swap=drive.swap_min,
        night_from=_clock(drive.night_from),
        night_to=_clock(drive.night_to),
    )


def _clock(text: str) -> int:
    at = time.fromisoformat(text)
    return at.hour * 60 + at.minute


def _curfew(settings: Settings, trip: Trip, pieces: list[Piece], metres: int) -> Iterator[Violation]:
    drive = settings.policy.drive
    if metres <= drive.curfew_exempt_km * 1000:
        return
    begins, ends = _clock(drive.curfew_from), _clock(drive.curfew_to)
    for start, end in pieces:
        until_curfew = 0 if in_span(start % DAY_MIN, begins, ends) else (begins - start) % DAY_MIN
        if begins != ends and start + until_curfew < end:
            moving = f"{start % DAY_MIN // 60:02d}:{start % 60:02d}–{end % DAY_MIN // 60:02d}:{end % 60:02d}"
            yield found("drive.curfew", trip.trip_id, moving=moving, begins=drive.curfew_from, ends=drive.curfew_to)


def _hours(trip: Trip, pieces: list[Piece], limits: Limits) -> Iterator[Violation]:
    drivers = min(2, max(1, trip.drivers))
    verdict = can_be_driven(pieces, drivers, limits)
    if verdict is None:
        yield found("drive.unproven", trip.trip_id, pieces=len(pieces))
    elif not verdict:
        for rule in _broken(pieces, drivers, limits):
            numbers = {"minutes": _worst(rule, pieces, limits), "limit": getattr(limits, rule), "drivers": trip.drivers}
            yield found(f"drive.{rule}", trip.trip_id, rest=limits.rest, **numbers)


def _broken(pieces: list[Piece], drivers: int, limits: Limits) -> list[str]:
    """The rules that cannot be kept even alone; else the first that cannot be kept together with those before it."""
    alone = [r for r in HOURS if can_be_driven(pieces, drivers, _only(limits, (r,))) is False]
    if alone:
        return alone
    return next(
        ([r] for i, r in enumerate(HOURS) if not can_be_driven(pieces, drivers, _only(limits, HOURS[: i + 1]))), []
    )


def _only(limits: Limits, kept: tuple[str, ...]) -> Limits:
    return limits._replace(**{r: NO_LIMIT for r in HOURS if r not in kept})


def _worst(rule: str, pieces: list[Piece], limits: Limits) -> int:
    """What the reader is shown: most driving in the window, or longest driving without a rest, over all drivers."""
    if rule in ("daily", "weekly"):
        window = DAY_MIN if rule == "daily" else WEEK_MIN
        return max(driven(tuple(pieces[: i + 1]), p[1], window) for i, p in enumerate(pieces))
    worst = count = 0
    ended = pieces[0][0]
    for start, end in pieces:
        count = (0 if start - ended >= limits.rest else count) + end - start
        worst, ended = max(worst, count), end
    return worst
