"""An operation of nobody, as large as wanted and without a search: full direct coaches, each with a rest on the way."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from dispatch.config import Horizon, InputPaths, Publish, Settings
from dispatch.language import Language
from dispatch.model.demand import Home, Inputs, Worker
from dispatch.model.plan import Call, Leg, Plan, Trip
from dispatch.model.supply import Basis, Employer, Mode, Offer, Role, Stop, StopKind
from dispatch.model.units import DailyHours, Position

ZONE = ZoneInfo("Asia/Shanghai")
DAY = datetime(2026, 2, 24, tzinfo=ZONE)
A_DAY = 60  # coaches
SEATS = 45
SITES, STOPS = 120, 40
_SURNAMES = "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 马 朱 胡 郭 何 林 高 罗 欧阳 司马"
_GIVEN = "伟 芳 秀英 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 霞 平 刚 建国 小红 玉兰 志强 海燕"
SURNAMES, GIVEN = _SURNAMES.split(), _GIVEN.split()
UNUSUAL = (
    "张𬭎",
    "李𬭛",
    "阿卜杜热合曼·买买提吐尔逊·阿不都克力木江",
    "Nurmuhemmet Abdurehim",
    "<b>王*芳*</b> #let $x$",
)
COUNTIES = ("万荣县", "平陆县", "永济市", "临猗县", "芮城县", "夏县", "闻喜县", "新绛县")
DISTRICTS = (("上海", "浦东新区"), ("上海", "松江区"), ("苏州", "吴江区"), ("义乌", "义乌市"), ("深圳", "宝安区"))
LONG = "精密机械电子零部件制造股份有限公司第二分公司临港新片区重装备产业园生产基地"


def operation(coaches: int, folder: Path, language: Language = "zh") -> tuple[Plan, Inputs, Settings]:
    """Plan, inputs and settings of ``coaches`` full coaches; ``folder`` is the workspace that files go to."""
    trips, legs, workers = [], [], []
    for n in range(coaches):
        own = tuple(_worker(n, seat) for seat in range(SEATS))
        trip = _trip(n)
        trips.append(trip)
        workers += own
        legs += [_leg(trip, seat, worker) for seat, worker in enumerate(own)]
    made = DAY - timedelta(days=5, hours=-9)
    plan = Plan("fleet", 1, made, tuple(trips), tuple(legs), (), (), {})
    files = {"workers": "workers.xlsx", "employers": "employers.csv", "stops": "stops.csv", "offers": "offers.csv"}
    inputs = Inputs(
        tuple(workers), _employers(), _stops(), (_offer(coaches),), (), len(workers), 0, dict.fromkeys(files, "0" * 64)
    )
    settings = Settings(
        name="fleet", path=folder / "configs" / "fleet.yaml", sha256="0" * 64, inputs=InputPaths(**files),
        horizon=Horizon(from_date=DAY.date(), to_date=DAY.date() + timedelta(days=coaches // A_DAY + 2)),
        publish=Publish(language=language, formats=("xlsx", "pdf"), checks=("temperature", "security")),
    )  # fmt: skip
    return plan, inputs, settings


def _worker(coach: int, seat: int) -> Worker:
    n = coach * SEATS + seat
    name = (
        UNUSUAL[n // 97 % len(UNUSUAL)]
        if n % 97 == 0
        else SURNAMES[n % len(SURNAMES)] + GIVEN[(7 * n + n // len(SURNAMES)) % len(GIVEN)]
    )
    born = date(1966 + n % 40, 1 + n % 12, 1 + n % 28)
    stop = _boarding(coach)[seat % 2]
    county = COUNTIES[stop % len(COUNTIES)]
    where = Position(35.0 + stop / 100, 110.8)
    code = f"1408{20 + stop % len(COUNTIES)}"
    home = Home(
        f"{county}{stop}乡", "township", f"{code}1{stop:02d}", f"第{stop}乡", code, county, f"第{stop}乡", where, where
    )
    return Worker(
        f"W{n:05d}", name, _id_number(code, born), "MF"[n % 2], born, f"154{n:08d}", home, f"S{stop}",
        f"E{_gates(coach)[seat % 2]}", DAY, DAY + timedelta(days=30), "", "", frozenset(), "", "一般户",
        "workers.xlsx", n + 2,
    )  # fmt: skip


def _id_number(area: str, born: date) -> str:
    """Nobody's: sequence 000, and the right check digit."""
    body = f"{area}{born:%Y%m%d}000"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def _boarding(coach: int) -> tuple[int, int]:
    return coach % STOPS, (coach + 1) % STOPS


def _gates(coach: int) -> tuple[int, int]:
    return coach * 7 % SITES, (coach * 7 + 1) % SITES


def _site(n: int) -> str:
    return f"华东{n}号{LONG if n % 10 == 0 else '电子有限公司'}"


def _trip(coach: int) -> Trip:
    leaves = DAY + timedelta(days=coach // A_DAY, hours=6, minutes=5 * (coach % A_DAY))
    first, second = SEATS - SEATS // 2, SEATS // 2
    stops, gates = _boarding(coach), _gates(coach)
    # stop, name, hours after leaving, people up, down, aboard after, minutes of rest
    plan = (
        (f"S{stops[0]}", f"第{stops[0]}乡集合点", 0.0, first, 0, first, 0),
        (f"S{stops[1]}", f"第{stops[1]}乡集合点", 0.5, second, 0, SEATS, 0),
        ("", "", 4.0, 0, 0, SEATS, 30),
        (f"E{gates[0]}", _site(gates[0]), 9.0, 0, first, second, 0),
        (f"E{gates[1]}", _site(gates[1]), 9.5, 0, second, 0, 0),
    )
    trip_id = f"C{coach:04d}"
    calls = []
    for seq, (stop, name, after, up, down, aboard, rest) in enumerate(plan, start=1):
        arrives = leaves + timedelta(hours=after)
        departs = arrives + timedelta(minutes=rest or 5)
        calls.append(Call(trip_id, seq, stop, name, Position(35, 112), arrives, departs, up, down, aboard, rest))
    return Trip(
        trip_id, "B45", Mode.COACH, Role.TRUNK, "运城长运集团", "45座客车", SEATS, 2, calls[0].stop_id,
        calls[-1].stop_id, calls[0].departs_at, calls[-1].arrives_at, SEATS, 700_000, 1_000_000, tuple(calls),
    )  # fmt: skip


def _leg(trip: Trip, seat: int, worker: Worker) -> Leg:
    up, down = trip.calls[seat % 2], trip.calls[3 + seat % 2]
    row, letter = divmod(seat, 4)
    times = up.departs_at, down.arrives_at
    place = f"{row + 1}{'ABCD'[letter]}"
    return Leg(worker.worker_id, 1, trip.trip_id, up.seq, down.seq, up.stop_id, down.stop_id, *times, place)


def _employers() -> tuple[Employer, ...]:
    hours = DailyHours(0, 1439)
    return tuple(
        Employer(
            f"E{n}", _site(n), *DISTRICTS[n % 5], f"{DISTRICTS[n % 5][1]}工业大道{n}号", Position(31, 121), None, hours,
            "接待处", "15400000000",
        )
        for n in range(SITES)
    )  # fmt: skip


def _stops() -> tuple[Stop, ...]:
    return tuple(
        Stop(f"S{n}", f"第{n}乡集合点", StopKind.ASSEMBLY, "运城", COUNTIES[n % 8], Position(35 + n / 100, 110.8))
        for n in range(STOPS)
    )


def _offer(coaches: int) -> Offer:
    last = DAY.date() + timedelta(days=coaches // A_DAY)
    return Offer(
        "B45", Mode.COACH, Basis.CHARTER, "运城长运集团", "45座客车", SEATS, "2+2", A_DAY, DAY.date(), last, "S0", (),
        120_000, 960, 4_500, 0, 1, Role.ANY, 3,
    )  # fmt: skip
