"""A small but complete plan for publication tests.

A charter train with feeders and last-mile coaches, a direct overnight coach, two receiving cities,
a party with a minor, somebody unserved, and names that mean harm. Everybody is made up.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from dispatch.config import Horizon, InputPaths, Publish, Settings
from dispatch.model.demand import Home, Inputs, Worker
from dispatch.model.plan import Call, CostLine, Leg, Plan, Trip, Unserved
from dispatch.model.supply import Basis, Employer, Mode, Offer, OfferCall, Role, Stop, StopKind
from dispatch.model.units import DailyHours, Position, yuan_text

ZONE = ZoneInfo("Asia/Shanghai")
DAY = datetime(2023, 2, 1, tzinfo=ZONE)
FORMULA, IMAGE, TEMPLATE, RARE = "=cmd|x", "<img src=x onerror=alert(1)>", "${alert(1)}", "张𬭎"
HOSTILE_NAMES = (FORMULA, IMAGE, TEMPLATE, RARE)

PLACES = {
    "S1": ("陇西县文峰镇集合点", StopKind.ASSEMBLY, "定西", "陇西县", 34.985, 104.662),
    "S2": ("陇西县首阳镇集合点", StopKind.ASSEMBLY, "定西", "陇西县", 35.012, 104.471),
    "S3": ("渭源县清源镇集合点", StopKind.ASSEMBLY, "定西", "渭源县", 35.137, 104.211),
    "S4": ("临洮县洮阳镇集合点", StopKind.ASSEMBLY, "定西", "临洮县", 35.377, 103.862),
    "R1": ("定西北站", StopKind.RAIL_STATION, "定西", "安定区", 35.611, 104.593),
    "R2": ("青岛北站", StopKind.RAIL_STATION, "青岛", "李沧区", 36.170, 120.372),
}
EMPLOYERS = {
    "E1": ("青岛海湾电子有限公司", "青岛", "胶州市", 36.265, 120.033),
    "E2": ("../../x", "青岛", "胶州市", 36.301, 120.071),
    "E3": ("CON", "青岛", "城阳区", 36.307, 120.396),
    "E4": ("=HYPERLINK(1)</script><img src=y onerror=alert(2)>", "青岛", "城阳区", 36.296, 120.371),
    "E5": ("上海浦江机械制造股份有限公司第二分公司临港工厂", "上海", "浦东新区", 31.041, 121.779),
    "E6": ("上海松江服装厂", "上海", "松江区", 31.033, 121.228),
}
COUNTIES = {"S1": "陇西县", "S2": "陇西县", "S3": "渭源县", "S4": "临洮县"}
TOWNSHIPS = {"S1": "文峰镇", "S2": "首阳镇", "S3": "清源镇", "S4": "洮阳镇"}
CODES = {"S1": "621122100", "S2": "621122101", "S3": "621123100", "S4": "621124100"}
# (boarding stop, employer, people)
COHORTS = (
    ("S1", "E1", 12),
    ("S1", "E2", 6),
    ("S2", "E3", 8),
    ("S3", "E4", 5),
    ("S3", "E1", 7),
    ("S4", "E5", 9),
    ("S4", "E6", 4),
)
GIVEN = "伟 芳 秀英 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 霞 平 刚"
SURNAMES = "王 李 张 刘 陈 杨 赵 黄 周 吴 欧阳"


def id_number(area: str, born: date) -> str:
    """A made-up ID number: sequence 000 and the right check digit."""
    body = f"{area}{born:%Y%m%d}000"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def at(hours: str, day: int = 0) -> datetime:
    """A clock time so many days after the first day of travel."""
    hour, minute = map(int, hours.split(":"))
    return DAY + timedelta(days=day, hours=hour, minutes=minute)


def _worker(n: int, stop: str, employer: str) -> Worker:
    born = date(1975 + n % 30, 1 + n % 12, 1 + n % 28)
    surnames, given = SURNAMES.split(), GIVEN.split()
    name = surnames[n % len(surnames)] + given[n % len(given)]
    if n < len(HOSTILE_NAMES):
        name = HOSTILE_NAMES[n]
    party, guardian = ("", "")
    if n in (4, 5):
        party, guardian = "家1", "W0004" if n == 5 else ""
        born = date(2008, 2, 1) if n == 5 else date(1980, 2, 2)
    county = COUNTIES[stop]
    home = Home(
        f"甘肃省定西市{county}{TOWNSHIPS[stop]}",
        "township",
        CODES[stop],
        TOWNSHIPS[stop],
        CODES[stop][:6],
        county,
        TOWNSHIPS[stop],
        Position(*PLACES[stop][4:]),
        Position(*PLACES[stop][4:]),
    )
    return Worker(
        worker_id=f"W{n:04d}",
        name=name,
        id_number=id_number(CODES[stop][:6], born),
        sex="MF"[n % 2],
        born=born,
        phone=f"154{n:08d}",
        home=home,
        boarding_stop=stop,
        employer_id=employer,
        ready_at=DAY,
        due_at=at("23:59", 3),
        party=party,
        guardian_id=guardian,
        modes_barred=frozenset(),
        needs="",
        funding=("脱贫户", "监测户", "一般户")[n % 3],
        file="workers.xlsx",
        row=n + 3,
    )


def _place(stop_id: str) -> tuple[str, Position]:
    if stop_id in PLACES:
        return PLACES[stop_id][0], Position(*PLACES[stop_id][4:])
    return EMPLOYERS[stop_id][0], Position(*EMPLOYERS[stop_id][3:])


def _employers() -> tuple[Employer, ...]:
    return tuple(
        Employer(
            key,
            name,
            city,
            district,
            f"{city}市{district}工业园",
            Position(lat, lon),
            None,
            DailyHours(0, 1439),
            "接待处",
            "053200000000",
        )
        for key, (name, city, district, lat, lon) in EMPLOYERS.items()
    )


def _stops() -> tuple[Stop, ...]:
    places = [Stop(k, n, kind, city, d, Position(lat, lon)) for k, (n, kind, city, d, lat, lon) in PLACES.items()]
    gates = [Stop(k, n, StopKind.GATE, city, d, Position(lat, lon)) for k, (n, city, d, lat, lon) in EMPLOYERS.items()]
    return (*places, *gates)


def _offers() -> tuple[Offer, ...]:
    def coach(offer_id: str, seats: int, base: str) -> Offer:
        return Offer(
            offer_id,
            Mode.COACH,
            Basis.CHARTER,
            "陇西运输集团",
            f"{seats}座客车",
            seats,
            "2+2",
            6,
            DAY.date(),
            DAY.date() + timedelta(days=3),
            base,
            (),
            120000,
            960,
            4500,
            0,
            1,
            Role.ANY,
            3,
        )

    train = Offer(
        "T-G2093",
        Mode.TRAIN,
        Basis.CHARTER,
        "国铁兰州局",
        "G2093",
        531,
        "3+2",
        1,
        DAY.date(),
        DAY.date(),
        "",
        (OfferCall("R1", 630, 630, True, False), OfferCall("R2", 1290, 1290, False, True)),
        9_000_000,
        0,
        0,
        0,
        20,
        Role.TRUNK,
        7,
    )
    return coach("C45", 45, "S1"), coach("C37", 37, "S4"), coach("CQ", 45, "R2"), train


# trip: offer, mode, role, drivers, metres, calls as "stop arrives-departs", "-" for a rest, "+" for the next day
TRIPS: dict[str, tuple[str, Mode, Role, int, int, str]] = {
    "F-1": ("C45", Mode.COACH, Role.FEEDER, 1, 128_000, "S2 05:30-05:40, S1 06:20-06:30, R1 08:40-08:40"),
    "F-2": ("C37", Mode.COACH, Role.FEEDER, 1, 96_000, "S3 06:00-06:10, R1 08:30-08:30"),
    "T-G2093-0201": ("T-G2093", Mode.TRAIN, Role.TRUNK, 0, 1_736_000, "R1 10:30-10:30, R2 21:30-21:30"),
    "L-1": ("CQ", Mode.COACH, Role.LAST_MILE, 1, 52_000, "R2 22:05-22:15, E1 23:10-23:15, E2 23:30-23:30"),
    "L-2": ("CQ", Mode.COACH, Role.LAST_MILE, 1, 31_000, "R2 22:10-22:20, E4 22:50-22:55, E3 23:05-23:05"),
    "D-1": (
        "C37",
        Mode.COACH,
        Role.TRUNK,
        2,
        1_985_000,
        "S4 14:00-14:10, - 18:10-18:40, - 22:00-22:20, - +02:00-05:00, - +12:00-12:45, "
        "E6 +17:30-17:35, E5 +19:00-19:00",
    ),
}


def _timetable(trip_id: str) -> list[tuple[str, datetime, datetime]]:
    """(stop or empty, arrives, departs) of each call."""
    calls = []
    for call in TRIPS[trip_id][5].split(", "):
        stop, times = call.split()
        arrives, departs = (at(hours, "+" in times) for hours in times.lstrip("+").split("-"))
        calls.append((stop.strip("-"), arrives, departs))
    return calls


def _routes(worker: Worker) -> list[tuple[str, str, str]]:
    """(trip, boarding stop, alighting stop) of each leg."""
    stop, gate = worker.boarding_stop, worker.employer_id
    if stop == "S4":
        return [("D-1", "S4", gate)]
    feeder, last = ("F-2" if stop == "S3" else "F-1"), ("L-1" if gate in ("E1", "E2") else "L-2")
    return [(feeder, stop, "R1"), ("T-G2093-0201", "R1", "R2"), (last, "R2", gate)]


def _legs(workers: tuple[Worker, ...]) -> tuple[Leg, ...]:
    taken: defaultdict[str, int] = defaultdict(int)
    legs = []
    for worker in workers:
        for number, (trip_id, board, alight) in enumerate(_routes(worker), start=1):
            calls = _timetable(trip_id)
            first, last = (next(i for i, c in enumerate(calls) if c[0] == stop) for stop in (board, alight))
            letters = "ABCDF" if trip_id.startswith("T") else "ABCD"
            row, letter = divmod(taken[trip_id], len(letters))
            taken[trip_id] += 1
            span, seat = (calls[first][2], calls[last][1]), f"{row + 1}{letters[letter]}"
            legs.append(Leg(worker.worker_id, number, trip_id, first + 1, last + 1, board, alight, *span, seat))
    return tuple(legs)


def _calls(trip_id: str, legs: list[Leg]) -> tuple[Call, ...]:
    calls, aboard = [], 0
    raw = _timetable(trip_id)
    position = _place(raw[0][0])[1]
    for seq, (stop, arrives, departs) in enumerate(raw, start=1):
        board, alight = sum(x.from_seq == seq for x in legs), sum(x.to_seq == seq for x in legs)
        aboard += board - alight
        name, position = _place(stop) if stop else ("", position)
        rest = 0 if stop else int((departs - arrives).total_seconds() // 60)
        calls.append(Call(trip_id, seq, stop, name, position, arrives, departs, board, alight, aboard, rest))
    return tuple(calls)


def _trip(trip_id: str, legs: list[Leg], offers: dict[str, Offer]) -> Trip:
    offer_id, mode, role, drivers, metres, _ = TRIPS[trip_id]
    calls, offer = _calls(trip_id, legs), offers[offer_id]
    leaves, ends = calls[0].departs_at, calls[-1].arrives_at
    assert all(a.departs_at <= b.arrives_at for a, b in pairwise(calls))
    cost = (
        offer.fixed_fen
        + offer.km_fen * metres // 1000
        + offer.hour_fen * round((ends - leaves).total_seconds() / 60) // 60
    )
    return Trip(
        trip_id, offer_id, mode, role, offer.operator, offer.vehicle, offer.seats, drivers, calls[0].stop_id,
        calls[-1].stop_id, leaves, ends, len(legs), metres, cost, calls,
    )  # fmt: skip


def _costs(trip: Trip, legs: list[Leg], workers: dict[str, Worker]) -> list[CostLine]:
    heads: defaultdict[tuple[str, str], int] = defaultdict(int)
    for leg in legs:
        worker = workers[leg.worker_id]
        heads[worker.home.county_name, worker.employer_id] += 1
    lines, left, people_left = [], trip.cost_fen, len(legs)
    for (county, employer), people in sorted(heads.items()):
        share = left * people // people_left
        left, people_left = left - share, people_left - people
        lines.append(CostLine(trip.trip_id, county, EMPLOYERS[employer][1], employer, people, share))
    return lines


def _summary(served: int, trips: tuple[Trip, ...]) -> dict[str, object]:
    spent = {mode.value: sum(t.cost_fen for t in trips if t.mode is mode) for mode in Mode}
    return {
        "rostered": served + 2, "accepted": served + 1, "rejected": 1, "served": served, "unserved": 1,
        "cost_by_mode": {mode: yuan_text(cost) for mode, cost in spent.items()},
        "objective": yuan_text(sum(spent.values()) + 150_000), "lower_bound": yuan_text(sum(spent.values()) - 400_000),
        "gap": 0.05, "bound_scope": "direct coaches and feeder-train-last mile", "status": {"trunk": "feasible"},
        "splits": 0, "seed": 1, "travel_times": "estimate",
    }  # fmt: skip


def sample(folder: Path, language: str = "zh", mask: bool = True, **more: object) -> tuple[Plan, Inputs, Settings]:
    """The plan, its inputs, and settings whose workspace is ``folder``; ``more`` are keys of the section publish."""
    cohorts = [(stop, gate) for stop, gate, people in COHORTS for _ in range(people)]
    travelling = tuple(_worker(n, stop, gate) for n, (stop, gate) in enumerate(cohorts))
    left_behind = _worker(len(cohorts), "S4", "E6")
    legs, offers = _legs(travelling), {o.offer_id: o for o in _offers()}
    by_trip = {t: [leg for leg in legs if leg.trip_id == t] for t in TRIPS}
    trips = tuple(_trip(t, by_trip[t], offers) for t in TRIPS)
    workers = {w.worker_id: w for w in travelling}
    costs = tuple(line for trip in trips for line in _costs(trip, by_trip[trip.trip_id], workers))
    unserved = Unserved(left_behind.worker_id, "no_seats", "2月1日临洮县大客车已满", "再加1辆大客车")
    plan = Plan(
        "sample",
        3,
        datetime(2023, 1, 20, 9, 5, tzinfo=ZONE),
        trips,
        legs,
        (unserved,),
        costs,
        _summary(len(workers), trips),
    )
    files = {"workers": "workers.xlsx", "employers": "employers.csv", "stops": "stops.csv", "offers": "offers.csv"}
    inputs = Inputs(
        (*travelling, left_behind), _employers(), _stops(), tuple(offers.values()), (), len(workers) + 2, 1,
        dict.fromkeys(files, "0" * 64),
    )  # fmt: skip
    settings = Settings(
        name="sample", path=folder / "configs" / "sample.yaml", sha256="0" * 64, inputs=InputPaths(**files),
        horizon=Horizon(from_date=DAY.date(), to_date=DAY.date() + timedelta(days=3)),
        # pages are printed where they are looked at: see test_printed_manifests.py
        publish=Publish(language=language, mask=mask, **{"formats": ("xlsx", "csv", "html", "ics"), **more}),
    )  # fmt: skip
    return plan, inputs, settings
