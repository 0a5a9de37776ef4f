"""Small problems: places on a flat map in kilometres, roads at one speed, and random instances by seed."""

import math
import random
from array import array
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from dispatch.model.problem import (
    CoachType,
    ConnectionRules,
    Demand,
    Departure,
    DepartureCall,
    DrivingRules,
    Problem,
    TravelTimes,
)
from dispatch.model.supply import Mode, Role, Stop, StopKind
from dispatch.model.units import DailyHours, Position

EPOCH = datetime(2026, 2, 27, tzinfo=ZoneInfo("Asia/Shanghai"))
KMH = 75
DEGREE_KM = 111.195
KINDS = {"A": StopKind.ASSEMBLY, "R": StopKind.RAIL_STATION, "P": StopKind.AIRPORT, "G": StopKind.GATE}


def stop(name, x, y, hours=None):
    """A stop ``x`` km east and ``y`` km north of a corner; its first letter tells its kind."""
    lat = 30 + y / DEGREE_KM
    position = Position(lat, 110 + x / DEGREE_KM / math.cos(math.radians(30)))
    return Stop(name, name, KINDS[name[0]], "", "", position, DailyHours(*hours) if hours else None)


def roads(points):
    """Straight lines at ``KMH``, rounded up, so that no detour is shorter than the straight way."""
    km = [[math.dist(a, b) for b in points] for a in points]
    minutes = array("i", [math.ceil(d * 60 / KMH - 1e-9) for row in km for d in row])
    return TravelTimes(
        len(points), minutes, array("i", [math.ceil(d * 1000 - 1e-6) for row in km for d in row]), "test"
    )


def demand(access, gate, parties=1, size=1, release=0, due=None, barred=(), names=None):
    names = names or count(1)
    people = tuple(tuple(f"W{next(names)}" for _ in range(size)) for _ in range(parties))
    return Demand(tuple(access), gate, release, 1439 if due is None else due, frozenset(barred), size, people)


def coach(offer_id="C", base=0, seats=4, role=Role.ANY, available=9, days=(0, 9), least=1, **prices):
    money = {"fixed_fen": 20_000, "km_fen": 500, "hour_fen": 3_000, "seat_fen": 0} | prices
    return CoachType(offer_id, role, seats, available, *days, base, **money, min_passengers=least)


def train(calls, offer_id="T", mode=Mode.TRAIN, seats=60, copies=1, fixed=0, fare=10_000, least=0, day=0):
    """A departure with calls (stop, arrives, departs); one boards at all but the last, alights at all but the first."""
    last = len(calls) - 1
    made = tuple(DepartureCall(s, a, d, i < last, i > 0) for i, (s, a, d) in enumerate(calls))
    return Departure(offer_id, mode, day, made, seats, copies, fixed, fare, least)


def problem(places, demands, coaches=(), departures=(), days=1, hours=None, **changes):
    """``places`` maps names to (x, y) in km, ``hours`` names to (opens, closes); stops are indexed in that order."""
    hours = hours or {}
    stops = tuple(stop(name, *at, hours.get(name)) for name, at in places.items())
    values = {"driving": DrivingRules(), "connections": ConnectionRules(), "coach_base_m": 150_000, "dwell_min": 5}
    values |= {"value_of_time_fen_per_hour": 1500, "pruned": {}, "travel": roads(list(places.values()))} | changes
    return Problem(
        name="tiny", epoch=EPOCH, days=days, stops=stops, demands=tuple(demands), coaches=tuple(coaches),
        departures=tuple(departures), **values,
    )  # fmt: skip


def scattered(draw, names, x, y, spread):
    return {n: (x + draw.uniform(0, spread), y + draw.uniform(0, spread)) for n in names}


def random_problem(seed):
    """Up to 60 people, scarce coaches with minimums and roles, trains with a stop on the way, a flight, gate hours."""
    draw = random.Random(seed)
    far = draw.choice((90, 260, 520, 1300))
    places = scattered(draw, ("A1", "A2", "A3", "A4"), 0, 0, 70) | scattered(draw, ("R1", "P1"), 20, 20, 30)
    places |= {"R2": (far / 2, 40.0)} | scattered(draw, ("R3", "P2"), far, 20, 30)
    places |= scattered(draw, ("G1", "G2", "G3"), far, 0, 60)
    at = {name: i for i, name in enumerate(places)}
    hours = {g: draw.choice(((0, 1440), (480, 1080), (1200, 420))) for g in ("G1", "G2", "G3")}
    names = count(1)
    demands = [_random_demand(draw, at, names) for _ in range(draw.randint(3, 12))]
    types = [
        coach("C5", at["A1"], 5, available=draw.randint(1, 3), days=(0, 1), fixed_fen=30_000),
        coach("C12", at["A2"], 12, available=1, least=draw.choice((1, 6)), fixed_fen=50_000, seat_fen=300),
        coach("F8", at["R1"], 8, Role.FEEDER, draw.randint(1, 3)),
        coach("L8", at["R3"], 8, Role.LAST_MILE, draw.randint(1, 4), days=(0, 2)),
        coach("L20", at["P2"], 20, Role.LAST_MILE, 2, least=4, fixed_fen=60_000),
    ]
    return problem(places, demands, types, list(_random_departures(draw, at, far)), days=3, hours=hours)


def _random_demand(draw, at, names):
    access = [at[a] for a in draw.sample(("A1", "A2", "A3", "A4", "R1"), draw.randint(1, 3))]
    release = draw.choice((0, 300, 700, 1500))
    barred = draw.choice(((), (), (), (Mode.FLIGHT,), (Mode.TRAIN, Mode.FLIGHT)))
    due = draw.choice((release + 600, 2000, 3000, 4319))
    gate, parties, size = at[f"G{draw.randint(1, 3)}"], draw.randint(1, 4), draw.choice((1, 1, 2, 3))
    return demand(access, gate, parties, size, release, due, barred, names)


def _random_departures(draw, at, far):
    ride = far * 60 // 200 + 10
    for day in range(2):
        start = day * 1440 + draw.randint(420, 900)
        middle = start + ride // 2
        calls = ((at["R1"], start, start), (at["R2"], middle, middle + 3), (at["R3"], start + ride, start + ride))
        yield train(calls, f"T{day}", seats=draw.randint(6, 14), fare=4_000 + 15 * far, day=day)
    start = draw.randint(500, 1100)
    calls = ((at["R1"], start, start), (at["R3"], start + ride, start + ride))
    yield train(calls, "Z", seats=10, copies=2, fixed=60_000 + 100 * far, fare=0, least=draw.choice((0, 6)))
    calls = ((at["P1"], start, start), (at["P2"], start + 100, start + 100))
    yield train(calls, "H", Mode.FLIGHT, draw.randint(3, 8), fare=30_000)
