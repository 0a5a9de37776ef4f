"""A coach offer with gaps in its days, which is one type for each run of days under one id."""

from dataclasses import replace

import pytest
from rules import FAMILIES
from test_warm_start import previous
from tiny import coach, demand, problem

from dispatch.solve import Limits, solve

LIMITS = Limits(20, rounds=20)
DAY = 1440
MONDAY_AND_WEDNESDAY = [coach("C", days=(0, 0)), coach("C", days=(2, 2))]


def operation(coaches, windows, days=3):
    """Three people a window, of whole days from the first to the last."""
    demands = [demand([0], 1, parties=3, release=a * DAY, due=b * DAY + DAY - 1) for a, b in windows]
    return problem({"A1": (0, 0), "G1": (60, 0)}, demands, coaches, days=days)


def test_a_coach_runs_on_its_days_and_nobody_rides_between_them():
    made = operation(MONDAY_AND_WEDNESDAY, [(0, 0), (1, 1), (2, 2)])
    result = solve(made, LIMITS)
    assert [list(check(made, result)) for check in FAMILIES.values()] == [[]] * len(FAMILIES)
    assert {made.day_of(run.calls[0].departs_min) for run in result.runs} == {0, 2}
    assert {n.demand for n in result.not_served} == {1}
    assert result.bound.value_fen <= result.objective_fen


def test_whoever_may_wait_leaves_on_the_next_day_that_it_runs():
    made = operation([coach("C", days=(2, 2))], [(0, 2)])
    result = solve(made, LIMITS)
    assert result.not_served == ()
    assert {made.day_of(run.calls[0].departs_min) for run in result.runs} == {2}


@pytest.mark.parametrize("day", [0, 5, 8, 13])
def test_a_day_far_into_a_long_window_is_found(day):
    made = operation([coach("C", days=(day, day))], [(0, 13)], days=14)
    result = solve(made, LIMITS)
    assert {made.day_of(run.calls[0].departs_min) for run in result.runs} == {day}


def test_windows_that_meet_share_the_day_they_meet_on():
    made = operation([coach("C", seats=9, days=(d, d)) for d in (2, 9)], [(0, 13), (3, 9), (5, 13)], days=14)
    result = solve(made, LIMITS)
    assert result.not_served == ()
    assert [made.day_of(run.calls[0].departs_min) for run in result.runs] == [9]


@pytest.mark.parametrize("day", [0, 1, 3, 5])
def test_the_cheap_coach_of_one_day_is_taken_before_the_dear_one_of_every_day(day):
    dear = coach("P", days=(0, 5), fixed_fen=60_000)
    result = solve(operation([dear, coach("C", days=(day, day))], [(0, 5)], days=6), LIMITS)
    assert [run.coach for run in result.runs] == [1]


def test_the_remedy_for_a_day_between_is_the_day_before_or_after():
    made = operation(MONDAY_AND_WEDNESDAY, [(1, 1)])
    result = solve(made, LIMITS)
    days = {r.code: dict(r.values)["at"][:10] for n in result.not_served for r in n.remedies}
    assert days == {"ready_earlier": f"{made.instant(0):%Y-%m-%d}", "report_later": f"{made.instant(2 * DAY):%Y-%m-%d}"}


def test_each_day_has_its_own_coaches():
    """Two loads a day of one coach a day: the other three go without, on either day."""
    once = [replace(c, seats=3, available_per_day=1) for c in MONDAY_AND_WEDNESDAY]
    result = solve(operation(once, [(0, 0), (0, 0), (2, 2), (2, 2)]), LIMITS)
    assert len(result.runs) == 2
    assert len(result.not_served) == 6


def test_an_earlier_plan_finds_its_coach_among_the_types_of_its_offer():
    whole = operation([coach("C", days=(0, 2))], [(2, 2)])
    before = previous(whole, solve(whole, LIMITS))
    parted = operation(MONDAY_AND_WEDNESDAY, [(2, 2)])
    result = solve(parted, replace(LIMITS, rounds=1), previous=before)
    assert result.not_served == ()
    assert {run.coach for run in result.runs} == {1}
