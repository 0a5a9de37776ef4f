"""The exhaustive search itself: timetables worked out by hand, a reference, the search that leaves nothing out."""

import random
from dataclasses import replace

import exhaustive
import pytest
from coarse import ALWAYS, FAR, GRID, NEAR, coarse
from exhaustive import Case, Place, earliest_arrival, earliest_over_starts

from dispatch.model.problem import DrivingRules

RULES = DrivingRules(continuous=120, continuous_night=60, rest=30, swap=30, daily=240)
ANY = Place()


def hours(text):
    """Minutes of times such as ``1+06:30``: a day after the first at half past six."""
    day, clock = text.split("+") if "+" in text else ("0", text)
    return int(day) * 1440 + int(clock[:2]) * 60 + int(clock[3:])


def arrival(drive, start, drivers=1, places=None, distance_m=FAR, rules=RULES, dwell=0):
    found = earliest_arrival(
        drive, places or [ANY] * (len(drive) + 1), hours(start), drivers, distance_m, rules, dwell, GRID
    )
    return None if found is None else f"{found // 1440}+{found % 1440 // 60:02d}:{found % 60:02d}"


@pytest.mark.parametrize(
    ("drive", "start", "drivers", "arrives"),
    [
        ([120], "08:00", 1, "0+10:00"),
        ([150], "08:00", 1, "0+11:00"),  # a rest
        ([240], "08:00", 1, "0+12:30"),
        ([270], "08:00", 1, "1+08:30"),  # the ninth half-hour of a day
        ([270], "08:00", 2, "0+13:30"),  # two changes
        ([480], "08:00", 2, "0+17:30"),  # three
        ([510], "08:00", 2, "1+08:30"),
        ([120], "21:00", 1, "0+23:30"),  # an hour by day, and at ten the night's limit is reached
        ([60], "01:30", 1, "0+05:30"),  # the curfew
        ([90], "05:00", 1, "0+06:30"),  # from six on the count may grow to the day's limit
        ([120, 120], "08:00", 1, "0+12:30"),
    ],
)
def test_a_timetable_by_hand(drive, start, drivers, arrives):
    assert arrival(drive, start, drivers) == arrives


def test_a_stand_at_a_stop_is_a_rest_and_a_change():
    assert arrival([120, 120], "08:00", dwell=30) == "0+12:30"
    assert arrival([120, 120], "08:00", dwell=60) == "0+13:00"
    assert arrival([120, 120, 120], "08:00", drivers=2, dwell=30) == "0+15:00"
    assert arrival([120, 120], "08:00", dwell=30, rules=replace(RULES, rest=60)) == "0+13:00"


def test_waiting_for_a_gate_joins_with_the_stand_there():
    gate = Place(opens=630, closes=720)
    longer = replace(RULES, rest=60)
    assert arrival([120, 120], "08:00", places=[ANY, gate, ANY], dwell=30, rules=longer) == "0+13:00"
    assert arrival([90], "08:00", places=[ANY, gate]) == "0+10:30"
    assert arrival([90], "11:00", places=[ANY, gate]) == "1+10:30"
    assert arrival([90], "11:00", places=[ANY, gate._replace(due=1440)]) is None


def test_a_stop_is_left_no_earlier_than_its_people_are_there():
    assert arrival([60, 60], "08:00", places=[ANY, Place(release=600), ANY]) == "0+11:00"


def test_short_trips_run_through_the_curfew():
    assert arrival([60], "01:30", distance_m=NEAR) == "0+02:30"


def test_a_week_at_the_wheel_ends():
    week = replace(RULES, weekly=480)
    assert arrival([720], "08:00") == "2+12:30"
    assert arrival([720], "08:00", rules=week) == "7+12:30"


def test_a_rest_longer_than_the_dwell_of_another_driver_counts_beside_him():
    rules = replace(RULES, rest=90, swap=30)
    assert arrival([240], "08:00", drivers=2, rules=rules) == "0+12:30"


# road minutes, start -> minutes of an independent implementation under the real rules, one driver
REFERENCE = {
    (160, 5): 160, (160, 20): 180, (320, 18): 340, (320, 19): 360, (640, 5): 1600, (640, 20): 1620, (880, 15): 1860,
    (880, 16): 1880, (880, 19): 2060, (1200, 18): 3120, (1200, 19): 3140, (1360, 16): 3320, (1360, 20): 3500,
}  # fmt: skip


@pytest.mark.parametrize(("drive", "hour"), REFERENCE)
def test_the_reference_is_met(drive, hour):
    real = DrivingRules(swap=20)
    found = earliest_arrival([drive], [ANY, ANY], hour * 60, 1, drive * 1250, real, 0, 20)
    assert found - hour * 60 == REFERENCE[drive, hour]


@pytest.mark.parametrize(("drive", "hour", "minutes"), [(160, 20, 165), (320, 18, 325), (320, 19, 330)])
def test_the_reference_is_met_by_two_drivers(drive, hour, minutes):
    found = earliest_arrival([drive], [ANY, ANY], hour * 60, 2, drive * 1250, DrivingRules(), 0, 5, 50_000)
    assert found - hour * 60 == minutes


@pytest.mark.parametrize(("drivers", "seeds", "slots"), [(1, 80, 18), (2, 40, 13)])
def test_leaving_out_what_is_no_better_changes_nothing(drivers, seeds, slots):
    late = 0
    for seed in range(seeds):
        case = coarse(random.Random(seed), drivers, 3, 5, daily=120, weekly=120)
        within = slots * GRID
        best = case.exhaustive().earliest(case.start, within=within)
        assert best == case.exhaustive().earliest(case.start, within=within, prune=False)
        late += best is not None and best > case.start + sum(case.drive)
    assert late > 3


@pytest.mark.parametrize(("drivers", "slots", "daily"), [(1, 20, 90), (2, 14, 60)])
def test_nor_does_it_where_days_and_weeks_pass(drivers, slots, daily, monkeypatch):
    """On a planet with days of four hours and weeks of two days, so that all of them can be tried."""
    monkeypatch.setattr(exhaustive, "DAY", 240)
    monkeypatch.setattr(exhaustive, "WEEK", 480)
    night = {"night_from": 180, "night_to": 60, "curfew_from": 30, "curfew_to": 60}
    arrivals = set()
    for seed in range(40):
        draw = random.Random(seed)
        rules = DrivingRules(90, 60, GRID * draw.randint(1, 2), daily=daily, weekly=daily + 30, swap=GRID, **night)
        drive = [GRID * draw.randint(1, 3), GRID * draw.randint(1, 3)]
        case = Case(drive, [ANY, Place(opens=90, closes=150), ANY], drivers, FAR, rules, GRID, GRID)
        start = GRID * draw.randrange(8)
        best = case.earliest(start, within=slots * GRID)
        assert best == case.earliest(start, within=slots * GRID, prune=False)
        arrivals.add(best is not None and (best - start) // 240)
    assert {0, 1} <= arrivals


def test_each_start_has_its_arrival():
    gate = Place(0, 1440, *ALWAYS)
    found = earliest_over_starts([150], [ANY, gate], [480, 510, 1200, 1320], 1, FAR, RULES, 0, GRID)
    assert found == {480: 660, 510: 690, 1200: 1380}
