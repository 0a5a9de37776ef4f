"""OR-Tools over the pool: what it chooses becomes a state that the search could have made itself."""

from itertools import count

import pytest
from searching import improve, searched
from tiny import coach, demand, problem, random_problem, train

from dispatch.solve.assignment import Choice, Pool, choose, rebuild
from dispatch.solve.instance import AVAILABLE, DIRECT, SIZE
from dispatch.solve.linear import Status
from dispatch.solve.moves import plan_value
from dispatch.solve.search import SHORT_FEN, UNSERVED_FEN
from dispatch.solve.state import PEOPLE, START, TYPE, UNSERVED, WAY, new_state


def value(search, state):
    return plan_value(search.x, state, UNSERVED_FEN, SHORT_FEN)


@pytest.mark.parametrize("seed", range(8))
def test_the_choice_is_never_worse_than_the_plan_it_started_from(seed):
    search = searched(random_problem(seed))
    before = search.best_value
    search.pool.collect(search.best)
    choice = choose(search.x, search.pool, search.state(), 5.0)
    assert choice.status is Status.OPTIMAL
    assert choice.bound <= choice.objective + 1
    left = int(search.x.unit[search.best.way[:, WAY] == UNSERVED, SIZE].sum())
    assert choice.objective <= before - UNSERVED_FEN * left + 1
    search.assign(5.0)
    assert search.best_value <= before


@pytest.mark.parametrize("seed", range(8))
def test_a_rebuilt_plan_hires_no_more_coaches_than_there_are(seed):
    search = searched(random_problem(seed))
    search.pool.collect(search.best)
    state = rebuild(search.x, choose(search.x, search.pool, search.state(), 5.0), search.state())
    assert (state.used.max(axis=1, initial=0) <= search.x.coach[:, AVAILABLE]).all()
    assert value(search, state) <= search.best_value + 1


def test_a_pool_holds_each_load_once():
    search = searched(random_problem(4))
    pool = Pool()
    for _ in range(2):
        pool.collect(search.best)
    assert len(pool.loads) == len({(x.route, x.riders, x.head) for x in pool.loads})
    assert len(pool.loads) == len(search.best.coach)


def test_an_empty_pool_serves_nobody():
    search = searched(random_problem(3), rounds=1)
    empty = new_state(search.x, len(search.state().coach))
    choice = choose(search.x, Pool(), empty, 5.0)
    assert (choice.loads, choice.leg_of) == ((), {})


def two_sizes():
    """Three people and two from one place, three from another where only the small one of two coaches may start."""
    places = {"A1": (0, 0), "A2": (0, 40), "G1": (100, 0), "R1": (0, 1), "R2": (100, 1), "A3": (0, 20)}
    names = count(1)
    people = [demand([0], 2, size=3, due=1200), demand([0], 2, size=2, due=1100), demand([1], 2, size=3, due=1000)]
    people = [demand(d.access, d.gate, 1, d.party_size, 0, d.due_min, names=names) for d in people]
    types = [coach("S", 5, 3, available=1), coach("L", 0, 5, available=1, fixed_fen=40_000)]
    return problem(places, people, types, [train([(3, 600, 600), (4, 660, 660)])], coach_base_m=30_000)


def test_a_load_that_loses_riders_leaves_the_smaller_coach_to_whom_it_was_given():
    made = two_sizes()
    search = searched(made, rounds=1)
    loads = {}
    for _ in range(200):
        improve(search, 5, 0.0)
        for load in search.pool.loads:
            if load.kind == DIRECT and load.head[START] < 1440:
                loads[tuple(u for u, _, _ in load.riders), load.head[TYPE]] = load
    by_size = {tuple(sorted(search.compiled.units[u].like.due_min for u in us)): us for us, _ in loads}
    large = next(x for (us, k), x in loads.items() if us == by_size[1100, 1200] and k == 1)
    small = next(x for (us, k), x in loads.items() if us == by_size[1000,] and k == 0)
    leaver = next(u for u, _, _ in large.riders if search.x.unit[u, SIZE] == 2)
    choice = Choice((large, small), {leaver: 0}, Status.OPTIMAL, Status.OPTIMAL, 0.0, 0.0)
    state = rebuild(search.x, choice, search.state())
    assert sorted(state.coach[:2, PEOPLE]) == [3, 3]
    assert (state.used.max(axis=1) <= search.x.coach[:, AVAILABLE]).all()
