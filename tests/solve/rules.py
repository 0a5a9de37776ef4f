"""The hard rules of a solve result, checked call by call; nothing of the search or the audit's families is used."""

from collections import Counter, defaultdict
from itertools import pairwise

from dispatch.model.supply import Mode, Role
from dispatch.model.units import great_circle_m
from dispatch.plan.audit.drivers import Limits, can_be_driven

FORMS = {
    ("trunk",), ("ride",), ("feeder", "ride"), ("ride", "last_mile"), ("feeder", "ride", "last_mile"),
}  # fmt: skip


def calls_of(problem, result, leg):
    if leg.is_coach:
        return [(c.stop, c.arrives_min, c.departs_min) for c in result.runs[leg.index].calls]
    departure = problem.departures[result.used[leg.index].departure]
    return [(c.stop, c.arrives_min, c.departs_min) for c in departure.calls]


def mode_of(problem, result, leg):
    return Mode.COACH if leg.is_coach else problem.departures[result.used[leg.index].departure].mode


def riders(problem, result):
    """Each (is a coach, index): the (people, from call, to call) on it."""
    found = defaultdict(list)
    for way in result.itineraries:
        for leg in way.legs:
            found[leg.is_coach, leg.index].append((problem.demands[way.demand].party_size, leg.from_call, leg.to_call))
    return found


def objective(problem, result):
    """Fen, added up from the runs, the vehicles used and everybody's minutes."""
    on = riders(problem, result)
    total = 0.0
    for i, run in enumerate(result.runs):
        c = problem.coaches[run.coach]
        minutes = run.calls[-1].arrives_min - run.calls[0].departs_min
        total += c.fixed_fen + c.km_fen * run.distance_m / 1000 + c.hour_fen * minutes / 60
        total += c.seat_fen * sum(n for n, _, _ in on[True, i])
    for i, used in enumerate(result.used):
        d = problem.departures[used.departure]
        total += d.fixed_fen + d.seat_fen * sum(n for n, _, _ in on[False, i])
    for way in result.itineraries:
        first, last = way.legs[0], way.legs[-1]
        minutes = (
            calls_of(problem, result, last)[last.to_call][1] - calls_of(problem, result, first)[first.from_call][2]
        )
        total += problem.demands[way.demand].party_size * minutes * problem.value_of_time_fen_per_hour / 60
    return total


def everybody_once(problem, result):
    told = Counter((w.demand, w.party) for w in (*result.itineraries, *result.not_served))
    if told != Counter((d, p) for d, some in enumerate(problem.demands) for p in range(len(some.parties))):
        yield "somebody is missing or told of twice"


def journeys(problem, result):
    for way in result.itineraries:
        d = problem.demands[way.demand]
        form = tuple(str(result.runs[g.index].role) if g.is_coach else "ride" for g in way.legs)
        calls = [calls_of(problem, result, g) for g in way.legs]
        ends = [(c[g.from_call], c[g.to_call]) for c, g in zip(calls, way.legs, strict=True)]
        arrival = ends[-1][1][1]
        hours = problem.stops[d.gate].hours
        checks = {
            "form": form in FORMS,
            "boarding stop": ends[0][0][0] in d.access,
            "gate": ends[-1][1][0] == d.gate,
            "chain": all(a[1][0] == b[0][0] for a, b in pairwise(ends)),
            "release": ends[0][0][2] >= d.release_min,
            "due": arrival <= d.due_min,
            "gate hours": hours is None or hours.contains(arrival),
            "barred": not {mode_of(problem, result, g) for g in way.legs} & d.barred,
            "forward": all(g.from_call < g.to_call for g in way.legs),
        }
        yield from (f"{what}: {way}" for what, holds in checks.items() if not holds)
        for (a, b), (x, y) in zip(pairwise(way.legs), pairwise(ends), strict=True):
            rules = problem.connections
            before = (
                rules.before(mode_of(problem, result, b)) if a.is_coach else rules.after(mode_of(problem, result, a))
            )
            if y[0][2] - x[1][1] < before:
                yield f"connection: {way}"


def loads(problem, result):
    on = riders(problem, result)
    for key in [(True, i) for i in range(len(result.runs))] + [(False, i) for i in range(len(result.used))]:
        is_coach, i = key
        offer = problem.coaches[result.runs[i].coach] if is_coach else problem.departures[result.used[i].departure]
        people = sum(n for n, _, _ in on[key])
        if people < max(1, offer.min_passengers):
            yield f"minimum: {people} on {offer.offer_id}"
        for segment in range(max((t for _, _, t in on[key]), default=0)):
            if sum(n for n, a, b in on[key] if a <= segment < b) > offer.seats:
                yield f"oversold: {offer.offer_id} segment {segment}"
        if is_coach and on[key] and max(a for _, a, _ in on[key]) >= min(b for _, _, b in on[key]):
            yield f"boards after the first alighting: {offer.offer_id}"
        if not is_coach:
            calls = problem.departures[result.used[i].departure].calls
            if not all(calls[a].board and calls[b].alight for _, a, b in on[key]):
                yield f"no boarding or alighting there: {offer.offer_id}"


def supply(problem, result):
    hired = Counter((r.coach, r.calls[0].departs_min // 1440) for r in result.runs)
    for (k, day), n in hired.items():
        c = problem.coaches[k]
        if n > c.available_per_day or not c.first_day <= day <= c.last_day or day >= problem.days:
            yield f"available: {n} of {c.offer_id} on day {day}"
    used = Counter((u.departure, u.copy) for u in result.used)
    if any(n > 1 or copy >= problem.departures[d].copies for (d, copy), n in used.items()):
        yield "a vehicle of a departure is used twice or does not exist"
    for run in result.runs:
        c = problem.coaches[run.coach]
        ends = problem.stops[c.base].position, problem.stops[run.calls[0].stop].position
        if great_circle_m(*ends) > problem.coach_base_m:
            yield f"base: {c.offer_id} starts too far away"
        if c.role not in (Role.ANY, run.role):
            yield f"role: {c.offer_id} as {run.role}"


def squares(problem, result):
    people, coaches = boarded(problem, result)
    for s in problem.squares:
        for what, counts, most in (("people", people, s.people_per_hour), ("coaches", coaches, s.coaches_per_hour)):
            over = {hour: n for (stop, hour), n in counts.items() if stop == s.stop and most is not None and n > most}
            if over:
                yield f"square {s.stop}: {what} by the hour {over}, of {most}"


def boarded(problem, result):
    """People, and coaches, that leave each (stop, clock hour)."""
    people, coaches = Counter(), defaultdict(set)
    for way in result.itineraries:
        for leg in way.legs:
            if leg.is_coach:
                stop, _, departs = calls_of(problem, result, leg)[leg.from_call]
                people[stop, departs // 60] += problem.demands[way.demand].party_size
                coaches[stop, departs // 60].add(leg.index)
    return people, {cell: len(some) for cell, some in coaches.items()}


def runs(problem, result):
    for run in result.runs:
        yield from (f"{what}: {run}" for what in timetable_faults(problem, run))


def timetable_faults(problem, run):
    """What is wrong with the times of one coach: roads, opening hours, curfew, drivers."""
    stops = [c for c in run.calls if c.stop >= 0]
    n, metres = problem.travel.n, 0
    for a, b in pairwise(stops):
        forced = [
            c for c in run.calls if c.stop < 0 and a.departs_min <= c.arrives_min <= c.departs_min <= b.arrives_min
        ]
        rest = sum(c.departs_min - c.arrives_min for c in forced)
        metres += problem.travel.metres[a.stop * n + b.stop]
        if b.arrives_min - a.departs_min - rest != problem.travel.minutes[a.stop * n + b.stop]:
            yield "road time"
    if metres != run.distance_m:
        yield "road metres"
    for c in run.calls:
        hours = problem.stops[c.stop].hours if c.stop >= 0 else None
        if hours is not None and not hours.contains(c.arrives_min):
            yield "a stop is closed"
    rules = problem.driving
    pieces = [(a.departs_min, b.arrives_min) for a, b in pairwise(run.calls) if b.arrives_min > a.departs_min]
    if metres > rules.curfew_exempt_m and any(_meets(p, rules.curfew_from, rules.curfew_to) for p in pieces):
        yield "curfew"
    if metres > rules.second_driver_m and run.drivers < 2:
        yield "second driver"
    limits = Limits(
        rules.continuous, rules.continuous_night, rules.daily, rules.weekly, rules.rest, rules.swap, rules.night_from,
        rules.night_to,
    )  # fmt: skip
    if can_be_driven(pieces, run.drivers, limits) is not True:
        yield "drivers"


def _meets(piece, begins, ends):
    return any(begins <= minute % 1440 < ends for minute in range(*piece))


FAMILIES = {f.__name__: f for f in (everybody_once, journeys, loads, supply, squares, runs)}
