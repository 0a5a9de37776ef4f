"""Long coach runs that the driving rules forbid are refused by the name of the rule, with a remedy."""

import pytest
from tiny import coach, demand, problem

from dispatch.solve import Limits, solve
from dispatch.solve.refused import refused_run

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
    assert refused_run(made, made.demands[0], [True, True]).legal_arrival_min == START + 1845


def test_who_may_report_after_the_night_on_the_road_is_brought():
    result = solve(long_road(1700, START + 1845), Limits(60, rounds=20))
    assert result.not_served == ()
    assert result.runs[0].drivers == 2


def test_a_run_late_without_any_rule_is_not_blamed_on_the_rules():
    made = long_road(1700, START + 1000)
    assert refused_run(made, made.demands[0], [True, True]) is None
    assert {n.reason for n in solve(made, Limits(60, rounds=20)).not_served} == {"no_offer_in_window"}
