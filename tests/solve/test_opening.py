"""Which trains are opened before anybody has a seat: none too full or too empty, each where it pays."""

from itertools import count

import numpy as np
import pytest
from crowd import crowd
from searching import compiled_of
from tiny import coach, demand, problem, random_problem, train

from dispatch.solve.instance import DESTINATION, LEAST, SEATS, SIZE, VEHICLE
from dispatch.solve.opening import market, rides

LINE = {"R1": (0, 0), "R2": (350, 0), "G1": (400, 0)}

ENDS, LINES = 1.5, 1.4


def aboard(x, ride):
    people = np.zeros(len(x.vehicle), np.int64)
    on = np.flatnonzero(ride >= 0)
    np.add.at(people, x.leg[ride[on], VEHICLE], x.unit[on, SIZE])
    return people


@pytest.mark.parametrize("most", [1, 6])
@pytest.mark.parametrize("made", [*map(random_problem, range(24)), crowd(), crowd(2)])
def test_no_vehicle_is_filled_above_its_seats_or_left_below_its_minimum(made, most):
    x = compiled_of(made, most).instance
    ride = rides(x, market(x, ENDS, LINES))
    people = aboard(x, ride)
    assert (people <= x.vehicle[:, SEATS]).all()
    assert (people[people > 0] >= x.vehicle[people > 0, LEAST]).all()
    for u in np.flatnonzero(ride >= 0).tolist():
        assert ride[u] in x.option[slice(*x.span[u])]


def by_train(people=40, **terms):
    """People at a station, whose gate the train calls at; a coach all the way is dear."""
    trains = [train([(0, 600, 600), (2, 720, 720)], seats=40, **terms)]
    return problem(LINE, [demand([0], 2, people)], [coach(seats=10, fixed_fen=200_000)], trains)


def opened(made):
    x = compiled_of(made).instance
    return int(aboard(x, rides(x, market(x, ENDS, LINES))).sum())


def test_a_train_is_opened_where_its_riders_save_its_hire():
    assert opened(by_train(fixed=100_000, fare=0)) == 40
    assert opened(by_train(fixed=100_000_000, fare=0)) == 0
    assert opened(by_train(fixed=0, fare=1_000_000)) == 0


def test_a_minimum_that_cannot_be_reached_keeps_a_train_closed():
    assert opened(by_train(12, fare=0, least=12)) == 12
    assert opened(by_train(12, fare=0, least=13)) == 0


def test_whoever_has_no_other_way_rides_whatever_it_costs():
    made = by_train(6, fixed=2_000_000, fare=0)
    nothing_else = problem(LINE, made.demands, [], made.departures)
    assert opened(nothing_else) == 6
    assert opened(made) == 0


def test_the_second_vehicle_is_opened_for_those_who_do_not_fit_the_first():
    assert opened(by_train(60, copies=2, fixed=10_000, fare=0)) == 60


def test_a_unit_counts_once_on_a_train_that_takes_it_to_two_stations():
    """Nearer the gate is better; and ten people never make a minimum of twenty."""
    names = count(1)
    places = {"R1": (0, 0), "R2": (200, 0), "R3": (390, 0), "G1": (400, 0)}
    calls = [(0, 600, 600), (1, 650, 655), (2, 700, 700)]

    def made(seats, least):
        types = [coach(seats=10, fixed_fen=300_000), coach("L", 2, 10, fixed_fen=1_000), coach("M", 1, 10)]
        return problem(
            places, [demand([0], 3, 12, names=names)], types, [train(calls, seats=seats, fare=0, least=least)]
        )

    x = compiled_of(made(30, 0)).instance
    assert x.leg[rides(x, market(x, ENDS, LINES)), DESTINATION].tolist() == [2, 2]
    assert opened(made(30, 20)) == 0
    assert opened(made(12, 12)) == 12
