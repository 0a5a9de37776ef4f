"""A small valid operation, built by hand: a charter train with feeders and a last mile, a ticket, an overnight coach.

Road, cost and summary are worked out here once more, so that an error of the audit cannot hide in its own test.
"""

import math
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from tiny_timetable import timetable

from dispatch.config import Horizon, InputPaths, Settings
from dispatch.geo.travel import road_times
from dispatch.model.demand import Home, Inputs, Worker
from dispatch.model.plan import Call, CostLine, Leg, Plan, Trip, Unserved
from dispatch.model.problem import Problem
from dispatch.model.supply import Basis, Employer, Mode, Offer, OfferCall, Role, Stop, StopKind
from dispatch.model.units import DailyHours, Position, great_circle_m, yuan_text
from dispatch.network import build_problem, problem_json
from dispatch.plan.bundle import write_bundle

ZONE = ZoneInfo("Asia/Shanghai")
DAY = datetime(2023, 2, 1, tzinfo=ZONE)
PLACES = {
    "A1": (StopKind.ASSEMBLY, 35.00, 104.60),
    "A2": (StopKind.ASSEMBLY, 35.10, 104.40),
    "A3": (StopKind.ASSEMBLY, 35.12, 104.42),
    "R1": (StopKind.RAIL_STATION, 35.05, 104.65),
    "RM": (StopKind.RAIL_STATION, 34.36, 107.20),
    "R2": (StopKind.RAIL_STATION, 36.17, 120.37),
    "E1": (StopKind.GATE, 36.26, 120.03),
    "E2": (StopKind.GATE, 36.30, 120.07),
    "E3": (StopKind.GATE, 35.00, 113.90),
}
CITIES = {"E1": "青岛", "E2": "青岛", "E3": "郑州"}
# what the solver's bound was with one person left out
PRICES_FEN, BOUND_FEN = (196_384, 193_374, 169_459, 193_233, 169_459, 193_293), 2_162_994
SEAT = "621124100"  # the division of somebody whom no assembly point is near
SEAT_AT = Position(35.50, 104.00)
# worker: home, boarding stop, employer, party, guardian, trips with seats
PEOPLE = {
    "W01": ("A1", "", "E1", "P1", "", "F-1 1A, Z-1 1A, L-1 1A"),
    "W02": ("A1", "", "E1", "P1", "", "F-1 1C, Z-1 1C, L-1 1C"),
    "W03": ("A1", "", "E1", "P1", "W01", "F-1 1B, Z-1 1B, L-1 1B"),
    "W04": ("A2", "", "E2", "", "", "F-1 2A, Z-1 1D, L-1 2A"),
    "W05": ("A2", "", "E2", "", "", "F-1 2B, Z-1 1F, L-1 2B"),
    "W06": ("A2", "", "E2", "", "", "F-1 2C, Z-1 2A, L-1 2C"),
    "W07": ("A1", "R1", "E1", "", "", "Z-1 2B, L-1 2D"),
    "W08": ("-", "", "E2", "", "", "F-2 1A, Z-1 2C, L-1 3A"),
    "W09": ("A1", "", "E3", "", "", "D-1 1A"),
    "W10": ("A2", "", "E3", "", "", "D-1 1B"),
    "W11": ("A2", "", "E3", "P2", "", "D-1 1C"),
    "W12": ("A2", "", "E3", "P2", "", "D-1 1D"),
    "W13": ("A1", "R1", "E1", "", "", "T-1 , L-1 3B"),
    "W14": ("A1", "", "E3", "", "", ""),
}
# trip: offer, role, drivers, start, stops with the minutes to wait there
TRIPS = {
    "F-1": ("C1", Role.FEEDER, 1, "2023-02-01T06:00", "A2 A1 R1"),
    "F-2": ("C1", Role.FEEDER, 1, "2023-02-01T06:30", f"{SEAT} R1"),
    "Z-1": ("Z1", Role.TRUNK, 0, "2023-02-01T10:30", ""),
    "T-1": ("T1", Role.TRUNK, 0, "2023-02-01T09:00", ""),
    "L-1": ("L1", Role.LAST_MILE, 1, "2023-02-01T22:05", "R2 E1 E2"),
    "D-1": ("C1", Role.TRUNK, 2, "2023-02-01T14:00", "A1 A2 E3"),
}


def home(place: str) -> Home:
    code, at = (SEAT, SEAT_AT) if place == "-" else (f"62112210{place[1]}", Position(*PLACES[place][1:]))
    county = "渭源县" if place == "-" else "陇西县"
    return Home("甘肃省定西市", "township", code, "某镇", code[:6], county, "某镇", at, at)


def worker(worker_id: str) -> Worker:
    place, board, employer, party, guardian, _ = PEOPLE[worker_id]
    born = date(2012, 3, 3) if guardian else date(1985, 5, 5)
    return Worker(
        worker_id, "某某", "", "", born, "", home(place), board, employer, DAY, DAY + timedelta(days=2, hours=20),
        party, guardian, frozenset({Mode.FLIGHT}), "", "", "workers.csv", 1,
    )  # fmt: skip


def coach(offer_id: str, base: str, role: Role, **changes) -> Offer:
    return replace(
        Offer(
            offer_id, Mode.COACH, Basis.CHARTER, "客运", "37座客车", 37, "2+2", 3, DAY.date(), DAY.date(), base, (),
            120_000, 963, 4_500, 100, 1, role, 3,
        ), **changes,
    )  # fmt: skip


def train(offer_id: str, basis: Basis, calls: tuple[OfferCall, ...], **changes) -> Offer:
    return replace(
        Offer(
            offer_id, Mode.TRAIN, basis, "铁路", offer_id, 60, "3+2", 1, DAY.date(), DAY.date(), "", calls, 0, 0, 0, 0,
            0, Role.TRUNK, 7,
        ), **changes,
    )  # fmt: skip


def offers() -> tuple[Offer, ...]:
    long = (
        OfferCall("R1", 630, 630, True, False),
        OfferCall("RM", 720, 725, True, True),
        OfferCall("R2", 1290, 1290, False, True),
    )
    short = (OfferCall("R1", 540, 540, True, False), OfferCall("R2", 1020, 1020, False, True))
    return (
        coach("C1", "A1", Role.ANY),
        coach("L1", "R2", Role.LAST_MILE, available=1),
        train("Z1", Basis.CHARTER, long, fixed_fen=9_000_000, min_passengers=5),
        train("T1", Basis.TICKET, short, seats=6, available=2, seat_fen=45_050),
    )


def inputs() -> Inputs:
    stops = [Stop(k, k, kind, "", "", Position(lat, lon)) for k, (kind, lat, lon) in PLACES.items()]
    night = {"E1": DailyHours(0, 1439), "E2": DailyHours(8 * 60, 2 * 60), "E3": DailyHours(6 * 60, 22 * 60)}
    employers = [Employer(k, k, CITIES[k], "", "", Position(*PLACES[k][1:]), None, hours) for k, hours in night.items()]
    digests = {
        name: letter * 64 for name, letter in zip(("workers", "employers", "stops", "offers"), "abcd", strict=True)
    }
    people = tuple(worker(w) for w in PEOPLE)
    return Inputs(people, tuple(employers), tuple(stops), offers(), (), len(people) + 1, 1, digests)


def settings() -> Settings:
    paths = {name: Path(f"{name}.csv") for name in ("workers", "employers", "stops", "offers")}
    horizon = Horizon(from_date=DAY.date(), to_date=DAY.date() + timedelta(days=2))
    return Settings(
        name="small", path=Path("configs/small.yaml"), sha256="f" * 64, inputs=InputPaths(**paths), horizon=horizon
    )


def place(stop_id: str) -> Position:
    return SEAT_AT if stop_id == SEAT else Position(*PLACES[stop_id][1:])


def road(a: str, b: str) -> tuple[int, int]:
    straight = great_circle_m(place(a), place(b))
    kmh = 75 if straight > 60_000 else 45
    return math.ceil(straight * 1.25 / 1000 / kmh * 60), round(straight * 1.25)


def instant(minute: int) -> datetime:
    return DAY + timedelta(minutes=minute)


def routes() -> dict[str, list[tuple[str, str]]]:
    """Trips and seats of each person, in order."""
    ways = {w: [tuple(part.split(" ")) for part in row[5].split(", ") if part] for w, row in PEOPLE.items()}
    return {w: way for w, way in ways.items() if way}


def raw_calls(trip_id: str) -> list[tuple[str, int, int]]:
    """(stop or empty, arrives, departs) in minutes of the first day."""
    offer_id, _, drivers, start, stops = TRIPS[trip_id]
    if not stops:
        return [(c.stop_id, c.arrives_min, c.departs_min) for o in offers() if o.offer_id == offer_id for c in o.calls]
    names = stops.split(" ")
    legs = [road(a, b) for a, b in pairwise(names)]
    begins = int((datetime.fromisoformat(start).replace(tzinfo=ZONE) - DAY).total_seconds() // 60)
    run = timetable([minutes for minutes, _ in legs], begins, drivers, curfew=sum(m for _, m in legs) > 200_000)
    return [("" if stop is None else names[stop], arrives, departs) for stop, arrives, departs in run]


def legs() -> list[Leg]:
    made = []
    for worker_id, way in routes().items():
        at = PEOPLE[worker_id][1] or (SEAT if PEOPLE[worker_id][0] == "-" else PEOPLE[worker_id][0])
        for number, (trip_id, seat) in enumerate(way, 1):
            calls = raw_calls(trip_id)
            stops = [c[0] for c in calls]
            to = PEOPLE[worker_id][2] if number == len(way) else {"F": "R1"}.get(trip_id[0], "R2")
            a, b = stops.index(at), stops.index(to)
            times = (instant(calls[a][2]), instant(calls[b][1]))
            made.append(Leg(worker_id, number, trip_id, a + 1, b + 1, at, to, *times, seat))
            at = to
    return made


def trip(trip_id: str, aboard: list[Leg]) -> Trip:
    offer = next(o for o in offers() if o.offer_id == TRIPS[trip_id][0])
    board, alight = Counter(x.from_seq for x in aboard), Counter(x.to_seq for x in aboard)
    calls, load, spot = [], 0, place(raw_calls(trip_id)[0][0])
    for seq, (stop, arrives, departs) in enumerate(raw_calls(trip_id), 1):
        load += board[seq] - alight[seq]
        spot = place(stop) if stop else spot
        rest = 0 if stop else departs - arrives
        times = (instant(arrives), instant(departs))
        calls.append(Call(trip_id, seq, stop, stop, spot, *times, board[seq], alight[seq], load, rest))
    metres = sum(road(a, b)[1] for a, b in pairwise(c.stop_id for c in calls if c.stop_id))
    minutes = (calls[-1].arrives_at - calls[0].departs_at).total_seconds() / 60
    cost = offer.fixed_fen + offer.km_fen * metres / 1000 + offer.hour_fen * minutes / 60 + offer.seat_fen * len(aboard)
    return Trip(
        trip_id, offer.offer_id, offer.mode, TRIPS[trip_id][1], offer.operator, offer.vehicle, offer.seats,
        TRIPS[trip_id][2], calls[0].stop_id, calls[-1].stop_id, calls[0].departs_at, calls[-1].arrives_at, len(aboard),
        metres, math.floor(cost + 0.5), tuple(calls),
    )  # fmt: skip


def cost_lines(made: Trip, aboard: list[Leg]) -> list[CostLine]:
    heads = Counter((home(PEOPLE[x.worker_id][0]).county_name, PEOPLE[x.worker_id][2]) for x in aboard)
    left, lines = made.cost_fen, []
    for i, ((county, employer), people) in enumerate(heads.items()):
        share = left if i == len(heads) - 1 else made.cost_fen * people // len(aboard)
        left -= share
        lines.append(CostLine(made.trip_id, county, CITIES[employer], employer, people, share))
    return lines


def plan() -> Plan:
    all_legs = legs()
    aboard = {t: [x for x in all_legs if x.trip_id == t] for t in TRIPS}
    trips = [trip(t, aboard[t]) for t in TRIPS]
    unserved = [Unserved(w, "no_seats", "客满", "加车") for w in PEOPLE if w not in routes()]
    costs = [line for t in trips for line in cost_lines(t, aboard[t.trip_id])]
    return Plan("small", 1, DAY, tuple(trips), tuple(all_legs), tuple(unserved), tuple(costs), summary(trips, all_legs))


def summary(trips: list[Trip], all_legs: list[Leg]) -> dict:
    span = {w: [x for x in all_legs if x.worker_id == w] for w in routes()}
    minutes = sum((x[-1].arrives_at - x[0].departs_at).total_seconds() / 60 for x in span.values())
    money = sum(t.cost_fen for t in trips)
    objective = (money + math.floor(minutes * 1500 / 60 + 0.5)) / 100
    stage, trunk = (
        {"objective": objective, "lower_bound": bound, "gap": (objective - bound) / objective}
        for bound in (BOUND_FEN / 100, round(objective * 0.9, 2))
    )
    own = {"name": "small", "revision": 1, "made_at": DAY.isoformat()}
    spent = {str(m): yuan_text(sum(t.cost_fen for t in trips if t.mode is m)) for m in Mode}
    return own | stage | {
        "rostered": len(PEOPLE) + 1, "accepted": len(PEOPLE), "rejected": 1, "served": len(span),
        "unserved": len(PEOPLE) - len(span), "unserved_lower_bound": 0, "bound_scope": "coaches, train with ends",
        "cost_by_mode": spent, "status": {"search": "feasible", "trunk": "optimal"}, "trunk": trunk, "splits": 0,
        "passenger_hours": round(minutes / 60, 2), "sha256": {**inputs().sha256, "config": "f" * 64}, "seed": 1,
        "bound_prices_fen": list(PRICES_FEN),
    }  # fmt: skip


def problem() -> Problem:
    """The instance, as the network makes it of the inputs."""
    policy = settings().policy.travel
    return build_problem(inputs(), settings(), partial(road_times, entries=(), policy=policy))[0]


def write(folder: Path) -> Path:
    write_bundle(plan(), problem_json(problem()), folder)
    return folder
