"""Who boards at squares with hourly limits in a finished plan, and whether more people could."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import copy

from dispatch.model.problem import Demand, Problem, Remedy, SolveResult
from dispatch.model.supply import Role
from dispatch.model.units import DAY_MIN
from dispatch.solve.ways import NEVER, CoachRide, Terms, Ways

HOUR_MIN = 60


class Boarding:
    """People and coaches that leave each square by the hour; hours count from the epoch."""

    def __init__(self, problem: Problem, result: SolveResult) -> None:
        self.squares = {s.stop: s for s in problem.squares}
        self.people: Counter[tuple[int, int]] = Counter()
        self.coaches: Counter[tuple[int, int]] = Counter()
        seen = set()
        for itinerary in result.itineraries:
            for leg in itinerary.legs:
                call = result.runs[leg.index].calls[leg.from_call] if leg.is_coach else None
                if call is not None and call.stop in self.squares:
                    cell = call.stop, call.departs_min // HOUR_MIN
                    self.people[cell] += problem.demands[itinerary.demand].party_size
                    self.coaches[cell] += (*cell, leg.index) not in seen
                    seen.add((*cell, leg.index))

    def under(self, problem: Problem) -> Boarding:
        """The same plan under another problem's limits."""
        other = copy(self)
        other.squares = {s.stop: s for s in problem.squares}
        return other

    def spread(
        self, ways: Ways, ride: CoachRide, demand: Demand, terms: Terms, parties: int, seats: int
    ) -> tuple[int, tuple[Remedy, ...]]:
        """Coaches that ``parties`` need from the stop of a ride, on its day, ``seats`` of them in each; and how much
        more has to be allowed to leave in an hour, where that is too little.
        """
        square = self.squares.get(ride.start_stop)
        if square is None:
            return -(-parties // seats), ()
        hours = sorted({ride.departs // HOUR_MIN, *_hours(ways, ride, demand, terms)})
        size = demand.party_size

        def coaches(people_most: int, coaches_most: int) -> int:
            return self._coaches(square.stop, hours, parties, size, seats, people_most, coaches_most)

        people_now = square.people_per_hour or NEVER
        coaches_now = square.coaches_per_hour or NEVER
        if count := coaches(people_now, coaches_now):
            return count, ()
        people = _least(people_now, lambda most: coaches(most, NEVER) > 0)
        coaches_most = _least(coaches_now, lambda most: coaches(people, most) > 0)
        stop = ways.problem.stops[square.stop]
        values = [("at", str(square.stop)), ("square", stop.stop_id), ("stop", stop.name)]
        code = "square"
        if people > people_now:
            values += [("people", str(people)), ("people_now", str(people_now))]
        else:
            code = "square_coaches"
        if coaches_most > coaches_now:
            values += [("coaches", str(coaches_most)), ("coaches_now", str(coaches_now))]
        else:
            code = "square_people"
        remedy = Remedy(code, tuple(values))
        return coaches(people, coaches_most), (remedy,)

    def _coaches(
        self, stop: int, hours: Sequence[int], parties: int, size: int, seats: int, people_most: int, coaches_most: int
    ) -> int:
        """Coaches on which so many parties can leave in some of the hours, those with most room first; 0 where not all
        of them can.
        """
        room = []
        for hour in hours:
            fit = max(0, people_most - self.people[stop, hour]) // size
            free = max(0, coaches_most - self.coaches[stop, hour])
            room.append(min(fit, free * seats))
        count = 0
        for most in sorted(room, reverse=True):
            leaving = min(most, parties)
            count += -(-leaving // seats)
            parties -= leaving
        return count if parties == 0 else 0


def _hours(ways: Ways, ride: CoachRide, demand: Demand, terms: Terms) -> Iterator[int]:
    """Clock hours of the ride's day in which such a coach could leave and still be in time."""
    day = ride.departs // DAY_MIN
    limit = {Role.FEEDER: terms.rides.feeder, Role.LAST_MILE: terms.rides.last_mile, Role.TRUNK: terms.rides.direct}
    for hour in range(day * DAY_MIN // HOUR_MIN, (day + 1) * DAY_MIN // HOUR_MIN):
        if ride.role is Role.FEEDER:
            start, due = min(hour * HOUR_MIN + HOUR_MIN - 1, ride.departs), ride.arrives
        elif ride.role is Role.LAST_MILE:
            start, due = max(hour * HOUR_MIN, ride.departs), demand.due_min
        else:
            start, due = max(hour * HOUR_MIN, demand.release_min), demand.due_min
        if start // HOUR_MIN != hour or (ride.role is not Role.LAST_MILE and start < demand.release_min):
            continue
        end = ways.arrival(ride, start, terms)
        if end is not None and end <= due and end - start <= (limit[ride.role] or NEVER):
            yield hour


def _least(now: int, holds: Callable[[int], bool]) -> int:
    """The least whole number from ``now`` on for which a growing property holds."""
    if holds(now):
        return now
    more = 1
    while not holds(now + more):
        more *= 2
    below = now
    enough = now + more
    while enough - below > 1:
        middle = (below + enough) // 2
        below, enough = (below, middle) if holds(middle) else (middle, enough)
    return enough
