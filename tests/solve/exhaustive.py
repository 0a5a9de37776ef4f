"""The earliest legal arrival by trying everything: each slot of a coarse grid is driven by one of the drivers or stood.

Written from the rules alone and simple on purpose: it shares nothing with the package, and it is slow. All numbers of a
case (rules, times, road minutes) are multiples of the grid, on which nothing happens between two slots.

A driver's history is the tuple of the slots they drove, newest first. Every rule is checked on it when a slot is added:
the minutes since their last rest, by the limit of that slot's hour, and the minutes within the last day and week.
"""

from operator import le
from typing import NamedTuple

DAY = 1440
PATIENCE = 5000  # states kept in all; more take seconds
WEEK = 7 * DAY


class TooLargeError(Exception):
    """The case has more states than anybody would wait for."""


class Place(NamedTuple):
    """A stop: nobody leaves before ``release``, arrivals by ``due`` and in daily hours, both ends included."""

    release: int = 0
    due: int = 1 << 30
    opens: int = 0
    closes: int = DAY


class State(NamedTuple):
    """Where the coach is at a time: ``leg`` under way (or next), its slots driven, whether it moved at all, slots stood
    in a row, slots stood since the arrival at the stop where the leg begins, and the drivers' histories, first that of
    whoever has the wheel.
    """

    leg: int
    driven: int
    moved: bool
    stood: int
    since_arrival: int
    slots: tuple[tuple[int, ...], ...]


class Case:
    """One question: legs of road minutes between places, with rules (the names of ``DrivingRules``) on a grid."""

    def __init__(self, drive, places, drivers, distance_m, rules, dwell, grid, patience=PATIENCE):
        self.grid, self.places, self.drivers, self.rules, self.patience = grid, places, drivers, rules, patience
        self.legs = [self._slots(minutes) for minutes in drive]
        self.dwell, self.rest, self.swap = self._slots(dwell), self._slots(rules.rest), self._slots(rules.swap)
        self.curfew = distance_m > rules.curfew_exempt_m
        self.memory = DAY if sum(drive) <= rules.weekly else WEEK  # older slots are in no window that could be full

    def _slots(self, minutes):
        assert minutes % self.grid == 0, "the case is not on its grid"
        return minutes // self.grid

    def earliest(self, start, within=8 * DAY, prune=True):
        """The earliest arrival at the last place by a coach that is ready at ``start``, or nothing; raises
        ``TooLargeError``. Without ``prune`` nothing is left out, which takes only the smallest cases.
        """
        first, latest = start // self.grid, (start + within) // self.grid
        if prune:  # beyond what a few of the states reach, the others need not be tried
            self.last = [self._last(place, first, latest) for place in range(len(self.places))]
            latest = self.last[-1]
            reached = self._search(first, latest, True, 30)
            latest = latest if reached is None else reached
        found = self._search(first, latest, prune, None)
        return None if found is None else found * self.grid

    def _search(self, first, latest, prune, width):
        states = {State(0, 0, False, 0, self.dwell, ((),) * self.drivers)}
        seen = 0
        for now in range(first, latest + 1):
            states = self._arrivals(states, now)
            if any(s.leg == len(self.legs) for s in states):
                return now
            states = {self._forget(after, now + 1) for s in states for after in self._next(s, now)}
            if prune:
                states = self._best([s for s in states if self._in_time(s, now + 1, latest)], now + 1, latest)
            if width is not None:
                states = sorted(states, key=lambda s: (s.leg, s.driven), reverse=True)[:width]
            seen += len(states)
            if prune and seen > self.patience:
                raise TooLargeError
        return None

    def _last(self, place, first, latest):
        """The last slot at which the coach may arrive."""
        return next((now for now in range(latest, first - 1, -1) if self._open(place, now)), -1)

    def _in_time(self, s, now, latest):
        return now + self.legs[s.leg] - s.driven <= self.last[s.leg + 1] and self._soonest(s, now) <= latest

    def _soonest(self, s, now):
        """No arrival can be earlier: whoever has hours drives on, outside the curfew, and never rests."""
        left = sum(self.legs[s.leg :]) - s.driven
        hours, day = self.drivers * self.rules.daily // self.grid, DAY // self.grid
        driven = sorted(slot for slots in s.slots for slot in slots)
        oldest = 0
        while left:
            while oldest < len(driven) and driven[oldest] < now + 1 - day:
                oldest += 1
            if not self._closed(now) and len(driven) - oldest < hours:
                driven.append(now)
                left -= 1
            now += 1
        return now

    def _arrivals(self, states, now):
        """The states with those added that call at the next place now; one that may also stand before it and wait."""
        found = set(states)
        for s in states:
            at = s
            while at.leg < len(self.legs) and self._at_next(at, now) and self._open(at.leg + 1, now):
                at = at._replace(leg=at.leg + 1, driven=0, since_arrival=0)
                found.add(at)
        return found

    def _at_next(self, s, now):
        return s.driven == self.legs[s.leg] and self._has_left(s, now)

    def _has_left(self, s, now):
        """Whether the coach is on its leg, or could leave the stop where that begins."""
        return s.driven > 0 or (s.since_arrival >= self.dwell and now * self.grid >= self.places[s.leg].release)

    def _open(self, place, now):
        minute, p = now * self.grid, self.places[place]
        m = minute % DAY
        inside = p.opens <= m <= p.closes if p.opens <= p.closes else m >= p.opens or m <= p.closes
        return minute <= p.due and inside

    def _next(self, s, now):
        """Every state after the slot that begins now."""
        yield s._replace(stood=s.stood + 1, since_arrival=min(self.dwell, s.since_arrival + 1))
        if s.driven == self.legs[s.leg] or not self._may_move(s, now):
            return
        for driver in range(self.drivers if s.moved else 1):
            takes_over = s.moved and driver > 0
            if (not takes_over or s.stood >= self.swap) and self._may_drive(s.slots[driver], now):
                others = s.slots[:driver] + s.slots[driver + 1 :]
                yield s._replace(driven=s.driven + 1, moved=True, stood=0, slots=((now, *s.slots[driver]), *others))

    def _may_move(self, s, now):
        if not self._has_left(s, now):
            return False
        return not self._closed(now)

    def _closed(self, now):
        return self.curfew and _inside(now * self.grid % DAY, self.rules.curfew_from, self.rules.curfew_to)

    def _may_drive(self, slots, now):
        r, minute = self.rules, now * self.grid
        night = _inside(minute % DAY, r.night_from, r.night_to)
        if (self._count(slots, now) + 1) * self.grid > (r.continuous_night if night else r.continuous):
            return False
        day = sum(minute + self.grid - slot * self.grid <= DAY for slot in slots)
        week = sum(minute + self.grid - slot * self.grid <= WEEK for slot in slots)
        return (day + 1) * self.grid <= r.daily and (week + 1) * self.grid <= r.weekly

    def _count(self, slots, now):
        """Slots driven since the last rest before ``now``."""
        count, later = 0, now
        for slot in slots:
            if later - slot - 1 >= self.rest:
                break
            count, later = count + 1, slot
        return count

    def _forget(self, s, now):
        """Without the slots that no window of a slot from ``now`` on reaches back to."""
        since = now + 1 - self.memory // self.grid
        return s._replace(slots=tuple(tuple(slot for slot in d if slot >= since) for d in s.slots))

    def _best(self, states, now, latest):
        """The states but those for which there is one as far that is no worse."""
        groups = {}
        for s in states:
            against = [self._against(slots, now, latest) for slots in s.slots]
            groups.setdefault((s.leg, s.driven, s.moved), []).append((s, against))
        kept = set()
        for group in groups.values():
            front = []
            for s in sorted(group, key=lambda g: ([(len(slots), sum(slots)) for _, _, slots in g[1]], -g[0].stood)):
                if not any(_no_worse(f, s) for f in front):
                    front.append(s)
            kept.update(s for s, _ in front)
        return kept

    def _against(self, slots, now, latest):
        """What counts against a driver from now on: the count, the last slot while it keeps the count from ending, and
        all slots, where those that are in every window until ``latest`` are alike.
        """
        count = self._count(slots, now)
        ever = latest + 1 - DAY // self.grid
        return count, slots[0] if count else 0, [min(slot, ever) for slot in slots]


def _inside(minute, begins, ends):
    return begins <= minute < ends if begins <= ends else minute >= begins or minute < ends


def _no_worse(a, b):
    """Whether all that ``b`` may do later ``a`` may do too: what was stood is no less, what counts against the drivers
    is no more and no later.
    """
    (s, one), (t, other) = a, b
    if s.stood < t.stood or s.since_arrival < t.since_arrival:
        return False
    return all(
        p[0] <= q[0] and p[1] <= q[1] and len(p[2]) <= len(q[2]) and all(map(le, p[2], q[2]))
        for p, q in zip(one, other, strict=True)
    )


def earliest_arrival(drive, places, start, *given):
    """The earliest minute at the last place, or nothing where no legal timetable gets there within eight days; what is
    ``given`` is the rest of a ``Case``.
    """
    return Case(drive, places, *given).earliest(start)


def earliest_over_starts(drive, places, starts, *given):
    """The earliest arrival by start, for the starts from which there is one."""
    case = Case(drive, places, *given)
    found = {start: case.earliest(start) for start in starts}
    return {start: arrival for start, arrival in found.items() if arrival is not None}
