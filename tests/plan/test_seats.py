"""Who sits where: one seat for each person and segment, parties side by side, children beside whom they are with."""

import random
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.plan.places import GROUPS, Rider, places
from dispatch.plan.seats import assign_seats


def rider(worker_id, party="", guardian="", span=(1, 2), order=()):
    return Rider(worker_id, party, guardian, *span, order or (span[0], worker_id))


def beside(a, b, layout):
    """Next to each other in one row with no aisle between."""
    sides = [side for side in GROUPS[layout] if a[-1] in side and b[-1] in side]
    return row(a) == row(b) and any(abs(side.index(a[-1]) - side.index(b[-1])) == 1 for side in sides)


def row(label):
    return int(label[:-1])


@pytest.mark.parametrize("seats", [37, 45, 53])
def test_the_last_row_of_a_coach_is_a_bench_of_five(seats):
    labels = [p.label for p in places("2+2", seats)]
    last = row(labels[-1])
    assert len(set(labels)) == seats
    assert [x[-1] for x in labels if row(x) == last] == ["A", "B", "C", "D", "E"]
    assert all(sum(row(x) == r for x in labels) == 4 for r in range(1, last))


@pytest.mark.parametrize("layout", [*GROUPS, "1+1+1", ""])
@pytest.mark.parametrize("seats", [1, 2, 3, 7, 49, 90, 189, 560])
def test_a_vehicle_has_as_many_seats_as_it_has(layout, seats):
    labels = [p.label for p in places(layout, seats)]
    assert len(labels) == len(set(labels)) == seats
    assert row(labels[0]) == 1


def test_second_class_seats_have_the_letters_of_the_railway():
    assert [p.label for p in places("3+2", 5)] == ["1A", "1B", "1C", "1D", "1F"]


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 4)), max_size=30), st.randoms())
def test_nobody_shares_a_seat_on_any_segment(spans, draw):
    riders = [rider(f"W{i}", party=draw.choice(["", "", "P", "Q"]), span=(a, a + n)) for i, (a, n) in enumerate(spans)]
    seats = assign_seats(riders, "2+2", len(riders) + 1)
    assert set(seats) == {r.worker_id for r in riders}
    for a, b in combinations(riders, 2):
        if seats[a.worker_id] == seats[b.worker_id]:
            assert a.to_seq <= b.from_seq or b.to_seq <= a.from_seq


def test_a_seat_is_taken_again_by_whoever_boards_where_another_left():
    assert assign_seats([rider("W1", span=(1, 2)), rider("W2", span=(2, 3))], "2+2", 1) == {"W1": "1A", "W2": "1A"}


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 4)), max_size=40))
def test_whoever_travels_alone_sits_in_the_foremost_seat_that_is_free_all_the_way(spans):
    riders = [rider(f"W{i:02}", span=(a, a + n), order=(i,)) for i, (a, n) in enumerate(spans)]
    labels = [p.label for p in places("3+2", len(riders) + 1)]
    taken = {label: [] for label in labels}
    expected = {}
    for r in riders:
        free = (x for x in labels if all(o.to_seq <= r.from_seq or r.to_seq <= o.from_seq for o in taken[x]))
        expected[r.worker_id] = next(free)
        taken[expected[r.worker_id]].append(r)
    assert assign_seats(riders, "3+2", len(labels)) == expected


def test_more_people_than_seats_is_an_error():
    with pytest.raises(ValueError, match="W3"):
        assign_seats([rider(f"W{i}") for i in range(1, 4)], "2+2", 2)


def test_the_order_of_the_riders_changes_no_seat():
    riders = [rider(f"W{i}", party="P" if i in (3, 9) else "", guardian="W9" if i == 3 else "") for i in range(20)]
    assert assign_seats(riders, "2+2", 37) == assign_seats(riders[::-1], "2+2", 37)


def test_a_party_sits_in_consecutive_seats():
    riders = [rider(f"W{i:02}", party="P" if i in (1, 9, 17, 30) else "") for i in range(36)]
    seats = assign_seats(riders, "2+2", 37)
    labels = [p.label for p in places("2+2", 37)]
    taken = sorted(labels.index(seats[f"W{i:02}"]) for i in (1, 9, 17, 30))
    assert taken == list(range(taken[0], taken[0] + 4))


def test_people_of_one_township_sit_together():
    riders = [rider(f"W{i}", order=(1, "洪洞县", "甲" if i % 2 else "乙")) for i in range(12)]
    seats = assign_seats(riders, "2+2", 37)
    assert {row(seats[f"W{i}"]) for i in range(0, 12, 2)}.isdisjoint(
        {row(seats[f"W{i}"]) for i in range(1, 12, 2)} - {2}
    )


@pytest.mark.parametrize("layout", ["2+2", "3+2", "3+3"])
@pytest.mark.parametrize("seed", range(12))
def test_every_child_sits_beside_its_guardian_on_a_vehicle_with_room(layout, seed):
    """Several families among single travellers, all with the same stops."""
    draw = random.Random(seed)
    riders = [rider(f"S{i}") for i in range(draw.randint(0, 20))]
    for f in range(draw.randint(1, 4)):
        family = f"F{f}"
        riders += [rider(f"{family}-0", family), rider(f"{family}-1", family, f"{family}-0")]
        riders += [rider(f"{family}-2", family)] * draw.randint(0, 1)
    seats = assign_seats(riders, layout, 45)
    assert max(Counter(seats.values()).values()) == 1
    for child in (r for r in riders if r.guardian_id):
        assert beside(seats[child.worker_id], seats[child.guardian_id], layout)


def test_of_two_children_one_sits_beside_the_guardian_and_the_other_within_a_row():
    family = [rider("G", "F"), rider("K1", "F", "G"), rider("K2", "F", "G")]
    seats = assign_seats([*family, *(rider(f"S{i:02}") for i in range(34))], "2+2", 37)
    assert any(beside(seats["G"], seats[k], "2+2") for k in ("K1", "K2"))
    assert all(abs(row(seats["G"]) - row(seats[k])) <= 1 for k in ("K1", "K2"))


def test_a_child_sits_beside_its_guardian_on_a_full_coach_that_people_board_on_the_way():
    couples = [
        rider(f"{who}{i}", f"P{i}", f"A{i}" if who == "K" else "", (1 + i % 3, 4)) for i in range(6) for who in "AK"
    ]
    others = [rider(f"S{i:02}", span=(1 + i % 3, 4 + i % 2)) for i in range(25)]
    seats = assign_seats([*others, *couples], "2+2", 37)
    assert all(beside(seats[f"A{i}"], seats[f"K{i}"], "2+2") for i in range(6))


def families(draw, count, wards, party="F"):
    """Escorts, each with one to ``wards`` minors."""
    for f in range(count):
        yield rider(f"{party}{f:02}", f"{party}{f}")
        yield from (rider(f"{party}{f:02}-{k}", f"{party}{f}", f"{party}{f:02}") for k in range(draw.randint(1, wards)))


def beside_and_near(riders, seats, layout):
    """Of each guardian: minors, those directly beside, and whether all are within a row."""
    for guardian in {r.guardian_id for r in riders if r.guardian_id}:
        own = [seats[r.worker_id] for r in riders if r.guardian_id == guardian]
        at = seats[guardian]
        near = all(abs(row(at) - row(s)) <= 1 for s in own)
        yield len(own), sum(beside(at, s, layout) for s in own), near


MOST_BESIDE = {"2+2": 1, "3+2": 2, "3+3": 2}


@pytest.mark.parametrize("layout", MOST_BESIDE)
@pytest.mark.parametrize("seed", range(10))
def test_up_to_four_children_sit_around_their_escort_as_near_as_the_vehicle_allows(layout, seed):
    """There is room, so the most that fit beside an escort are there and no stranger sits within the block."""
    draw = random.Random(seed)
    riders = [*families(draw, 5, 4), *(rider(f"S{i}") for i in range(12))]
    seats = assign_seats(riders, layout, 49)
    assert max(Counter(seats.values()).values()) == 1
    for wards, next_to, near in beside_and_near(riders, seats, layout):
        assert near
        assert next_to == min(wards, MOST_BESIDE[layout])


@pytest.mark.parametrize("layout", MOST_BESIDE)
@pytest.mark.parametrize("seed", range(25))
def test_on_a_vehicle_full_of_escorts_and_children_each_child_is_beside_or_within_a_row(layout, seed):
    draw = random.Random(seed)
    riders = list(families(draw, draw.randint(6, 9), 4))
    riders += [rider(f"S{i:02}") for i in range(49 - len(riders))]
    seats = assign_seats(riders, layout, len(riders))
    assert len(set(seats.values())) == len(riders)
    for _, next_to, near in beside_and_near(riders, seats, layout):
        assert near
        assert next_to >= 1


@pytest.mark.parametrize(("wards", "escorts"), [(1, 18), (2, 12), (3, 9), (4, 7)])
def test_a_coach_of_37_takes_as_many_families_of_one_size_as_have_room(wards, escorts):
    riders = [rider(f"G{i:02}", f"P{i}") for i in range(escorts)]
    riders += [rider(f"K{i:02}-{k}", f"P{i}", f"G{i:02}") for i in range(escorts) for k in range(wards)]
    seats = assign_seats(riders, "2+2", 37)
    found = list(beside_and_near(riders, seats, "2+2"))
    assert len(found) == escorts
    assert all(near and next_to == 1 for _, next_to, near in found)


def test_the_middle_of_the_bench_is_no_place_for_a_child_of_its_own():
    couples = [r for i in range(18) for r in (rider(f"A{i:02}", f"P{i}"), rider(f"K{i:02}", f"P{i}", f"A{i:02}"))]
    seats = assign_seats([*couples, rider("S")], "2+2", 37)
    assert seats["S"] == "9E"


def test_a_single_child_has_its_guardian_between_itself_and_strangers():
    seats = assign_seats([rider("G", "F"), rider("K", "F", "G"), rider("S")], "3+3", 60)
    assert (seats["K"], seats["G"], seats["S"]) == ("1A", "1B", "1C")


@pytest.mark.parametrize("layout", ["2+2", "3+2"])
def test_a_vehicle_of_nobody_but_families_keeps_them_all_together(layout):
    for seed in range(60):
        draw, riders, seats = random.Random(seed), [], random.Random(seed).choice([37, 45, 49, 53])
        while len(riders) + 1 + (wards := draw.randint(1, 4)) <= seats:
            escort = f"G{len(riders):02}"
            riders.append(rider(escort, escort))
            riders += [rider(f"{escort}-{k}", escort, escort) for k in range(wards)]
        found = assign_seats(riders, layout, seats)
        assert all(near and next_to for _, next_to, near in beside_and_near(riders, found, layout)), seed
