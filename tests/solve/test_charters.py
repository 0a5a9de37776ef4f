"""Which charters a program opens: never a dearer market than the greedy's, and none that does not stand."""

import numpy as np
import pytest
from crowd import crowd
from searching import compiled_of
from tiny import random_problem

from dispatch.solve import charters as module
from dispatch.solve.charters import Kinds, charters, market_cost
from dispatch.solve.instance import LEAST, SEATS, SIZE, VEHICLE
from dispatch.solve.linear import Answer, Status
from dispatch.solve.opening import market, rides

MADE = [*map(random_problem, range(12)), crowd(), crowd(2)]


def opened(x, m, ride):
    return charters(x, m, ride, 5.0, lambda: 0.0, patient=False)


def stands(x, ride):
    people = np.zeros(len(x.vehicle), np.int64)
    on = np.flatnonzero(ride >= 0)
    np.add.at(people, x.leg[ride[on], VEHICLE], x.unit[on, SIZE])
    return (people <= x.vehicle[:, SEATS]).all() and (people[people > 0] >= x.vehicle[people > 0, LEAST]).all()


@pytest.mark.parametrize("made", MADE)
def test_the_program_never_opens_a_dearer_set(made):
    x = compiled_of(made).instance
    m = market(x, 1.5, 1.4)
    ride = rides(x, m)
    found = opened(x, m, ride)
    assert market_cost(x, m, found) <= market_cost(x, m, ride)
    assert stands(x, found)


def test_the_program_beats_a_plan_without_any_train():
    x = compiled_of(crowd()).instance
    m = market(x, 1.5, 1.4)
    nobody = np.full(len(x.unit), -1, np.int64)
    found = opened(x, m, nobody)
    assert market_cost(x, m, found) < market_cost(x, m, nobody)
    assert stands(x, found)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_wrong_answer_of_the_solver_costs_nothing(monkeypatch, share):
    """That no charter runs, or all of them do."""

    def wrong(rows, *_):
        values = np.full(len(rows.cost), share)
        return Answer(Status.OPTIMAL, values, np.zeros(0), -1e12, -1e12)

    monkeypatch.setattr(module, "minimise", wrong)
    x = compiled_of(crowd()).instance
    m = market(x, 1.5, 1.4)
    ride = rides(x, m)
    found = opened(x, m, ride)
    assert market_cost(x, m, found) <= market_cost(x, m, ride)
    assert stands(x, found)


def test_people_alike_are_one_kind_and_none_is_lost():
    x = compiled_of(crowd()).instance
    k = Kinds.from_market(x, market(x, 1.5, 1.4))
    assert k.heads.sum() == x.unit[:, SIZE].sum()
    assert len(k.heads) <= len(x.unit)
