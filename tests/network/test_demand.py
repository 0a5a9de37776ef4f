"""People who are alike become one commodity, and nobody is lost on the way."""

from collections import Counter
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from roster import at, built, home, ids, instant, worker

from dispatch.model.notice import Severity
from dispatch.model.supply import Mode


def codes(notices):
    return [n.code for n in notices]


def test_people_with_the_same_places_and_window_travel_as_one_commodity():
    problem, notices = built([worker(f"W{i}") for i in range(5)])
    (demand,) = problem.demands
    assert demand.parties == (("W0",), ("W1",), ("W2",), ("W3",), ("W4",))
    assert (demand.party_size, problem.heads) == (1, 5)
    assert codes(notices) == []


@pytest.mark.parametrize("change", [
    {"employer_id": "E2"}, {"ready_at": instant(0, 9)}, {"due_at": instant(1)},
    {"modes_barred": frozenset({Mode.FLIGHT})}, {"boarding_stop": "A1"}, {"home": home(at(60))},
])  # fmt: skip
def test_whoever_differs_in_what_matters_is_another_commodity(change):
    problem, _ = built([worker("W1"), worker("W2", **change)])
    assert len(problem.demands) == 2


def test_what_does_not_matter_makes_no_difference():
    problem, _ = built([worker("W1"), worker("W2", name="别名", phone="15400000009", needs="轮椅", funding="脱贫户")])
    assert len(problem.demands) == 1


def test_a_party_stays_whole_and_meets_all_its_members_limits():
    people = [
        worker("W1", party="P", ready_at=instant(0, 6), due_at=instant(2), modes_barred=frozenset({Mode.FLIGHT})),
        worker("W2", party="P", ready_at=instant(0, 12), due_at=instant(3)),
    ]
    (demand,) = built(people)[0].demands
    assert (demand.parties, demand.party_size) == ((("W1", "W2"),), 2)
    assert (demand.release_min, demand.due_min) == (720, 2880)
    assert demand.barred == {Mode.FLIGHT}


def test_a_party_boards_where_every_member_can():
    near, far = home(at(0)), home(at(48))  # A1 lies 38 km from the second home, A2 43 km
    problem, notices = built([worker("W1", party="P", home=near), worker("W2", party="P", home=far)])
    assert ids(problem, problem.demands[0].access) == ["A1"]
    assert codes(notices) == []


def test_a_party_with_no_place_in_common_is_told_apart():
    people = [worker("W1", party="P", boarding_stop="A1"), worker("W2", party="P", boarding_stop="A2")]
    problem, notices = built(people)
    assert problem.demands[0].access == ()
    assert [(n.code, n.severity, n.worker_id) for n in notices] == [("party_apart", Severity.WARNING, "W1")]


def test_a_party_of_two_employers_is_an_error():
    _, notices = built([worker("W1", party="P"), worker("W2", party="P", employer_id="E2")])
    assert [(n.code, n.severity, n.value) for n in notices] == [("party_two_employers", Severity.ERROR, "P")]


def test_a_party_named_like_a_worker_does_not_swallow_that_worker():
    problem, _ = built([worker("W1"), worker("W2", party="W1"), worker("W3", party="W1")])
    assert sorted(chain.from_iterable(d.parties for d in problem.demands)) == [("W1",), ("W2", "W3")]


def test_a_window_is_cut_at_the_horizon():
    problem, _ = built([worker("W1", ready_at=instant(-3), due_at=instant(30))])
    assert (problem.demands[0].release_min, problem.demands[0].due_min) == (0, 4 * 1440 - 1)


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["", "P", "Q", "R"]), st.sampled_from(["E1", "E2"]), st.integers(0, 40), st.integers(0, 2)
    ),
    max_size=14,
)


@given(PEOPLE)
def test_everybody_is_in_exactly_one_party_of_one_commodity(drawn):
    people = [
        worker(f"W{i}", party=party, employer_id=employer, home=home(at(north)), ready_at=instant(day))
        for i, (party, employer, north, day) in enumerate(drawn)
    ]
    problem, _ = built(people)
    members = [m for d in problem.demands for p in d.parties for m in p]
    assert Counter(members) == Counter(w.worker_id for w in people)
    assert all(len(p) == d.party_size for d in problem.demands for p in d.parties)
    together = {w.party for w in people if w.party}
    whole = [{w.party for w in people if w.worker_id in p} for d in problem.demands for p in d.parties]
    assert all(len(some) == 1 for some in whole)
    assert sum(some <= together for some in whole) == len(together)


@given(PEOPLE)
def test_the_order_of_the_roster_changes_no_commodity(drawn):
    people = [
        worker(f"W{i}", employer_id=e, home=home(at(n)), ready_at=instant(d)) for i, (_, e, n, d) in enumerate(drawn)
    ]
    one, other = built(people)[0].demands, built(people[::-1])[0].demands
    assert [(d.access, d.gate, d.release_min) for d in one] == [(d.access, d.gate, d.release_min) for d in other]
    assert [sorted(d.parties) for d in one] == [sorted(d.parties) for d in other]
