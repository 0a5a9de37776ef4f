"""The best plan of a tiny instance by trying them all: who goes direct, who on which ride, who shares which coach.

Only for daytime, short roads and wide windows, where no driving rule, closed gate or missing coach can bind.
"""

from functools import cache
from itertools import permutations, product

from dispatch.model.supply import Role


def best_plan(problem):
    """Least generalised cost in fen of a plan that carries everybody."""
    return _Enumeration(problem).best()


class _Enumeration:
    def __init__(self, problem):
        self.p = problem
        self.people = [d for d in problem.demands for _ in d.parties for _ in range(d.party_size)]
        self.vot = problem.value_of_time_fen_per_hour / 60
        self.rides = [
            (d, a, b)
            for d in range(len(problem.departures))
            for a, one in enumerate(problem.departures[d].calls)
            for b, two in enumerate(problem.departures[d].calls)
            if a < b and one.board and two.alight
        ]
        self.load = cache(self.load)
        self.grouped = cache(self.grouped)

    def best(self):
        return min(self.cost(way) for way in product((None, *self.rides), repeat=len(self.people)))

    def cost(self, way):
        direct = frozenset((i, None) for i, ride in enumerate(way) if ride is None)
        on = [(i, ride) for i, ride in enumerate(way) if ride is not None]
        total = self.grouped(Role.TRUNK, direct)
        total += sum(self.hire(d, [r for _, r in on if r[0] == d]) for d in {r[0] for _, r in on})
        for i, (d, a, b) in on:
            calls, person = self.p.departures[d].calls, self.people[i]
            if self.p.departures[d].mode in person.barred:
                return float("inf")
            total += self.vot * (calls[b].arrives_min - calls[a].departs_min)
        for role, end, other in ((Role.FEEDER, 1, 1), (Role.LAST_MILE, 2, 2)):
            for stop in {self.stop(r, end) for _, r in on}:
                some = frozenset((i, r) for i, r in on if self.stop(r, other) == stop and self.needs(role, i, stop))
                total += self.grouped(role, some)
        return total

    def stop(self, ride, end):
        return self.p.departures[ride[0]].calls[ride[end]].stop

    def needs(self, role, i, stop):
        return stop not in self.people[i].access if role is Role.FEEDER else stop != self.people[i].gate

    def hire(self, d, rides):
        """Vehicles and fares of a departure; inf where they do not hold the people or stay below a minimum."""
        departure = self.p.departures[d]
        busiest = max(sum(a <= s < b for _, a, b in rides) for s in range(len(departure.calls)))
        vehicles = max(1, -(-busiest // departure.seats))
        if vehicles > departure.copies or len(rides) < vehicles * departure.min_passengers:
            return float("inf")
        return vehicles * departure.fixed_fen + departure.seat_fen * len(rides)

    def grouped(self, role, some):
        """Least cost of carrying these people of one role on coaches: every partition of them into loads."""
        if not some:
            return 0.0
        first, *others = sorted(some, key=repr)
        best = float("inf")
        for chosen in product((False, True), repeat=len(others)):
            mates = frozenset({first, *(o for o, on in zip(others, chosen, strict=True) if on)})
            alone = self.load(role, mates)
            if alone < best:
                best = min(best, alone + self.grouped(role, some - mates))
        return best

    def load(self, role, some):
        """Least cost of one coach for these people, waiting at the station included."""
        riders = sorted(some, key=repr)
        boards = [self.people[i].access if role is not Role.LAST_MILE else (self.stop(r, 1 + 1),) for i, r in riders]
        gates = {self.people[i].gate if role is not Role.FEEDER else self.stop(r, 1) for i, r in riders}
        types = [c for c in self.p.coaches if c.role in (Role.ANY, role) and c.min_passengers <= len(riders) <= c.seats]
        best = float("inf")
        for chosen in product(*boards):
            for ups in permutations(sorted(set(chosen))):
                for downs in permutations(sorted(gates)):
                    best = min(best, self.route(role, riders, chosen, [*ups, *downs], types))
        return best

    def route(self, role, riders, chosen, route, types):
        n, at, metres, minute = self.p.travel.n, {}, 0, 0
        for i, stop in enumerate(route):
            if i:
                metres += self.p.travel.metres[route[i - 1] * n + stop]
                minute += self.p.travel.minutes[route[i - 1] * n + stop]
            dwell = self.p.dwell_min if 0 < i < len(route) - 1 else 0
            at[stop] = (minute, minute + dwell)
            minute += dwell
        heads = len(riders)
        prices = (c.fixed_fen + c.km_fen * metres / 1000 + c.hour_fen * minute / 60 + c.seat_fen * heads for c in types)
        total = min(prices, default=float("inf"))
        gaps = [self.wait(role, r) for _, r in riders]
        for (i, _), board, gap in zip(riders, chosen, gaps, strict=True):
            if role is Role.FEEDER:
                aboard = minute - at[board][1] + gap - min(gaps) + self.p.connections.coach_to_rail
            elif role is Role.LAST_MILE:
                aboard = at[self.people[i].gate][0] + max(gaps) - gap + self.p.connections.rail_to_coach
            else:
                aboard = at[self.people[i].gate][0] - at[board][1]
            total += self.vot * aboard
        return total

    def wait(self, role, ride):
        """When the ride leaves (feeder) or arrives (last mile); the earliest or the latest sets the coach."""
        if ride is None:
            return 0
        calls = self.p.departures[ride[0]].calls
        return calls[ride[1]].departs_min if role is Role.FEEDER else calls[ride[2]].arrives_min
