"""Long coach runs that the driving rules forbid are refused by the name of the rule, with a remedy."""

import pytest
from rules import timetable_faults
from tiny import coach, demand, problem

from dispatch.model.problem import DrivingRules, RideLimits
from dispatch.solve import Limits, solve
from dispatch.solve.schedule import earliest_arrival

START = 6 * 60


def long_road(km, due, **changes):
    return problem(
        {"A1": (0, 0), "G1": (km, 0)},
        [demand([0], 1, parties=3, release=START, due=due)],
        coaches=[coach(seats=45)],
        days=9,
        **changes,
    )


@pytest.mark.parametrize(
    ("km", "due_after", "rule"),
    [(1700, 1600, "drive.daily"), (1100, 1000, "drive.curfew"), (600, 483, "drive.continuous")],
)
def test_a_run_that_cannot_be_legal_in_time_is_refused_by_the_rule_that_forbids_it(km, due_after, rule):
    start = 19 * 60 if rule == "drive.curfew" else START
    made = problem(
        {"A1": (0, 0), "G1": (km, 0)},
        [demand([0], 1, parties=3, release=start, due=start + due_after)],
        coaches=[coach(seats=45)], days=9,
    )  # fmt: skip
    result = solve(made, Limits(60, rounds=20))
    assert [n.reason for n in result.not_served] == ["driving_hours"] * 3
    about = dict(result.not_served[0].about)
    assert about["rules"] == rule
    assert about["km"] == str(km)


def test_the_remedy_names_the_first_legal_arrival():
    made = long_road(1700, START + 1500)
    remedies = solve(made, Limits(60, rounds=20)).not_served[0].remedies
    assert [r.code for r in remedies][:1] == ["report_later"]
    assert dict(remedies[0].values)["at"] == f"{made.instant(START + 1845):%Y-%m-%d %H:%M}"


def test_who_may_report_after_the_night_on_the_road_is_brought():
    result = solve(long_road(1700, START + 1845), Limits(60, rounds=20))
    assert result.not_served == ()
    assert result.runs[0].drivers == 2


def test_a_run_late_without_any_rule_is_not_blamed_on_the_rules():
    made = long_road(1700, START + 1000)
    assert {n.reason for n in solve(made, Limits(60, rounds=20)).not_served} == {"no_offer_in_window"}


def test_who_would_only_sit_too_long_in_a_coach_is_told_so():
    made = long_road(600, START + 2000, ride_limits=RideLimits(direct=400))
    assert {n.reason for n in solve(made, Limits(60, rounds=20)).not_served} == {"ride_limit"}
    assert (
        solve(long_road(600, START + 2000, ride_limits=RideLimits(direct=490)), Limits(60, rounds=20)).not_served == ()
    )


def test_a_schedule_is_found_that_only_a_line_of_choices_far_down_the_list_reaches():
    """A feeder of six legs under strict rules."""
    rules = DrivingRules(daily=300, swap=15, rest=45, curfew_from=0, curfew_to=360)
    drive, hours = [69, 39, 117, 77, 108, 90], [(0, 1440)] * 7
    release, due = [0] * 7, [1 << 40] * 6 + [2423]
    assert earliest_arrival(drive, release, due, hours, 1878, 2, 564_000, rules, 5)[-1] == 2423


@pytest.mark.parametrize("swap", [30, 60])
def test_a_swap_longer_than_a_rest_takes_as_long_as_it_says(swap):
    made = long_road(700, START + 3000, driving=DrivingRules(swap=swap))
    result = solve(made, Limits(60, rounds=20))
    assert result.not_served == ()
    assert [list(timetable_faults(made, run)) for run in result.runs] == [[]]
