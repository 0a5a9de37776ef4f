"""What a trip costs and who bears it: exact to the fen, whoever adds it up."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from operation import coach

from dispatch.model.supply import Role
from dispatch.plan.money import half_up, shares, trip_cost_fen

BEARERS = st.tuples(
    st.sampled_from("甲乙丙丁"), st.sampled_from(["上海市", "苏州市"]), st.sampled_from(["E1", "E2", "E3"])
)
HEADS = st.dictionaries(BEARERS, st.integers(1, 60), min_size=1)


@pytest.mark.parametrize(("amount", "fen"), [
    (Fraction(1, 2), 1), (Fraction(3, 2), 2), (Fraction(5, 2), 3), (Fraction(49, 100), 0), (Fraction(-1, 2), 0), (7, 7),
])  # fmt: skip
def test_halves_go_up(amount, fen):
    assert half_up(amount) == fen


@given(st.fractions())
def test_rounding_moves_nothing_by_more_than_half_a_fen(amount):
    assert -Fraction(1, 2) < half_up(amount) - amount <= Fraction(1, 2)


def test_a_trip_is_rounded_once_and_not_part_by_part():
    offer = coach("C", "A1", Role.ANY, fixed_fen=0, km_fen=1, hour_fen=1, seat_fen=0)
    assert trip_cost_fen(offer, 400, 24, 9) == 1  # 0.4 and 0.4 are 0.8
    assert trip_cost_fen(offer, 250, 15, 0) == 1  # exactly a half
    assert trip_cost_fen(offer, 249, 15, 0) == 0


def test_a_trip_costs_hire_road_hours_and_seats():
    offer = coach("C", "A1", Role.ANY, fixed_fen=120_000, km_fen=963, hour_fen=4_500, seat_fen=100)
    assert trip_cost_fen(offer, 100_000, 90, 30) == 120_000 + 96_300 + 6_750 + 3_000


@given(st.integers(0, 10**9), HEADS)
def test_shares_sum_to_the_fen(cost, heads):
    assert sum(shares(cost, heads).values()) == cost


@given(st.integers(0, 10**9), HEADS)
def test_nobody_bears_a_fen_more_than_their_heads(cost, heads):
    split, total = shares(cost, heads), sum(heads.values())
    assert set(split) == set(heads)
    assert all(abs(split[b] - Fraction(cost * n, total)) < 1 for b, n in heads.items())


@given(st.integers(0, 10**6), HEADS)
def test_the_order_of_the_bearers_changes_no_share(cost, heads):
    assert shares(cost, heads) == shares(cost, dict(reversed(heads.items())))


def test_the_fen_left_over_goes_to_the_largest_fraction_and_ties_to_the_first_name():
    a, b, c = ("甲", "x", "E1"), ("甲", "x", "E2"), ("甲", "x", "E3")
    assert shares(100, {c: 1, b: 1, a: 1}) == {a: 34, b: 33, c: 33}
    assert shares(10, {a: 1, b: 2}) == {a: 3, b: 7}
