"""Changing seats breaks no rule of a person: barred coaches, gates at stations closed when a train comes."""

from itertools import count

from tiny import coach, demand, problem, train

from dispatch.model.supply import Mode
from dispatch.solve import Limits, solve

FEW = Limits(time_limit_s=20, rounds=12, threads=1)


def test_nobody_changes_to_a_coach_who_may_ride_none():
    """The quick train is reached by a feeder with free seats; two who may ride no coach take the slow one."""
    names = count(1)
    barred = [demand([0, 1], 3, release=at, due=1439, barred=(Mode.COACH,), names=names) for at in (0, 1)]
    people = [*barred, demand([0], 3, due=700, names=names)]
    trains = [train([(1, 600, 600), (3, 1000, 1000)], "slow"), train([(2, 600, 600), (3, 660, 660)], "quick")]
    places = {"A1": (0, 0), "R1": (2, 0), "R2": (20, 0), "R3": (300, 0)}
    result = solve(problem(places, people, [coach()], trains), FEW)
    assert not result.not_served
    assert not [w for w in result.itineraries if w.demand < 2 for leg in w.legs if leg.is_coach]


def test_who_may_ride_no_coach_is_left_out_rather_than_given_a_free_seat_on_one():
    names = count(1)
    barred = [demand([0], 3, release=at, barred=(Mode.COACH,), names=names) for at in (0, 1)]
    trains = [train([(1, 600, 600), (2, 660, 660)])]
    places = {"A1": (0, 0), "R1": (20, 0), "R2": (300, 0), "G1": (320, 0)}
    result = solve(
        problem(places, [*barred, demand([0], 3, due=720, names=names)], [coach(), coach("L", 3)], trains), FEW
    )
    assert {n.demand for n in result.not_served} == {0, 1}


def test_nobody_changes_to_a_train_that_comes_while_their_gate_is_closed():
    names = count(1)
    people = [demand([0], 1, release=at, names=names) for at in (0, 1)]
    people.append(demand([0], 2, names=names))
    trains = [
        train([(0, 300, 300), (1, 360, 360), (2, 420, 420)], "early"),
        train([(0, 600, 600), (1, 900, 900)], "late"),
    ]
    places = {"R1": (0, 0), "R2": (300, 0), "R3": (600, 0)}
    hours = {"R2": (480, 1200)}
    result = solve(problem(places, people, [coach(fixed_fen=900_000)], trains, hours=hours), FEW)
    assert not result.not_served
    rides = [leg for w in result.itineraries if w.demand < 2 for leg in w.legs if not leg.is_coach]
    assert [result.used[leg.index].departure for leg in rides] == [1, 1]
