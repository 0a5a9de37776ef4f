"""Coach timetables under the driving rules, against an independent implementation's table and the audit's judge."""

import random
from dataclasses import replace

import pytest
from rules import timetable_faults
from tiny import problem

from dispatch.model.problem import CoachRun, DrivingRules, RunCall
from dispatch.model.supply import Role
from dispatch.solve.best_start import run_from
from dispatch.solve.compile import compile_instance
from dispatch.solve.options import LeastCosts
from dispatch.solve.schedule import earliest_arrival
from dispatch.solve.state import DRIVE, STOP_CLOSES, STOP_DUE, STOP_OPENS, STOP_RELEASE, new_draft
from dispatch.solve.timetable import next_open, previous_open

RULES = DrivingRules()
# minutes from the start to the arrival: (road km, drivers, hour of the start, minutes), one leg at 75 km/h
KNOWN = [
    (200, 1, 5, 160), (200, 1, 20, 180), (200, 2, 20, 165), (400, 1, 18, 340), (400, 1, 19, 360), (400, 2, 5, 325),
    (400, 2, 19, 330), (800, 1, 5, 1600), (800, 1, 20, 1620), (800, 2, 11, 650), (800, 2, 12, 655), (800, 2, 16, 835),
    (1100, 1, 15, 1860), (1100, 1, 16, 1880), (1100, 1, 19, 2060), (1100, 2, 5, 895), (1100, 2, 10, 905),
    (1100, 2, 11, 1085), (1500, 1, 18, 3120), (1500, 1, 19, 3140), (1500, 2, 12, 1680), (1500, 2, 20, 1685),
    (1700, 1, 16, 3320), (1700, 1, 20, 3500), (1700, 2, 15, 1845), (1700, 2, 16, 1850), (1700, 2, 20, 2030),
    # only with swaps made before a rule asks for them
    (800, 2, 18, 830), (1100, 2, 8, 900), (1100, 2, 12, 1080), (1100, 2, 18, 1080), (1100, 2, 20, 1080),
]  # fmt: skip


def legal(km, drivers, start, rules=RULES):
    open_all_day = [(0, 1440)] * 2
    arrivals = earliest_arrival(
        [km * 60 // 75], [0, 0], [1 << 40] * 2, open_all_day, start, drivers, km * 1000, rules, 5
    )
    return arrivals[1] - start


@pytest.mark.parametrize(("km", "drivers", "hour", "minutes"), KNOWN)
def test_a_long_road_takes_as_long_as_the_rules_make_it(km, drivers, hour, minutes):
    assert legal(km, drivers, hour * 60) == minutes


@pytest.mark.parametrize("drivers", [1, 2])
@pytest.mark.parametrize("hour", range(5, 21))
def test_the_hours_that_all_drivers_may_drive_cost_a_day(hour, drivers):
    full = 600 * drivers  # km that take 480 minutes of each driver
    for km in (1700, 1500, 1400, full + 100):
        assert legal(km, drivers, hour * 60) == legal(km - full, drivers, hour * 60) + 1440


@pytest.mark.parametrize(("start", "minutes"), [(0, 1440), (7 * 60 + 13, 1440), (23 * 60, 180)])
def test_a_timetable_repeats_from_day_to_day(start, minutes):
    for km in (100, 450, 900):
        assert legal(km, 2, start) == legal(km, 2, start + 1440)


def test_the_curfew_stops_a_coach_beyond_its_exemption_only():
    assert legal(200, 1, 2 * 60) == 160 + 20  # a night rest after two hours
    assert legal(250, 1, 2 * 60) == 180 + legal(250, 1, 5 * 60)
    assert legal(250, 1, 2 * 60, replace(RULES, curfew_exempt_m=250_000)) == 200 + 20


def timed(made, drive, hours, release, due, start, drivers, metres):
    """Number of forced stops (-1: cannot be) and the times of a run over all stops of ``made``."""
    n, draft = len(release), new_draft()
    draft.window[DRIVE, : n - 1] = drive
    draft.window[STOP_RELEASE, :n], draft.window[STOP_DUE, :n] = release, due
    draft.window[STOP_OPENS, :n], draft.window[STOP_CLOSES, :n] = zip(*hours, strict=True)
    x = compile_instance(made, LeastCosts(made), (), 6).instance
    return run_from(x, draft, n, start, drivers, metres), draft.out


def random_run(draw):
    """Stops on a line with opening hours, timed from some minute: problem, run (or none), releases."""
    n = draw.randint(2, 6)
    places = {f"G{i}": (draw.uniform(1, 400) * i, 0.0) for i in range(n)}
    hours = {f"G{i}": draw.choice(((0, 1440), (480, 1080), (1260, 360), (840, 850))) for i in range(1, n)}
    made = problem(places, [], days=9, hours=hours)
    drive = [made.travel.minutes[i * n + i + 1] for i in range(n - 1)]
    metres = sum(made.travel.metres[i * n + i + 1] for i in range(n - 1))
    release = [0] * n
    release[draw.randrange(n)] = draw.randint(0, 2000)
    start = release[0] + draw.randint(0, 1439)
    drivers = 2 if metres > RULES.second_driver_m else draw.randint(1, 2)
    spans = [(0, 1440), *(hours[f"G{i}"] for i in range(1, n))]
    forced, out = timed(made, drive, spans, release, [9 * 1440] * n, start, drivers, metres)
    return made, (_run(n, drivers, metres, forced, out) if forced >= 0 else None), release


def _run(n, drivers, metres, forced, out):
    calls = []
    for i in range(n):
        calls.append(RunCall(i, int(out.arrives[i]), int(out.departs[i]), 0))
        rests = out.rests[:forced][out.rests[:forced, 0] == i]
        calls += [RunCall(-1, int(at), int(at + minutes), int(minutes)) for _, at, minutes, _ in rests]
    return CoachRun(0, Role.TRUNK, drivers, tuple(calls), metres)


@pytest.mark.parametrize("seed", range(60))
def test_every_timetable_can_be_driven_and_arrives_in_opening_hours(seed):
    draw = random.Random(seed)
    made, run, release = random_run(draw)
    if run is None:
        return
    assert list(timetable_faults(made, run)) == []
    stops = [c for c in run.calls if c.stop >= 0]
    assert all(c.departs_min >= release[c.stop] for c in stops[:-1])
    assert all(c.departs_min - c.arrives_min >= made.dwell_min for c in stops[1:-1])
    assert all(c.rest_min > 0 for c in run.calls if c.stop < 0)


def test_most_of_the_timetables_tried_exist():
    assert sum(random_run(random.Random(seed))[1] is not None for seed in range(60)) > 50


def test_a_due_time_that_cannot_be_met_gives_no_timetable():
    made = problem({"G1": (0, 0), "G2": (90, 0)}, [])
    for start, due, met in ((600, 700, True), (600, 699, False), (599, 9999, False)):
        forced, _ = timed(made, [100], [(0, 1440)] * 2, [600, 0], [9999, due], start, 1, 90_000)
        assert (forced >= 0) is met


@pytest.mark.parametrize(("hours", "minute", "after", "before"), [
    ((480, 1080), 300, 480, 1080 - 1440), ((480, 1080), 1081, 480 + 1440, 1080), ((480, 1080), 480, 480, 480),
    ((1200, 420), 800, 1200, 420), ((1200, 420), 100, 100, 100), ((0, 1440), 777, 777, 777),
])  # fmt: skip
def test_the_next_and_the_previous_open_minute(hours, minute, after, before):
    for day in (0, 1440):
        assert next_open.py_func(minute + day, *hours) == after + day
        assert previous_open.py_func(minute + day, *hours) == before + day
