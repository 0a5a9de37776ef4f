"""Offers become coach types and one departure a day; problem.json holds them and nobody's name."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from roster import FIRST, built, instant, offer, worker

from dispatch.model.supply import Basis, Mode, Role
from dispatch.network import problem_json
from dispatch.network.services import usable_seats

WORKER = worker("W1")


def supply(*offers, **policy):
    return built([WORKER], offers, **policy)[0]


def test_a_train_leaves_on_each_of_its_days_inside_the_horizon():
    days = {"from_date": FIRST - timedelta(days=9), "to_date": FIRST + timedelta(days=1)}
    made = supply(offer("T", Mode.TRAIN, **days)).departures
    assert [(d.day, d.calls[0].departs_min, d.calls[1].arrives_min) for d in made] == [(0, 540, 1500), (1, 1980, 2940)]


@pytest.mark.parametrize("mode", [Mode.COACH, Mode.TRAIN])
@pytest.mark.parametrize("change", [
    {"to_date": FIRST - timedelta(days=1), "from_date": FIRST - timedelta(days=3)},
    {"from_date": date(2026, 3, 2), "to_date": date(2026, 3, 9)}, {"available": 0},
])  # fmt: skip
def test_what_does_not_run_is_no_supply(mode, change):
    problem = supply(offer("X", mode, **change))
    assert (problem.coaches, problem.departures) == ((), ())


def test_a_charter_has_copies_and_a_ticket_seats():
    charter = supply(offer("Z", Mode.TRAIN, seats=500, available=3)).departures[0]
    ticket = supply(offer("T", Mode.TRAIN, basis=Basis.TICKET, seats=60, available=7)).departures[0]
    block = supply(offer("B", Mode.TRAIN, basis=Basis.ALLOTMENT, seats=60, available=90)).departures[0]
    assert [(d.seats, d.copies) for d in (charter, ticket, block)] == [(500, 3), (7, 1), (60, 1)]


def test_a_coach_keeps_its_days_prices_and_role():
    (coach,) = supply(offer(from_date=FIRST + timedelta(days=1), to_date=date(2026, 5, 1), role=Role.FEEDER)).coaches
    assert (coach.first_day, coach.last_day, coach.available_per_day, coach.role) == (1, 3, 2, Role.FEEDER)


def test_a_coach_with_gaps_in_its_days_is_a_type_for_each_run_of_days():
    days = frozenset(FIRST + timedelta(days=d) for d in (-1, 0, 2, 3, 9))
    made = supply(offer("C", days=days, to_date=date(2026, 5, 1))).coaches
    assert [(c.offer_id, c.first_day, c.last_day) for c in made] == [("C", 0, 0), ("C", 2, 3)]
    assert len({replace(c, first_day=0, last_day=0) for c in made}) == 1


def test_a_train_leaves_only_on_the_days_given():
    days = frozenset(FIRST + timedelta(days=d) for d in (-3, 1, 3))
    assert [d.day for d in supply(offer("T", Mode.TRAIN, days=days, to_date=date(2026, 5, 1))).departures] == [1, 3]
    assert supply(offer("T", Mode.TRAIN, days=days, to_date=FIRST)).departures == ()


def test_the_load_cap_leaves_whole_seats():
    problem = supply(offer(), offer("Z", Mode.TRAIN, seats=501), load={"cap": 0.5})
    assert (problem.coaches[0].seats, problem.departures[0].seats) == (18, 250)


@given(st.integers(1, 2000), st.floats(0.01, 1.0))
def test_the_cap_never_fills_more_and_never_closes_a_vehicle(seats, cap):
    left = usable_seats(seats, cap)
    assert 1 <= left <= seats
    assert left == 1 or left <= seats * cap + 1e-6


def test_what_a_train_costs_by_the_kilometre_and_the_hour_is_part_of_its_hire():
    assert supply(offer("Z", Mode.TRAIN, fixed_fen=1000, hour_fen=60)).departures[0].fixed_fen == 1000 + 960
    by_km = supply(offer("Z", Mode.TRAIN, fixed_fen=0, km_fen=100)).departures[0].fixed_fen
    assert 75_000 < by_km < 85_000  # about 800 km


def test_the_file_for_others_is_json_without_anybody_in_it():
    person = worker("W1", name="诸葛测试", id_number="141024199001010002", phone="15412345678")
    problem, _ = built(
        [person, worker("W2", party="P", ready_at=instant(1)), worker("W3", party="P", ready_at=instant(1))]
    )
    text = problem_json(problem)
    content = json.loads(text)
    for secret in (person.name, person.id_number, person.phone, person.home.text):
        assert secret not in text
    assert [d["party_size"] for d in content["demands"]] == [1, 2]
    n = len(content["stops"])
    assert [len(row) for row in content["travel"]["minutes"]] == [n] * n
    assert all(0 <= d["gate"] < n and all(0 <= a < n for a in d["access"]) for d in content["demands"])
    assert content["departures"][0]["mode"] == "train"
    assert content["epoch"] == "2026-02-26T00:00:00+08:00"
