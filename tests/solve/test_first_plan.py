"""A first plan is told of within seconds, breaks no rule, and nothing worse ever replaces it."""

from dataclasses import replace
from threading import Event

import numpy as np
import pytest
from crowd import crowd
from rules import FAMILIES
from searching import compiled_of

from dispatch.solve import Limits, solve
from dispatch.solve.bound import group
from dispatch.solve.opening import rides
from dispatch.solve.options import cheapest
from dispatch.solve.partition import Part
from dispatch.solve.parts import Parts
from dispatch.solve.snapshot import empty
from dispatch.solve.threads import side_by_side

FEW = Limits(time_limit_s=20, rounds=12, threads=1)


@pytest.fixture(scope="module")
def problem():
    return crowd()


def express(problem, limits=FEW):
    """What is told of the express plan, and the result of Ctrl-C at that moment."""
    told = []

    def report(progress):
        if progress.stage == "search":
            told.append(progress)
            raise KeyboardInterrupt

    return told, solve(problem, limits, report)


def left(problem, result):
    return sum(problem.demands[n.demand].party_size for n in result.not_served)


def test_ctrl_c_while_the_search_is_prepared_gives_the_express_plan_which_breaks_no_rule(problem):
    told, result = express(problem)
    assert result.interrupted
    assert len(told) == 1
    assert left(problem, result) == 0
    assert [fault for family in FAMILIES.values() for fault in family(problem, result)] == []
    assert (result.bound.value_fen, result.bound.prices) == (0, (0,) * len(group(problem)))


def test_the_express_plan_is_the_same_however_many_threads_make_it(problem):
    assert express(problem)[1] == express(problem)[1] == express(problem, replace(FEW, threads=2))[1]


def test_the_end_is_no_worse_than_the_express_plan(problem):
    first, last = express(problem)[1], solve(problem, FEW)
    assert (left(problem, last), last.objective_fen) <= (left(problem, first), first.objective_fen + 1)


def test_where_the_search_finds_nothing_the_express_plan_comes_back(problem, monkeypatch):
    first = express(problem)[1]
    monkeypatch.setattr(Parts, "improve", lambda self, engine, plan, effort: (empty(len(self.x.unit)), 1))
    begin = Parts.begin

    def nothing(self, engine, outlooks, effort, closes=False, meant=rides):
        return begin(self, engine, outlooks, effort, closes, meant) if closes else empty(len(self.x.unit))

    monkeypatch.setattr(Parts, "begin", nothing)
    monkeypatch.setattr("dispatch.solve.whole._Search.assign", lambda self, seconds: None)
    monkeypatch.setattr("dispatch.solve.whole._Search.mend", lambda self: None)
    monkeypatch.setattr("dispatch.solve.local_search.LocalSearch.serve_left", lambda self, lines: None)
    last = solve(problem, FEW)
    assert (left(problem, last), last.objective_fen) == (left(problem, first), first.objective_fen)


def test_threads_hand_back_in_order_and_do_not_run_ahead():
    begun, go = [], Event()

    def work(i):
        begun.append(i)
        go.wait(5)
        return i * i

    found = side_by_side(work, iter(range(20)), 2)
    go.set()
    assert next(found) == 0
    assert max(begun) < 5
    assert list(found) == [i * i for i in range(1, 20)]


@pytest.mark.parametrize("turn", [0, 1, 7])
def test_parts_share_out_every_coach_once(problem, turn):
    x = compiled_of(problem).instance
    parts = Parts(x, 2, 1)
    parts.turn = turn
    third = np.array_split(np.arange(len(x.unit)), 3)
    none = np.zeros(0, np.int64)
    shares = parts._coaches(empty(len(x.unit)), [Part(units, none, none, none) for units in third])
    assert min(share.min() for share in shares) >= 0
    assert (sum(shares) == x.coach[:, 1, None]).all()


@pytest.mark.parametrize("kept", [2, 6, 40])
def test_the_cheapest_hired_and_the_cheapest_bought_are_kept(kept):
    draw = np.random.default_rng(kept)
    start = np.array([0, 0, 3, 30, 70], np.int64)
    cost, hired = draw.integers(0, 9, 70).astype(float), draw.random(70) < 0.5
    begin, chosen = cheapest(start, cost, hired, kept)
    for k in range(len(start) - 1):
        mine = chosen[begin[k] : begin[k + 1]]
        assert (np.diff(cost[mine]) >= 0).all()
        for kind in (True, False):
            of_kind = np.flatnonzero(hired[start[k] : start[k + 1]] == kind) + start[k]
            expected = np.sort(cost[of_kind])[: kept // 2]
            assert np.sort(cost[mine[hired[mine] == kind]]).tolist() == expected.tolist()
            assert len(set(mine.tolist())) == len(mine)
