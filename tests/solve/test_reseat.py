"""People change seats on trips that stay: several at once where that is cheaper, and only where the plan holds."""

from itertools import count

import numpy as np
import pytest
from crowd import crowd
from searching import compiled_of, searched
from tiny import coach, demand, problem, random_problem, train

from dispatch.solve.instance import COACH_SEATS, DUE, LEAST, RELEASE, SEATS
from dispatch.solve.moves import accept, board_vehicle, new_journal, plan_value
from dispatch.solve.reseat import Reseating, Way
from dispatch.solve.search import SHORT_FEN, UNSERVED_FEN
from dispatch.solve.state import ABOARD, BY_TRUNK, KIND, PEOPLE, RIDE, TYPE, UNSERVED, WAY, new_state

QUICK, MIDDLE, SLOW = range(3)


def three_trains(**terms):
    """One may leave early and sits on the middle train, one only later and sits on the slow one; a seat on the quick
    train, where somebody in a hurry sits, is free, but it leaves too soon for the second.
    """
    names = count(1)
    people = [demand([0], 1, release=at, due=due, names=names) for at, due in ((0, 1439), (650, 1439), (0, 661))]
    trains = [
        train([(0, 600, 600), (1, 660, 660)], "quick", seats=2),
        train([(0, 800, 800), (1, 890, 890)], "middle", **{"seats": 1} | terms),
        train([(0, 900, 900), (1, 1080, 1080)], "slow"),
    ]
    made = problem({"R1": (0, 0), "R2": (300, 0)}, people, [coach()], trains)
    compiled = compiled_of(made)
    x, state = compiled.instance, new_state(compiled.instance, 4)
    hasty, early, late = np.lexsort((x.unit[:, DUE], x.unit[:, RELEASE])).tolist()
    j = new_journal(state)
    for u, leg in ((hasty, QUICK), (early, MIDDLE), (late, SLOW)):
        state.unit[u] = (BY_TRUNK, leg, -1, -1)
        board_vehicle(x, state, j, u, leg, 1)
    accept(j)
    return made, compiled, state, early, late


def test_one_makes_room_for_another():
    made, compiled, state, early, late = three_trains()
    after = Reseating(made, compiled, state).run()
    assert (after.unit[early, RIDE], after.unit[late, RIDE]) == (QUICK, MIDDLE)
    assert after.vehicle[:, ABOARD].tolist() == [2, 1, 0]


def test_nobody_changes_seats_once_it_is_late():
    made, compiled, state, early, late = three_trains()
    after = Reseating(made, compiled, state).run(lambda: True)
    assert (after.unit[early, RIDE], after.unit[late, RIDE]) == (MIDDLE, SLOW)


@pytest.mark.parametrize(("terms", "wrong"), [({}, [(0, QUICK), (1, QUICK)]), ({"least": 1, "seats": 2}, [(0, QUICK)])])
def test_a_wrong_answer_of_the_flow_is_not_believed(monkeypatch, terms, wrong):
    """More people than seats; or, with a minimum of two, one of the two who are aboard leaves."""
    made, compiled, state, early, late = three_trains(**terms)
    if terms:
        compiled.instance.vehicle[MIDDLE, LEAST] = 2
        j = new_journal(state)
        board_vehicle(compiled.instance, state, j, late, SLOW, -1)
        board_vehicle(compiled.instance, state, j, late, MIDDLE, 1)
        state.unit[late, RIDE] = MIDDLE
    ways = {(early, late)[who]: Way(-1, -1, leg, -1) for who, leg in wrong}
    monkeypatch.setattr(Reseating, "_best", lambda *_: ways)
    assert (Reseating(made, compiled, state).run().unit == state.unit).all()


@pytest.mark.parametrize("made", [crowd(), crowd(2), *map(random_problem, range(6))])
def test_nobody_is_lost_nothing_overfilled_and_nothing_dearer(made):
    search = searched(made, rounds=15)
    x, before = search.x, search.state()
    reseating = Reseating(made, search.compiled, before)
    after = reseating.run()
    value = plan_value(x, after, UNSERVED_FEN, SHORT_FEN)
    assert value == pytest.approx(reseating.value)
    assert value <= plan_value(x, before, UNSERVED_FEN, SHORT_FEN) + 1e-6
    assert (after.vehicle[:, 1:] <= x.vehicle[:, SEATS, None]).all()
    loads = after.coach[after.coach[:, KIND] >= 0]
    assert (loads[:, PEOPLE] <= x.coach[loads[:, TYPE], COACH_SEATS]).all()
    assert (before.unit[:, WAY] == UNSERVED).sum() >= (after.unit[:, WAY] == UNSERVED).sum()


def test_a_crowd_is_worth_reseating():
    made = crowd()
    search = searched(made, rounds=15)
    reseating = Reseating(made, search.compiled, search.state())
    before = reseating.value
    reseating.run()
    assert reseating.value < before
