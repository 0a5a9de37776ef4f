"""Feeders and last miles routed anew: everybody keeps the trunk leg, the books balance, and a round can be undone."""

import numpy as np
import pytest
from crowd import crowd
from numba import njit
from searching import searched
from tiny import coach, demand, problem, random_problem, train

from dispatch.model.supply import Role
from dispatch.solve.ends import reroute
from dispatch.solve.insertion import new_head
from dispatch.solve.instance import NONE, ONE, ZERO
from dispatch.solve.moves import accept, change, new_journal, plan_value, undo
from dispatch.solve.ranking import AMORTISED, ONLY_TRUE, Mood
from dispatch.solve.search import SHORT_FEN, UNSERVED_FEN, seed_random
from dispatch.solve.snapshot import aboard, hired, loads_of_units, snapshot_of
from dispatch.solve.state import FIRST, KIND, LAST, PEOPLE, RIDE, WAY, new_draft


@njit
def routed_anew(x, s, j, d, head, u, movable, mood):
    """``reroute``, and by how much it says that the plan's value changed."""
    done = reroute(x, s, j, d, head, u, movable, mood)
    return done, change(x, s, j, UNSERVED_FEN, SHORT_FEN)


@njit
def put_back(s, j):
    undo(s, j)


def rounds(made, number, movable=None, seed=1):
    """State before and after each of some rounds: (state, instance, journal, before, done, change)."""
    search = searched(made, rounds=40)
    x, s = search.x, search.state()
    j, d, head = new_journal(s), new_draft(), new_head()
    movable = movable or len(x.unit)
    draw = np.random.default_rng(seed)
    seed_random(seed)
    for i in range(number):
        before = type(s)(*(a.copy() for a in s))
        mood = Mood((ONLY_TRUE, AMORTISED)[i % 2], NONE, NONE, 0.6, 0.05, ONE, SHORT_FEN, ZERO)
        done, rise = routed_anew(x, s, j, d, head, int(draw.integers(movable)), movable, mood)
        yield s, x, j, before, done, rise


CROWDS = [crowd(), crowd(2), *map(random_problem, range(6))]


def same_books(s, x):
    """Whether what the state counts is what its loads and units say."""
    plan = snapshot_of(s)
    loads = loads_of_units(plan)
    slots = np.flatnonzero(s.coach[: s.top[0], KIND] >= 0)
    told = np.where(s.unit[:, [FIRST, LAST]] >= 0, np.searchsorted(slots, s.unit[:, [FIRST, LAST]]), -1)
    return (
        (s.vehicle == aboard(x, plan.way)).all()
        and (s.used == hired(x, plan.coach)).all()
        and (told == loads).all()
        and (plan.coach[:, PEOPLE] > 0).all()
    )


@pytest.mark.parametrize("made", CROWDS)
def test_everybody_keeps_the_trunk_leg_and_the_value_rises_by_the_change(made):
    for s, x, j, before, done, rise in rounds(made, 300):
        if not done:
            put_back(s, j)
            continue
        assert (s.unit[:, [WAY, RIDE]] == before.unit[:, [WAY, RIDE]]).all()
        assert (s.vehicle == before.vehicle).all()
        assert ((s.unit[:, [FIRST, LAST]] >= 0) == (before.unit[:, [FIRST, LAST]] >= 0)).all()
        values = [plan_value(x, state, UNSERVED_FEN, SHORT_FEN) for state in (before, s)]
        assert values[0] + rise == pytest.approx(values[1], abs=1)
        assert same_books(s, x)
        accept(j)


@pytest.mark.parametrize("made", CROWDS)
def test_a_round_undone_leaves_no_trace(made):
    for s, x, j, before, _, _ in rounds(made, 300):
        put_back(s, j)
        for name in ("unit", "vehicle", "used"):
            assert (getattr(s, name) == getattr(before, name)).all()
        assert same_books(s, x)
        kept = before.coach[:, KIND] >= 0
        assert ((s.coach[:, KIND] >= 0) == kept).all()
        for name in ("coach", "rows", "value"):
            assert (getattr(s, name)[kept] == getattr(before, name)[kept]).all()


def test_whoever_is_not_to_be_moved_stays_on_their_coaches():
    for s, _, j, before, done, _ in rounds(crowd(), 200, movable=20):
        if done:
            assert (s.unit[20:] == before.unit[20:]).all()
            accept(j)
        else:
            put_back(s, j)


def test_rounds_that_change_something_are_the_rule_where_there_are_coaches_to_stations():
    done = [d for s, _, j, _, d, _ in rounds(crowd(), 100) if put_back(s, j) is None]
    assert sum(done) > 10


def test_two_half_empty_feeders_become_one():
    """Two units of two come by coaches of their own, and one has room for both."""
    places = {"A1": (0, 0), "A2": (2, 0), "R1": (60, 0), "G1": (400, 0)}
    people = [demand([0], 3, size=2), demand([1], 3, size=2)]
    made = problem(places, people, [coach("F", 0, 4, Role.FEEDER)], [train([(2, 600, 600), (3, 700, 700)])])
    search = searched(made, rounds=40)
    feeders = [search.state().coach[slot, PEOPLE] for slot in range(len(search.best.coach))]
    assert feeders == [4]
