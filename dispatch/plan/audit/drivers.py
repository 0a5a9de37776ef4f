"""Whether the drivers of a coach can drive a timetable legally: a search over who drives which stretch.

A stretch is driven by one person; the wheel changes hands where the coach stands long enough. The timetable is fixed,
so one depth-first search with a memory of the states seen decides it.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from dispatch.model.units import DAY_MIN

T = TypeVar("T")
Piece = tuple[int, int]

WEEK_MIN = 7 * DAY_MIN
NEVER = -WEEK_MIN
NO_LIMIT = 1 << 40
PATIENCE = 50_000  # states, about two seconds; the longest trips seen in practice need a few hundred


class Limits(NamedTuple):
    """The driving-hour rules in minutes; the night is a span of minutes after midnight."""

    continuous: int
    continuous_night: int
    daily: int
    weekly: int
    rest: int
    swap: int
    night_from: int
    night_to: int


class Hand(NamedTuple):
    """Who has driven what before stretch ``piece``.

    For each of two drivers: minutes without a rest, when they last drove, their stretches that may yet leave a rolling
    window, and the minutes of those that cannot before the trip ends.
    """

    piece: int
    driver: int
    counts: tuple[int, int]
    ends: tuple[int, int]
    rolling: tuple[tuple[Piece, ...], tuple[Piece, ...]]
    settled: tuple[int, int]


def can_be_driven(pieces: list[Piece], drivers: int, limits: Limits, patience: int = PATIENCE) -> bool | None:
    """Whether one or two drivers can drive ``pieces`` (start and end minute, in order); ``None``: patience ran out."""
    if _beyond_all(pieces, drivers, limits):
        return False
    total = sum(end - start for start, end in pieces)
    limits = limits._replace(**{rule: NO_LIMIT for rule in ("daily", "weekly") if total <= getattr(limits, rule)})
    # without the hours of days and weeks there are few states, and most of what cannot be driven shows there
    rests_only = limits._replace(daily=NO_LIMIT, weekly=NO_LIMIT)
    if _hours_count(limits) and _searched(pieces, drivers, rests_only, patience) is False:
        return False
    return _searched(pieces, drivers, limits, patience)


def _hours_count(limits: Limits) -> bool:
    """Whether hours of days or weeks can run out, so that it matters what each driver has driven long ago."""
    return min(limits.daily, limits.weekly) < NO_LIMIT


def _searched(pieces: list[Piece], drivers: int, limits: Limits, patience: int) -> bool | None:
    start = Hand(0, 0, (0, 0), (NEVER, NEVER), ((), ()), (0, 0))
    stack, seen = [start], {start}
    while stack:
        hand = stack.pop()
        if hand.piece == len(pieces):
            return True
        for driver in _candidates(hand, pieces, drivers, limits):
            after = _drive(hand, driver, pieces, limits)
            if after is not None and after not in seen:
                seen.add(after)
                stack.append(after)
        if len(seen) > patience:
            return None
    return False


def _beyond_all(pieces: list[Piece], drivers: int, limits: Limits) -> bool:
    """Whether some window holds more driving than all drivers together may do, whoever drives what."""
    for window, limit in ((DAY_MIN, limits.daily), (WEEK_MIN, limits.weekly)):
        total = first = 0
        for start, end in pieces:
            total += end - start
            while pieces[first][1] <= end - window:
                total -= pieces[first][1] - pieces[first][0]
                first += 1
            if total - max(0, end - window - pieces[first][0]) > drivers * limit:
                return True
    return False


def _candidates(hand: Hand, pieces: list[Piece], drivers: int, limits: Limits) -> tuple[int, ...]:
    """Who may take the wheel, the one to try first last: whoever has it keeps it until a rule says no."""
    if hand.piece == 0 or drivers == 1:
        return (hand.driver,)
    stands = pieces[hand.piece][0] - pieces[hand.piece - 1][1]
    return (1 - hand.driver, hand.driver) if stands >= limits.swap else (hand.driver,)


def _drive(hand: Hand, driver: int, pieces: list[Piece], limits: Limits) -> Hand | None:
    """The state after the driver took the next stretch, or nothing where a rule forbids it."""
    begins, ends = stretch = pieces[hand.piece]
    count = 0 if begins - hand.ends[driver] >= limits.rest else hand.counts[driver]
    if not _within_continuous(count, stretch, limits):
        return None
    rolling = (*hand.rolling[driver], stretch)
    for window, limit in ((DAY_MIN, limits.daily), (WEEK_MIN, limits.weekly)):
        if driven(rolling, ends, window) + hand.settled[driver] > limit:
            return None
    settles = begins >= pieces[-1][1] - DAY_MIN
    minutes = ends - begins if settles and _hours_count(limits) else 0
    after = Hand(
        hand.piece + 1,
        driver,
        _put(hand.counts, driver, count + ends - begins),
        _put(hand.ends, driver, ends),
        _put(hand.rolling, driver, hand.rolling[driver] if settles else rolling),
        _put(hand.settled, driver, hand.settled[driver] + minutes),
    )
    return after if hand.piece + 1 == len(pieces) else _forget(after, pieces[hand.piece + 1][0], limits)


def _forget(hand: Hand, now: int, limits: Limits) -> Hand:
    """Drop what can matter no more at ``now``, so that states that only differ in it are one."""
    window = WEEK_MIN if limits.weekly < NO_LIMIT else DAY_MIN if limits.daily < NO_LIMIT else 0
    rested = [now - end >= limits.rest for end in hand.ends]
    return hand._replace(
        counts=(0 if rested[0] else hand.counts[0], 0 if rested[1] else hand.counts[1]),
        ends=(NEVER if rested[0] else hand.ends[0], NEVER if rested[1] else hand.ends[1]),
        rolling=(_recent(hand.rolling[0], now - window), _recent(hand.rolling[1], now - window)),
    )


def _recent(pieces: tuple[Piece, ...], since: int) -> tuple[Piece, ...]:
    return tuple(p for p in pieces if p[1] > since)


def driven(pieces: tuple[Piece, ...], until: int, window: int) -> int:
    """Minutes driven in the ``window`` minutes before ``until``."""
    return sum(max(0, end - max(start, until - window)) for start, end in pieces)


def _within_continuous(count: int, piece: Piece, limits: Limits) -> bool:
    at, end = piece
    while at < end:
        minute = at % DAY_MIN
        night = in_span(minute, limits.night_from, limits.night_to)
        change = ((limits.night_to if night else limits.night_from) - minute) % DAY_MIN or DAY_MIN
        until = min(end, at + change)
        count += until - at
        if count > (limits.continuous_night if night else limits.continuous):
            return False
        at = until
    return True


def in_span(minute: int, begins: int, ends: int) -> bool:
    """Whether a minute of the day lies in a daily span, its end left out; ``begins > ends`` spans midnight."""
    return begins <= minute < ends if begins <= ends else minute >= begins or minute < ends


def _put(pair: tuple[T, T], driver: int, value: T) -> tuple[T, T]:
    return (value, pair[1]) if driver == 0 else (pair[0], value)
