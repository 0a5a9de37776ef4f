"""A handful of people, stops and offers as intake would hand them over, each varied by keyword."""

import json
from array import array
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from dispatch.config import Horizon, InputPaths, Policy, Settings
from dispatch.model.demand import Home, Inputs, Worker
from dispatch.model.problem import TravelTimes
from dispatch.model.supply import Basis, Mode, Offer, OfferCall, Role, Stop, StopKind
from dispatch.model.units import DailyHours, Position
from dispatch.network import build_problem

CHINA = timezone(timedelta(hours=8))
FIRST = date(2026, 2, 26)
SEAT = Position(36.5, 111.5)


def at(north_km, east_km=0.0):
    """A point so many kilometres north and (roughly) east of the county's middle."""
    return Position(36.0 + north_km / 111.195, 111.0 + east_km / 90)


def instant(day, hour=0):
    return datetime(2026, 2, 26, tzinfo=CHINA) + timedelta(days=day, hours=hour)


def home(position=None, **changes):
    values = {
        "text": "临汾市洪洞县", "level": "county", "division_code": "141024", "division_name": "洪洞县",
        "county_code": "141024", "county_name": "洪洞县", "township_name": "", "position": position, "seat": SEAT,
    }  # fmt: skip
    return Home(**values | changes)


def worker(worker_id, **changes):
    values = {
        "name": f"测试{worker_id}", "id_number": "", "sex": "", "born": None, "phone": "15400000001",
        "home": home(at(0)), "boarding_stop": "", "employer_id": "E1", "party": "", "guardian_id": "",
        "ready_at": instant(0, 8), "due_at": instant(2, 20),
        "modes_barred": frozenset(), "needs": "", "funding": "", "file": "workers.xlsx", "row": 4,
    }  # fmt: skip
    return Worker(worker_id=worker_id, **values | changes)


STOPS = (
    Stop("A1", "广场", StopKind.ASSEMBLY, "临汾市", "洪洞县", at(10)),
    Stop("A2", "体育场", StopKind.ASSEMBLY, "临汾市", "洪洞县", at(5)),
    Stop("A9", "远处", StopKind.ASSEMBLY, "临汾市", "洪洞县", at(90)),
    Stop("R1", "西站", StopKind.RAIL_STATION, "临汾市", "尧都区", at(3)),
    Stop("R2", "苏州站", StopKind.RAIL_STATION, "苏州市", "姑苏区", at(0, 800)),
    Stop("R9", "没有车的站", StopKind.RAIL_STATION, "苏州市", "姑苏区", at(1, 800)),
    Stop("E1", "甲电子", StopKind.GATE, "苏州市", "吴中区", at(2, 810), DailyHours(480, 1080)),
    Stop("E2", "乙机械", StopKind.GATE, "苏州市", "昆山市", at(4, 810)),
)


def offer(offer_id="C1", mode=Mode.COACH, **changes):
    calls = (OfferCall("R1", 540, 540, True, False), OfferCall("R2", 1500, 1500, False, True))
    values = {
        "basis": Basis.CHARTER, "operator": "", "vehicle": "", "seats": 37, "seat_layout": "2+2", "available": 2,
        "from_date": FIRST, "to_date": date(2026, 2, 28), "base_stop": "A1" if mode is Mode.COACH else "",
        "calls": () if mode is Mode.COACH else calls, "fixed_fen": 90_000, "km_fen": 0, "hour_fen": 0, "seat_fen": 0,
        "min_passengers": 0, "role": Role.ANY, "book_days_before": 0,
    }  # fmt: skip
    return Offer(offer_id=offer_id, mode=mode, **values | changes)


def inputs(workers, offers=None, stops=STOPS):
    chosen = (offer(), offer("T1", Mode.TRAIN)) if offers is None else offers
    return Inputs(tuple(workers), (), tuple(stops), tuple(chosen), (), len(workers), 0, {})


def settings(**policy):
    paths = {name: Path(f"{name}.csv") for name in ("workers", "employers", "stops", "offers")}
    horizon = Horizon(from_date=FIRST, to_date=date(2026, 3, 1))
    known = Policy.model_validate_json(json.dumps(policy))
    return Settings(
        name="x",
        path=Path("configs/x.yaml"),
        sha256="0" * 64,
        inputs=InputPaths(**paths),
        horizon=horizon,
        policy=known,
    )


def no_roads(stops):
    n = len(stops)
    return TravelTimes(n, array("i", [1] * n * n), array("i", [1] * n * n), "none")


def built(workers, offers=None, stops=STOPS, **policy):
    """The problem and its notices."""
    return build_problem(inputs(workers, offers, stops), settings(**policy), no_roads)


def ids(problem, indices):
    return [problem.stops[i].stop_id for i in indices]
