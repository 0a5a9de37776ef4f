"""The hand practice that plans are measured against: nobody is left behind, its coaches drive as the rules allow."""

import sys
from array import array
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dispatch.model.problem import ConnectionRules, DrivingRules, Problem, TravelTimes
from dispatch.model.supply import Stop, StopKind
from dispatch.model.units import Position

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "bench"))

from hand_coaches import Office, drive  # noqa: E402 - the bench folder has to be on the path first
from hand_plan import by_hand  # noqa: E402


def arrival(km: int, start: int) -> int:
    """When a coach that leaves at minute ``start`` arrives, one leg at 75 km/h."""
    stops = tuple(Stop(name, name, StopKind.ASSEMBLY, "", "", Position(35, 110)) for name in "AB")
    minutes, metres = km * 60 // 75, km * 1000
    travel = TravelTimes(2, array("i", (0, minutes, minutes, 0)), array("i", (0, metres, metres, 0)), "test")
    epoch = datetime(2026, 2, 27, tzinfo=UTC)
    problem = Problem("x", epoch, 5, stops, travel, (), (), (), DrivingRules(), ConnectionRules(), 1, 5, 1500, {})
    return drive(Office(problem, 400_000, frozenset()), [0, 1], start)[-1][0]


@pytest.mark.parametrize("name", ["dingxi-qingdao-2023", "linfen-2026"])
@pytest.mark.parametrize("per", ["employer", "district", "city"])
def test_the_hand_plan_carries_everybody(name, per):
    hand = by_hand(ROOT / "configs" / f"{name}.yaml", per)
    assert hand["unserved"] == 0
    hours = hand["passenger_hours"] * 15
    assert hand["generalised_cost_cny"] == pytest.approx(hand["cost_cny"] + hours, abs=1)


@pytest.mark.parametrize("start", [300, 480, 720, 1080])
def test_sixteen_hours_of_two_drivers_cost_a_day(start):
    assert arrival(1700, start) == arrival(1700 - 1200, start) + 1440


def test_a_coach_that_meets_the_curfew_stands_until_five():
    assert (
        arrival(300, 23 * 60) == 24 * 60 + 6 * 60 + 20
    )  # two hours to the night rest, then to 02:00, the rest after 05:00


def test_a_short_shuttle_drives_through_the_curfew():
    assert arrival(100, 2 * 60) == 3 * 60 + 20
