"""A greedy plan for the whole operation, improved for one second; ``provinces.py`` sets it beside the search.

Rules, with the coaches, simple driving times and prices of the hand practice (rules 4 and 5 of ``hand_plan.py``):

1. Everybody boards at the fixed stop or else at the nearest assembly stop. Parties come in turn, those of the largest
   groups of one stop and gate first.
2. Each takes what looks cheapest, money and time together, by road minutes without driving rules' finer points:
   a seat of a direct coach that others of its stop and receiving city have opened, where windows overlap enough; such a
   coach of its own; or a seat of a train or flight near both ends, with a feeder shared by (stop, departure) and a
   last-mile coach shared by (departure, receiving city). A seat left in something opened costs no hire.
3. What must be opened counts as if shared by as many people as it suits by stop or station, city and day, at most four
   fifths of its seats. A train or flight that suits fewer than its minimum is not opened.
4. While a train or flight is below its minimum, the emptiest is closed and its people choose again without it.
5. Each coach line and departure then gets real coaches, timed and priced: the sum is the plan's cost. Whom these do not
   carry goes by what the hand practice finds for them alone, or not at all.
6. For a second more, or as many as are given, journeys are merged: the dearest per head join others of their stop or
   city, or a departure that suits them, where that is cheaper.

The first five steps are done for everybody, however long they take: about a second for 1,000 people.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from hand_coaches import Journey, Office, Party
from hand_plan import FEEDER_MAX_M, STATIONS_TRIED, by_departure, carry, direct, figures, suits

from dispatch.model.problem import Problem
from dispatch.model.supply import Mode, Role
from dispatch.model.units import DAY_MIN
from dispatch.solve.least_ways import least_legal_minutes

FULL = 0.8  # of their seats that vehicles are expected to fill at most
SLACK_MIN = 360  # that a common window must leave beside the drive
MERGES_TRIED = 8  # for a journey


@dataclass(eq=False)
class Pool:
    """Who shares vehicles: a direct line's people (``departure`` -1), or those in one vehicle of a departure."""

    departure: int
    parties: list[Party] = field(default_factory=list)
    release: int = 0
    due: int = 1 << 40
    room: Counter[Hashable] = field(default_factory=Counter)  # seats left in the coaches of a line or place

    @property
    def heads(self) -> int:
        return sum(p.size for p in self.parties)


@dataclass(frozen=True, slots=True)
class Way:
    """What a party could take: an estimate in fen a head, the pool, whether that is new, seats opened by place."""

    fen: float
    pool: Pool
    new: bool
    opened: tuple[tuple[Hashable, int], ...]


class Greedy:
    """The office, what suits whom, and the pools opened so far."""

    def __init__(self, problem: Problem, charters: frozenset[str]) -> None:
        self.problem = problem
        self.office = office = Office(problem, FEEDER_MAX_M, charters)
        self.legal = least_legal_minutes(np.array(office.minutes, float), problem.driving)
        self.minute_fen = problem.value_of_time_fen_per_hour / 60
        self.closed: set[int] = set()
        self.lines: dict[tuple[int, str], list[Pool]] = defaultdict(list)
        self.vehicles: dict[int, list[Pool]] = defaultdict(list)
        self.by_stations: dict[tuple[int, int, int], list[int]] = defaultdict(list)
        for i, d in enumerate(problem.departures):
            first = next((c for c in d.calls if c.board), None)
            if first and d.calls[-1].alight:
                self.by_stations[first.stop, d.calls[-1].stop, first.departs_min // DAY_MIN].append(i)
        self.starts = sorted({a for a, _, _ in self.by_stations})
        self.ends = sorted({b for _, b, _ in self.by_stations})
        self.unserved, self.parties = self._parties()
        self.interest = self._interest()

    def _parties(self) -> tuple[int, list[Party]]:
        """People without any boarding stop, and the others, those of the largest groups first."""
        nowhere, found = 0, []
        for d in self.problem.demands:
            if not d.access:
                nowhere += d.party_size * len(d.parties)
                continue
            found += [Party(d.access[0], d.gate, d.party_size, d.release_min, d.due_min, d.barred) for _ in d.parties]
        heads: Counter[tuple[int, int]] = Counter()
        for p in found:
            heads[p.stop, p.gate] += p.size
        return nowhere, sorted(found, key=lambda p: (-heads[p.stop, p.gate], p.stop, p.gate, p.release, -p.size))

    def _interest(self) -> Counter[Hashable]:
        """People by stop, city and day, and by stations and day."""
        wanted: Counter[Hashable] = Counter()
        for p in self.parties:
            for day in range(p.release // DAY_MIN, p.due // DAY_MIN + 1):
                wanted[p.stop, self.city(p), day] += p.size
                for a in self.nearest(p.stop, start=True):
                    for b in self.nearest(p.gate, start=False):
                        wanted["stations", a, b, day] += p.size
        return wanted

    def city(self, p: Party) -> str:
        return self.problem.stops[p.gate].city

    @cache  # noqa: B019 - one plan lives as long as its figures are asked for
    def nearest(self, stop: int, start: bool) -> tuple[int, ...]:
        metres = self.office.metres
        if start:
            return tuple(sorted(self.starts, key=lambda s: metres[stop][s])[:STATIONS_TRIED])
        return tuple(sorted(self.ends, key=lambda s: metres[s][stop])[:STATIONS_TRIED])

    @cache  # noqa: B019
    def hire(self, first: int, last: int, role: Role) -> tuple[float, int]:
        """Fen and seats of the coach that is cheapest a seat; infinite where nobody drives there."""
        found = [(float("inf"), 1)]
        for k in self.office.fleet(first, role):
            c = self.problem.coaches[k]
            by_hour = c.hour_fen * self.legal[first, last] / 60
            found.append((c.fixed_fen + c.km_fen * self.office.metres[first][last] / 1000 + by_hour, c.seats))
        return min(found, key=lambda f: f[0] / f[1])

    @cache  # noqa: B019
    def options(self, stop: int, gate: int, release: int, due: int, barred: frozenset[Mode]) -> tuple[int, ...]:
        """Departures near both ends, inside the window."""
        p = Party(stop, gate, 1, release, due, barred)
        days = range(release // DAY_MIN, due // DAY_MIN + 1)
        near = (
            self.by_stations.get((a, b, day), ())
            for a in self.nearest(stop, start=True)
            for b in self.nearest(gate, start=False)
            for day in days
        )
        return tuple(i for some in near for i in some if suits(self.office, p, i))

    def ways(self, p: Party) -> Iterator[Way]:
        """Everything that a party could take."""
        if Mode.COACH not in p.barred:
            yield from self._direct(p)
        for i in self.options(p.stop, p.gate, p.release, p.due, p.barred):
            if i not in self.closed:
                yield from self._by_vehicle(p, i)

    def _direct(self, p: Party) -> Iterator[Way]:
        minutes = float(self.legal[p.stop, p.gate])
        hire, seats = self.hire(p.stop, p.gate, Role.TRUNK)
        expected = max(
            self.interest[p.stop, self.city(p), d] for d in range(p.release // DAY_MIN, p.due // DAY_MIN + 1)
        )
        alone = self.minute_fen * minutes + hire / min(FULL * seats, max(p.size, expected))
        if p.release + minutes > p.due or hire == float("inf"):
            return
        for pool in self.lines[p.stop, self.city(p)]:
            if min(p.due, pool.due) - max(p.release, pool.release) < minutes + SLACK_MIN:
                continue
            if pool.room["line"] >= p.size:
                aside = min(self.office.minutes[q.gate][p.gate] for q in pool.parties)
                yield Way(self.minute_fen * (minutes + aside), pool, False, ())
            else:
                yield Way(alone, pool, False, (("line", seats),))
        yield Way(alone, Pool(-1), True, (("line", seats),))

    def _by_vehicle(self, p: Party, index: int) -> Iterator[Way]:
        d = self.problem.departures[index]
        first, end = next(c for c in d.calls if c.board), d.calls[-1]
        if Mode.COACH in p.barred and (p.stop, p.gate) != (first.stop, end.stop):
            return
        wanted = self.interest["stations", first.stop, end.stop, first.departs_min // DAY_MIN]
        took = end.arrives_min - first.departs_min + self.legal[p.stop, first.stop] + self.legal[end.stop, p.gate]
        took += self.problem.connections.before(d.mode) * (p.stop != first.stop)
        took += self.problem.connections.after(d.mode) * (p.gate != end.stop)
        for pool in self.vehicles[index]:
            if pool.heads + p.size <= d.seats:
                yield self._way(p, pool, False, float(took), wanted)
        if len(self.vehicles[index]) < d.copies and wanted >= d.min_passengers and p.size <= d.seats:
            yield self._way(p, Pool(index), True, float(took), wanted)

    def _way(self, p: Party, pool: Pool, new: bool, took: float, wanted: int) -> Way:
        d = self.problem.departures[pool.departure]
        first, end = next(c for c in d.calls if c.board), d.calls[-1]
        fen = d.seat_fen + self.minute_fen * took
        fen += d.fixed_fen / min(FULL * d.seats, max(p.size, wanted)) if new else 0
        opened: list[tuple[Hashable, int]] = []
        coaches = (
            (p.stop, first.stop, Role.FEEDER, ("feeder", p.stop)),
            (end.stop, p.gate, Role.LAST_MILE, ("last mile", self.city(p))),
        )
        for start, stop, role, place in coaches:
            if start != stop and pool.room[place] < p.size:
                hire, seats = self.hire(start, stop, role)
                here = self.interest[p.stop, self.city(p), d.day] if role is Role.FEEDER else wanted
                fen += hire / min(FULL * seats, max(p.size, here))
                opened.append((place, seats))
        return Way(fen, pool, new, tuple(opened))

    def place(self, p: Party) -> bool:
        """Give a party what looks cheapest."""
        way = min(self.ways(p), key=lambda w: w.fen, default=None)
        if way is None or way.fen == float("inf"):
            return False
        pool = way.pool
        if way.new:
            (self.lines[p.stop, self.city(p)] if pool.departure < 0 else self.vehicles[pool.departure]).append(pool)
        for where, seats in way.opened:
            pool.room[where] = seats
        places = ("line",) if pool.departure < 0 else (("feeder", p.stop), ("last mile", self.city(p)))
        pool.room.subtract(dict.fromkeys(places, p.size))
        pool.parties.append(p)
        pool.release, pool.due = max(pool.release, p.release), min(pool.due, p.due)
        return True

    def assign(self) -> list[Party]:
        """Pools for everybody, minimums kept; who found none."""
        left = [p for p in self.parties if not self.place(p)]
        while (pool := self._emptiest()) is not None:
            self.closed.add(pool.departure)
            self.vehicles[pool.departure].remove(pool)
            left += [p for p in pool.parties if not self.place(p)]
        return left

    def _emptiest(self) -> Pool | None:
        """The vehicle that lacks the largest share of its minimum."""
        least = {i: self.problem.departures[i].min_passengers for i in self.vehicles}
        short = [pool for i, pools in self.vehicles.items() for pool in pools if pool.heads < least[i]]
        return min(short, key=lambda pool: pool.heads / least[pool.departure], default=None)

    def journey(self, departure: int, parties: Sequence[Party]) -> Journey | None:
        """Real coaches for people who share vehicles; perhaps not for all of them, and None for nobody."""
        if departure < 0:
            return direct(self.office, parties)
        booked = self.office.booked[departure]
        self.office.booked[departure] = 0  # each copy is paid for
        found = by_departure(self.office, parties, departure, self.city)
        self.office.booked[departure] = booked
        least = self.problem.departures[departure].min_passengers
        if found is None or sum(p.size for p in found.parties) < least or not self._to_be_had(found):
            return None
        return found

    def _to_be_had(self, j: Journey) -> bool:
        """Whether there are as many coaches: the hand practice does not count those of one journey's own roles."""
        wanted = Counter((load.coach, load.day) for load in j.loads)
        left = self.problem.coaches
        return all(n + self.office.hired[c, day] <= left[c].available_per_day for (c, day), n in wanted.items())

    def carry_out(self, left: list[Party]) -> None:
        """Book real coaches and vehicles, the largest pools first."""
        pools = [pool for some in (*self.lines.values(), *self.vehicles.values()) for pool in some]
        for pool in sorted(pools, key=lambda pool: -pool.heads):
            found = self.journey(pool.departure, pool.parties)
            if found:
                self.office.book(found)
            carried = set(found.parties) if found else set()
            left += [p for p in pool.parties if p not in carried]
        self._alone(left)

    def _alone(self, left: Iterable[Party]) -> None:
        """What the hand practice finds for those whom no pool carries: by stop, gate and window, then one by one."""
        stations: dict[tuple[int, int], list[int]] = defaultdict(list)
        for i, d in enumerate(self.problem.departures):
            if d.offer_id not in self.office.charters:
                stations[d.calls[0].stop, d.calls[-1].stop].append(i)
        alike: dict[Hashable, list[Party]] = defaultdict(list)
        for p in left:
            alike[p.stop, p.gate, p.release, p.due, p.barred].append(p)
        for group in alike.values():
            together = carry(self.office, group, stations, self.city)
            for some in [group] if together else [[p] for p in group]:
                found = together or carry(self.office, some, stations, self.city)
                if found and self._to_be_had(found):
                    self.office.book(found)
                else:
                    self.unserved += sum(p.size for p in some)

    def merge(self, ends: float) -> None:
        """Let dear journeys join others while there is time and that helps."""

        def enough() -> bool:
            return time.monotonic() > ends

        before = -1
        while before != len(self.office.journeys) and not enough():
            before = len(self.office.journeys)
            for j in sorted(self.office.journeys, key=lambda j: -self.office.worth(j) / sum(p.size for p in j.parties)):
                if enough():
                    return
                if j in self.office.journeys:
                    self._join(j, enough)

    def _join(self, j: Journey, enough: Callable[[], bool]) -> None:
        if not self._may_leave(j):
            return
        others = [o for o in self.office.journeys if o is not j and self._could_join(j, o)]
        others.sort(key=lambda o: abs(o.parties[0].release - j.parties[0].release))
        for other in others[:MERGES_TRIED]:
            if enough():
                return
            self._unbook(j)
            self._unbook(other)
            both = self.journey(other.departure, (*other.parties, *j.parties))
            whole = both is not None and len(both.parties) == len(other.parties) + len(j.parties)
            if both and whole and self.office.worth(both) < self.office.worth(j) + self.office.worth(other):
                self.office.book(both)
                return
            self.office.book(j)
            self.office.book(other)

    def _could_join(self, j: Journey, other: Journey) -> bool:
        if any(Mode.COACH in p.barred for p in j.parties):
            return False
        if other.departure < 0:
            a, b = j.parties[0], other.parties[0]
            alike = a.stop == b.stop or self.city(a) == self.city(b)
            return alike and max(a.release, b.release) + DAY_MIN <= min(a.due, b.due)
        d, heads = self.problem.departures[other.departure], sum(p.size for p in j.parties)
        charter = d.offer_id in self.office.charters
        aboard = sum(p.size for p in other.parties) if charter else self.office.booked[other.departure]
        coming = 0 if other.departure == j.departure and not charter else heads
        return aboard + coming <= d.seats and all(suits(self.office, p, other.departure) for p in j.parties)

    def _may_leave(self, j: Journey) -> bool:
        """Whether nobody else counts on these people for a minimum or a hire."""
        if j.departure < 0:
            return True
        d = self.problem.departures[j.departure]
        alone = self.office.booked[j.departure] == sum(p.size for p in j.parties)
        return alone or d.offer_id in self.office.charters or (d.fixed_fen == 0 and d.min_passengers <= 1)

    def _unbook(self, j: Journey) -> None:
        self.office.hired.subtract((load.coach, load.day) for load in j.loads)
        if j.departure >= 0:
            self.office.booked[j.departure] -= sum(p.size for p in j.parties)
        self.office.journeys.remove(j)


def greedy_plans(problem: Problem, charters: frozenset[str], merging_s: Sequence[float]) -> Iterator[dict[str, Any]]:
    """Figures of the greedy plan after so many seconds of merging each, as ``hand_plan.figures`` names them, and the
    seconds it took from the start.
    """
    start = time.monotonic()
    greedy = Greedy(problem, charters)
    greedy.carry_out(greedy.assign())
    placed = time.monotonic()
    for seconds in merging_s:
        greedy.merge(placed + seconds)
        yield {**figures(greedy.office, greedy.unserved), "seconds": time.monotonic() - start}
