"""The policy's driving rules and limits on rides reach the problem and its file."""

import json

import pytest
from roster import built, worker

from dispatch.model.problem import DrivingRules, RideLimits
from dispatch.model.supply import Role
from dispatch.network import problem_json


def made(**policy):
    return built([worker("W1")], **policy)[0]


def test_an_empty_policy_is_what_the_model_takes_as_given():
    assert made().driving == DrivingRules()
    assert made().ride_limits == RideLimits(None, None, None)


@pytest.mark.parametrize(
    ("drive", "metres"),
    [
        ({}, 400_000),
        ({"expressway": True}, 600_000),
        ({"second_driver_km": 350}, 350_000),
        ({"expressway": True, "second_driver_km": 350, "second_driver_expressway_km": 500.5}, 500_500),
        ({"second_driver_expressway_km": 500}, 400_000),
    ],
)
def test_the_second_driver_is_due_by_one_of_two_numbers(drive, metres):
    assert made(drive=drive).driving.second_driver_m == metres


def test_each_kind_of_ride_has_its_own_limit():
    limits = {"feeder_ride_max_min": 90, "last_mile_ride_max_min": 60, "direct_ride_max_min": 1500}
    problem = made(coach=limits)
    assert [problem.ride_limits.of(r) for r in (Role.FEEDER, Role.LAST_MILE, Role.TRUNK)] == [90, 60, 1500]
    assert json.loads(problem_json(problem))["ride_limits"] == {"feeder": 90, "last_mile": 60, "direct": 1500}


def test_squares_reach_the_problem_by_the_number_of_their_stop():
    problem = made(squares={"A1": {"people_per_hour": 300}, "nowhere": {"coaches_per_hour": 1}})
    (square,) = problem.squares
    assert (problem.stops[square.stop].stop_id, square.people_per_hour, square.coaches_per_hour) == ("A1", 300, None)
    written = {"stop": square.stop, "people_per_hour": 300, "coaches_per_hour": None}
    assert json.loads(problem_json(problem))["squares"] == [written]
