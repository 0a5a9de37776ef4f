"""The check finds each way in which an answer may be wrong."""

from dataclasses import replace

import pytest
from flat import coach, flat, routed

from dispatch.solve.routing import MISSING, Request, Shape, violations

POINTS = [(0, 0), (30, 0), (40, 0)]
REQUESTS = [Request(1, (6, 3), 600, 100, 570), Request(2, (4,), 600, 100, 560)]
PROBLEM = flat(POINTS, REQUESTS, [coach(begins=frozenset({2}), min_passengers=5)], Shape.GATHER, ride_limit_min=45)
GOOD = routed(PROBLEM)


def trip(**changes):
    return replace(GOOD, trips=(replace(GOOD.trips[0], **changes),))


def visit(at, **changes):
    visits = list(GOOD.trips[0].visits)
    visits[at] = replace(visits[at], **changes)
    return trip(visits=tuple(visits))


WRONG_ANSWERS = {
    "left out without a word": visit(1, parties=((0, 0),)),
    "counted twice": replace(GOOD, unserved=((1, 0),), left_out=4),
    "nobody's party": replace(GOOD, unserved=((7, 0),)),
    "another place": visit(0, place=1),
    "faster than the road": trip(ends_min=GOOD.trips[0].ends_min - 1),
    "no stand": visit(1, arrives_min=GOOD.trips[0].visits[1].arrives_min + 1),
    "metres": trip(metres=GOOD.trips[0].metres - 1),
    "cost of the trip": trip(cost_fen=GOOD.trips[0].cost_fen - 1),
    "sum of costs": replace(GOOD, cost_fen=GOOD.cost_fen - 1),
    "people": trip(people=12),
    "too few, not said": replace(GOOD, short=(0,)),
    "a start that is none": trip(starts_min=GOOD.trips[0].starts_min + 1),
}

HARDER_PROBLEMS = {
    "seats": {"vehicles": (replace(PROBLEM.vehicles[0], seats=12),)},
    "available": {"vehicles": (replace(PROBLEM.vehicles[0], available=0),)},
    "base": {"vehicles": (replace(PROBLEM.vehicles[0], begins=frozenset({1})),)},
    "minimum": {"vehicles": (replace(PROBLEM.vehicles[0], min_passengers=14),)},
    "ride limit": {"ride_limit_min": 44},
    "dwell": {"dwell_min": 6},
    "hub hours": {"hub_closes": 599},
    "due": {"requests": (REQUESTS[0], replace(REQUESTS[1], hub_min=599))},
    "not ready": {"requests": (REQUESTS[0], replace(REQUESTS[1], earliest=556))},
    "too late": {"requests": (replace(REQUESTS[0], latest=564), REQUESTS[1])},
    "slower road": {"minutes": PROBLEM.minutes * 2},
    "no road": {"metres": PROBLEM.metres + MISSING * (PROBLEM.metres == 10_000)},
}


def test_a_good_answer_passes():
    assert len(GOOD.trips) == 1 and violations(PROBLEM, GOOD) == ()


@pytest.mark.parametrize("name", WRONG_ANSWERS)
def test_an_answer_that_was_tampered_with_is_found(name):
    assert violations(PROBLEM, WRONG_ANSWERS[name])


@pytest.mark.parametrize("name", HARDER_PROBLEMS)
def test_an_answer_to_an_easier_problem_is_found(name):
    assert violations(replace(PROBLEM, **HARDER_PROBLEMS[name]), GOOD)
