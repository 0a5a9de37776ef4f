"""The least change that gives a party a way, for each reason why it has none; and how a change is made to a problem."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from itertools import combinations

from dispatch.model.problem import CoachType, Demand, Problem, Remedy, RideLimits
from dispatch.model.supply import Mode, Role
from dispatch.model.units import DAY_MIN, DailyHours
from dispatch.solve.reasons import CONNECTIONS, WITHOUT, without_driving_rules
from dispatch.solve.ways import ALWAYS, NEVER, Terms, Way, Ways

NEW_SEATS = 50  # of a coach that is to be asked for, at most, where a party does not need more
NEW_DAYS = 40  # on which a coach to be asked for is tried


class Remedies:
    """Remedies for single demands of one problem; ``people`` of a demand are left out, in whole parties."""

    def __init__(self, ways: Ways) -> None:
        self.ways = ways
        self.problem = ways.problem

    def of(self, code: str, demand: Demand, people: int) -> tuple[Remedy, ...]:
        """Remedies for a code other than ``capacity`` and ``minimum_not_reached``, which depend on the plan."""
        terms = self.ways.terms(demand, people)
        window = self.window(demand, terms)
        own: Callable[[Demand, Terms], Iterator[Remedy]] | None = {
            "party_too_large": self._smaller_parties,
            "barred": self._allowed,
            "ride_limit": self._longer_rides,
            "gate_hours": self._longer_hours,
            "connection": self._shorter_connections,
            "no_coach_near": self._wider_bases,
        }.get(code)
        found = [*(own(demand, terms) if own else ()), *window]
        if code in ("no_coach_near", "no_offer", "party_too_large", "no_offer_in_window") and len(found) < 2:
            found += self._new_coach(demand, people)
        return tuple(found)

    def window(self, demand: Demand, terms: Terms) -> list[Remedy]:
        """Later reporting, and earlier leaving, by whole days; the fewer days first."""
        found = []
        arrives = self.ways.first_arrival(demand, terms)
        if arrives is not None and arrives.arrives > demand.due_min:
            found.append(self._later(demand, arrives.arrives))
        departs = self.ways.last_departure(demand, terms)
        if departs is not None and departs.departs < demand.release_min:
            days = -(-(demand.release_min - departs.departs) // DAY_MIN)
            start = max(0, demand.release_min - days * DAY_MIN)
            values = (("days", str(days)), ("from", self._instant(start)), ("at", self._instant(departs.departs)))
            found.append(Remedy("ready_earlier", values))
        return sorted(found, key=lambda r: int(dict(r.values)["days"]))

    def _later(self, demand: Demand, arrives: int) -> Remedy:
        days = -(-(arrives - demand.due_min) // DAY_MIN)
        due = demand.due_min + days * DAY_MIN
        code = "report_later" if due < self.problem.days * DAY_MIN else "longer_horizon"
        values = (("days", str(days)), ("until", self._instant(due)), ("at", self._instant(arrives)))
        return Remedy(code, values)

    def rules_of_the_road(self, demand: Demand, people: int) -> tuple[tuple[str, str], ...]:
        """What the text about driving hours names: the rules that alone make it too late, and the road's length."""
        terms = self.ways.terms(demand, people)
        alone = [
            rule
            for rule, changed in WITHOUT
            if self.ways.possible(demand, replace(terms, driving=replace(terms.driving, **changed)))
        ]
        free = replace(terms, driving=without_driving_rules(terms.driving))
        way = self.ways.first_arrival(demand, free)
        metres = max((int(self.ways.metres[c.start_stop, c.end_stop]) for c in way.coaches), default=0) if way else 0
        return ("rules", ", ".join(alone or [rule for rule, _ in WITHOUT])), ("km", str(round(metres / 1000)))

    def _smaller_parties(self, demand: Demand, terms: Terms) -> Iterator[Remedy]:
        seats = {c.seats for c in self.problem.coaches} | {d.seats for d in self.problem.departures}
        for most in sorted((s for s in seats if s < demand.party_size), reverse=True):
            if self.ways.possible(replace(demand, party_size=most), terms):
                groups = -(-demand.party_size // most)
                yield Remedy("split", (("groups", str(groups)), ("most", str(most)), ("size", str(demand.party_size))))
                return

    def _allowed(self, demand: Demand, terms: Terms) -> Iterator[Remedy]:
        barred = [m for m in (Mode.TRAIN, Mode.COACH, Mode.FLIGHT) if m in demand.barred]
        for many in range(1, len(barred) + 1):
            found = [
                modes
                for modes in combinations(barred, many)
                if self.ways.possible(replace(demand, barred=demand.barred.difference(modes)), terms)
            ]
            for modes in found:
                yield Remedy("allow", (("modes", " ".join(modes)),))
            if found:
                return

    def _longer_rides(self, demand: Demand, terms: Terms) -> Iterator[Remedy]:
        """One limit where one is enough, else the feeders' and the last miles' together."""
        limited = [f.name for f in fields(RideLimits) if getattr(terms.rides, f.name) is not None]
        alone = [f for f in limited if self.ways.possible(demand, _with_limit(terms, f, None))]
        for field in alone:
            yield self._ride_limit(demand, terms, field)[0]
        if not alone:
            first, eased = self._ride_limit(demand, _with_limit(terms, "last_mile", None), "feeder")
            eased = _with_limit(eased, "last_mile", terms.rides.last_mile)
            yield replace(first, also=(self._ride_limit(demand, eased, "last_mile")[0],))

    def _ride_limit(self, demand: Demand, terms: Terms, field: str) -> tuple[Remedy, Terms]:
        now = int(getattr(terms.rides, field))
        most = now + 1
        while not self.ways.possible(demand, _with_limit(terms, field, most)) and most < NEVER:
            most *= 2
        minutes = _least(now, most, lambda m: self.ways.possible(demand, _with_limit(terms, field, m)))
        key = f"policy.coach.{field}_ride_max_min"
        values = (("rule", key), ("role", field), ("minutes", str(minutes)), ("now", str(now)))
        return Remedy("ride_limit", values), _with_limit(terms, field, minutes)

    def _longer_hours(self, demand: Demand, terms: Terms) -> Iterator[Remedy]:
        """The least extension of the hours at either end: to when somebody could first arrive, or must have arrived."""
        now = terms.hours
        clocks = set()
        for way in self.ways.in_window(demand, replace(terms, hours=ALWAYS)):
            clocks.add(way.arrives % DAY_MIN)
            if way.coaches and way.coaches[-1].end_stop == demand.gate:
                clocks.add(demand.due_min % DAY_MIN)
        opened = [((now.opens_min - c) % DAY_MIN, DailyHours(c, now.closes_min)) for c in clocks]
        closed = [((c - now.closes_min) % DAY_MIN, DailyHours(now.opens_min, c)) for c in clocks]
        for _, hours in sorted(opened + closed, key=lambda h: (h[0], h[1].opens_min, h[1].closes_min)):
            if self.ways.possible(demand, replace(terms, hours=hours)):
                values = (
                    ("gate", self.problem.stops[demand.gate].name),
                    ("opens", _clock(hours.opens_min)),
                    ("closes", _clock(hours.closes_min)),
                )
                yield Remedy("open_gate", values)
                return

    def _shorter_connections(self, demand: Demand, terms: Terms) -> Iterator[Remedy]:
        """The connection that lacks the fewest minutes."""
        found = [r for f in CONNECTIONS if (r := self._connection(demand, terms, f)) is not None]
        yield from sorted(found, key=lambda r: int(dict(r.values)["lacking"]))[:1]

    def _connection(self, demand: Demand, terms: Terms, field: str) -> Remedy | None:
        def rules(minutes: int) -> Terms:
            return replace(terms, connections=replace(terms.connections, **{field: minutes}))

        now = int(getattr(terms.connections, field))
        if now == 0 or not self.ways.possible(demand, rules(0)):
            return None
        lacking = _least(0, now, lambda m: self.ways.possible(demand, rules(now - m)))
        way = next(self.ways.in_window(demand, rules(now - lacking)))
        at = self.ways.legs.origin if field.startswith("coach") else self.ways.legs.destination
        departure = self.problem.departures[self.ways.legs.vehicle[way.leg]]
        values = (
            ("field", field),
            ("rule", f"policy.connect.{field}_min"),
            ("minutes", str(now - lacking)),
            ("now", str(now)),
            ("lacking", str(lacking)),
            ("station", self.problem.stops[int(at[way.leg])].name),
            ("offer", departure.offer_id),
            ("date", self._date(departure.day)),
        )
        return Remedy("connection", values)

    def _wider_bases(self, demand: Demand, terms: Terms) -> Iterator[Remedy]:
        stops = sorted({*demand.access, *self.ways.legs.destination.tolist()})
        away = {math.ceil(m / 1000) for m in self.ways.base_distance[:, stops].ravel().tolist() if m > terms.base_m}
        steps = sorted(away)
        if steps and self.ways.possible(demand, replace(terms, base_m=steps[-1] * 1000)):
            at = _least(
                -1, len(steps) - 1, lambda i: self.ways.possible(demand, replace(terms, base_m=steps[i] * 1000))
            )
            yield Remedy("base_km", (("km", str(steps[at])), ("now", str(round(terms.base_m / 1000)))))

    def _new_coach(self, demand: Demand, people: int) -> Iterator[Remedy]:
        """A quote to ask for: a direct coach based at the boarding stop that is in time."""
        way = self._direct_soon(demand, people)
        if way is None:
            return
        most = max(demand.party_size, min(people, NEW_SEATS))
        a_coach = most // demand.party_size
        parties = people // demand.party_size
        values = (
            ("count", str(-(-parties // a_coach))),
            ("seats", str(min(a_coach, parties) * demand.party_size)),
            ("stop", self.problem.stops[way.access].name),
            ("at", str(way.access)),
            ("day", str(way.departs // DAY_MIN)),
            ("date", self._date(way.departs // DAY_MIN)),
        )
        yield Remedy("new_coach", values)

    def _direct_soon(self, demand: Demand, people: int) -> Way | None:
        terms = self.ways.terms(demand, people)
        first = demand.release_min // DAY_MIN
        for day in range(first, min(self.problem.days, demand.due_min // DAY_MIN + 1, first + NEW_DAYS)):
            for a in demand.access:
                way = self.ways.direct_on(demand, terms, a, day)
                if way is not None:
                    return way
        return None

    def _instant(self, minute: int) -> str:
        return f"{self.problem.instant(minute):%Y-%m-%d %H:%M}"

    def _date(self, day: int) -> str:
        return f"{self.problem.instant(day * DAY_MIN):%Y-%m-%d}"


def _least(below: int, enough: int, holds: Callable[[int], bool]) -> int:
    """The least whole number above ``below`` for which a growing property holds, which it does for ``enough``."""
    while enough - below > 1:
        middle = (below + enough) // 2
        below, enough = (below, middle) if holds(middle) else (middle, enough)
    return enough


def _with_limit(terms: Terms, field: str, minutes: int | None) -> Terms:
    return replace(terms, rides=replace(terms.rides, **{field: minutes}))


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def apply(problem: Problem, remedy: Remedy, demand: int) -> Problem:
    """The problem in which a remedy for one demand has been carried out, with all that it asks for beside it."""
    for also in remedy.also:
        problem = apply(problem, also, demand)
    return CHANGES[remedy.code](problem, dict(remedy.values), demand)


Values = dict[str, str]


def _report_later(problem: Problem, v: Values, demand: int) -> Problem:
    due = problem.demands[demand].due_min + int(v["days"]) * DAY_MIN
    problem = replace(problem, days=max(problem.days, due // DAY_MIN + 1))
    return _with_demand(problem, demand, replace(problem.demands[demand], due_min=due))


def _ready_earlier(problem: Problem, v: Values, demand: int) -> Problem:
    start = max(0, problem.demands[demand].release_min - int(v["days"]) * DAY_MIN)
    return _with_demand(problem, demand, replace(problem.demands[demand], release_min=start))


def _allow(problem: Problem, v: Values, demand: int) -> Problem:
    barred = problem.demands[demand].barred - {Mode(m) for m in v["modes"].split()}
    return _with_demand(problem, demand, replace(problem.demands[demand], barred=barred))


def _split(problem: Problem, v: Values, demand: int) -> Problem:
    """Parties of at most ``most``; those of another size become demands of their own at the end."""
    d, most = problem.demands[demand], int(v["most"])
    parts = [p[i : i + most] for p in d.parties for i in range(0, len(p), most)]
    sizes = sorted({len(p) for p in parts}, reverse=True)
    made = [replace(d, party_size=size, parties=tuple(p for p in parts if len(p) == size)) for size in sizes]
    problem = _with_demand(problem, demand, made[0])
    return replace(problem, demands=(*problem.demands, *made[1:]))


def _ride_limit(problem: Problem, v: Values, _: int) -> Problem:
    limits: dict[str, int | None] = {v["role"]: int(v["minutes"])}
    return replace(problem, ride_limits=replace(problem.ride_limits, **limits))


def _open_gate(problem: Problem, v: Values, demand: int) -> Problem:
    gate = problem.demands[demand].gate
    hours = DailyHours(_minute(v["opens"]), _minute(v["closes"]))
    stops = tuple(replace(s, hours=hours) if i == gate else s for i, s in enumerate(problem.stops))
    return replace(problem, stops=stops)


def _connection(problem: Problem, v: Values, _: int) -> Problem:
    return replace(problem, connections=replace(problem.connections, **{v["field"]: int(v["minutes"])}))


def _base_km(problem: Problem, v: Values, _: int) -> Problem:
    return replace(problem, coach_base_m=int(v["km"]) * 1000)


def _new_coach(problem: Problem, v: Values, _: int) -> Problem:
    day = int(v["day"])
    coach = CoachType("", Role.TRUNK, int(v["seats"]), int(v["count"]), day, day, int(v["at"]), 0, 0, 0, 0, 0)
    if problem.coaches:
        like = problem.coaches[0]
        coach = replace(coach, fixed_fen=like.fixed_fen, km_fen=like.km_fen, hour_fen=like.hour_fen)
    return replace(problem, coaches=(*problem.coaches, coach))


def _more_coaches(problem: Problem, v: Values, _: int) -> Problem:
    day = int(v["day"])
    more = replace(problem.coaches[int(v["coach"])], first_day=day, last_day=day, available_per_day=int(v["count"]))
    return replace(problem, coaches=(*problem.coaches, more))


def _more_seats(problem: Problem, v: Values, _: int) -> Problem:
    return _with_departure(problem, int(v["departure"]), lambda seats, copies: (seats + int(v["count"]), copies))


def _more_vehicles(problem: Problem, v: Values, _: int) -> Problem:
    return _with_departure(problem, int(v["departure"]), lambda seats, copies: (seats, copies + int(v["count"])))


def _lower_minimum(problem: Problem, v: Values, _: int) -> Problem:
    least = int(v["minimum"])
    if v["of"] == "coach":
        coaches = [replace(c, min_passengers=least) if i == int(v["at"]) else c for i, c in enumerate(problem.coaches)]
        return replace(problem, coaches=tuple(coaches))
    departures = [
        replace(d, min_passengers=least) if i == int(v["at"]) else d for i, d in enumerate(problem.departures)
    ]
    return replace(problem, departures=tuple(departures))


def _wider_square(problem: Problem, v: Values, _: int) -> Problem:
    limits = {f"{what}_per_hour": int(v[what]) for what in ("people", "coaches") if what in v}
    squares = tuple(replace(s, **limits) if s.stop == int(v["at"]) else s for s in problem.squares)
    return replace(problem, squares=squares)


def _with_departure(problem: Problem, at: int, change: Callable[[int, int], tuple[int, int]]) -> Problem:
    d = problem.departures[at]
    seats, copies = change(d.seats, d.copies)
    changed = replace(d, seats=seats, copies=copies)
    return replace(problem, departures=(*problem.departures[:at], changed, *problem.departures[at + 1 :]))


def _with_demand(problem: Problem, at: int, changed: Demand) -> Problem:
    return replace(problem, demands=(*problem.demands[:at], changed, *problem.demands[at + 1 :]))


CHANGES: dict[str, Callable[[Problem, Values, int], Problem]] = {
    "report_later": _report_later,
    "longer_horizon": _report_later,
    "ready_earlier": _ready_earlier,
    "allow": _allow,
    "split": _split,
    "ride_limit": _ride_limit,
    "open_gate": _open_gate,
    "connection": _connection,
    "base_km": _base_km,
    "new_coach": _new_coach,
    "more_coaches": _more_coaches,
    "more_seats": _more_seats,
    "more_vehicles": _more_vehicles,
    "lower_minimum": _lower_minimum,
    "square": _wider_square,
    "square_people": _wider_square,
    "square_coaches": _wider_square,
    "more_time": lambda problem, _, __: problem,
}
