"""OR-Tools chooses within a part: around what is not the part's, from loads that travel as columns."""

from dataclasses import replace

import numpy as np
import pytest
from crowd import crowd
from ortools.linear_solver.python import model_builder as mb
from searching import compiled_of, engine_of, searched

from dispatch.solve import linear
from dispatch.solve.assignment import Around, Pool, choose_part, rebuild
from dispatch.solve.instance import AVAILABLE, SEATS
from dispatch.solve.linear import Rows, Status, minimise, minimise_over
from dispatch.solve.moves import plan_value
from dispatch.solve.refine import refined_loads
from dispatch.solve.search import SHORT_FEN, UNSERVED_FEN
from dispatch.solve.seen import together
from dispatch.solve.snapshot import riders
from dispatch.solve.state import BOARD, KIND, LEG, MEMBER, MEMBERS, PEOPLE, RIDE, RIDERS, ROUTE, STOPS, WAY
from dispatch.solve.task import Effort


@pytest.fixture(scope="module")
def search():
    return searched(crowd(), rounds=150)


def test_loads_of_accepted_plans_are_remembered_each_once(search):
    seen = search.parts.seen
    assert len(seen.value) > len(search.best.coach)
    assert (seen.coach[:, KIND] >= 0).all()
    names = set()
    for head, row in zip(seen.coach, seen.rows, strict=True):
        m = int(head[MEMBERS])
        members = frozenset(zip(*(row[at : at + m].tolist() for at in (MEMBER, BOARD, LEG)), strict=True))
        names.add((tuple(head.tolist()), tuple(row[: head[STOPS]].tolist()), members))
    assert len(names) == len(seen.value)


def test_of_loads_from_two_tables_the_latest_are_kept(search):
    seen = search.parts.seen
    twice = together([seen, seen], len(seen.value))
    assert len(twice.value) == len(seen.value)
    few = together([seen], 5)
    assert (few.rows == seen.rows[-5:]).all()


@pytest.mark.parametrize("share", [0.3, 0.7, 1.0])
def test_who_is_not_the_parts_stays_and_nothing_is_oversold(search, share):
    x, s = search.x, search.state()
    free = int(share * len(x.unit))
    around, pool = Around.of(x, s, free), Pool()
    pool.add(search.parts.seen)
    pool.collect(search.best)
    choice = choose_part(x, pool, s, around, 20.0)
    assert choice.status is Status.OPTIMAL
    after = rebuild(x, choice, s, around)
    assert (after.unit[free:, [WAY, RIDE]] == s.unit[free:, [WAY, RIDE]]).all()
    assert (after.used <= x.coach[:, AVAILABLE, None]).all()
    assert (after.vehicle[:, 1:] <= x.vehicle[:, SEATS, None]).all()
    assert plan_value(x, after, UNSERVED_FEN, SHORT_FEN) <= plan_value(x, s, UNSERVED_FEN, SHORT_FEN) + 1


def test_seats_and_coaches_that_others_took_are_not_given_again(search):
    x, s = search.x, search.state()
    full = s._replace(vehicle=s.vehicle + 1_000, used=s.used + 1_000)
    around, pool = Around.of(x, full, len(x.unit)), Pool()
    pool.add(search.parts.seen)
    choice = choose_part(x, pool, full._replace(unit=np.full_like(s.unit, -1)), around, 20.0)
    assert (choice.loads, choice.leg_of) == ((), {})


def test_a_task_chooses_from_its_pool_and_says_who_pays_too_much():
    search = searched(crowd(2), rounds=100)
    before = search.best_value
    with engine_of(search) as engine:
        while search.parts.turn % 2 == 0 or not search.parts.dear.any():
            search.advance(engine, Effort(5, 0.0, (1.0, 1.0)))
            assert search.parts.turn < 9
    assert search.best_value <= before
    assert (search.parts.dear >= 0).all()


def test_seen_loads_of_large_units_hold_the_same_people_by_small_ones():
    made = crowd()
    search = searched(made, most=12, apart=False)
    fine = compiled_of(made, most=12, apart=True)
    loads = refined_loads(search.compiled, fine, search.parts.seen)
    assert len(fine.units) > len(search.compiled.units)
    load, position = riders(loads.rows, loads.coach)
    sizes = np.array([u.size for u in fine.units])
    people = np.bincount(load, sizes[loads.rows[load, MEMBER + position]], len(loads.coach))
    assert (people == loads.coach[:, PEOPLE]).all()
    assert loads.rows.shape[1] == ROUTE + 3 * RIDERS
    assert (loads.rows[load, LEG + position] >= -1).all()


def partition(seed):
    """Sets that cover twelve things, and a cover that is known."""
    draw, rows = np.random.default_rng(seed), Rows()
    sets = [[i] for i in range(12)] + [draw.choice(12, 3, replace=False).tolist() for _ in range(60)]
    columns = [rows.column(float(10 + draw.integers(10) + 4 * len(s)), 1.0, True) for s in sets]
    for i in range(12):
        mine = [c for c, s in zip(columns, sets, strict=True) if i in s]
        rows.row(mine, [1.0] * len(mine), 1.0, np.inf)
    return rows, list(range(12)), sum(rows.cost[:12])


@pytest.mark.parametrize("seed", range(6))
def test_columns_closed_by_their_reduced_costs_are_in_no_better_answer(seed):
    rows, hint, known = partition(seed)
    loose, found = minimise_over(rows, 10.0, hint, known)
    assert found.objective == pytest.approx(minimise(rows, "scip", 10.0).objective)
    assert loose.objective <= found.objective + 1e-6
    assert rows.upper == [1.0] * len(rows.cost)


def test_wrong_prices_may_cost_the_better_answer_but_never_the_known_one(monkeypatch):
    rows, hint, known = partition(1)
    monkeypatch.setattr(mb.Solver, "dual_values", lambda *_: np.full(12, -1e9))
    _, found = minimise_over(rows, 10.0, hint, known)
    assert minimise(rows, "scip", 10.0).objective - 1e-6 <= found.objective <= known + 1e-6


def test_without_prices_the_model_is_solved_as_it_is(monkeypatch):
    rows, hint, known = partition(2)
    whole = minimise(rows, "scip", 10.0)
    real = linear.minimise

    def broken(model, solver, *rest):
        answer = real(model, solver, *rest)
        return replace(answer, status=Status.NO_SOLUTION) if solver == "glop" else answer

    monkeypatch.setattr(linear, "minimise", broken)
    assert minimise_over(rows, 10.0, hint, known)[1].objective == pytest.approx(whole.objective)
