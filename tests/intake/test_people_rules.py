"""Minors, guardians, parties, headcounts."""

import pytest
from office import nobody, person

from dispatch.model.supply import Mode

CHILD = nobody("20160505")


def test_a_minor_joins_the_guardians_party_and_a_party_is_made_where_there_was_none(office):
    office.tables["workers"] = [
        person(1),
        person(2, id_number=CHILD, guardian_id="W1"),
        person(3, party="P"),
        person(4, party="P"),
        person(5, id_number=CHILD, guardian_id="W3", party="Q"),
        person(6, party="Q"),
    ]
    parties = [w.party for w in office.read()[0].workers]
    assert parties[0] == parties[1] != ""
    assert parties[2:] == ["P"] * 4


def test_the_first_of_two_with_one_number_keeps_the_own_party(office):
    child = person(4, id_number=CHILD, guardian_id="W3")
    office.tables["workers"] = [person(1, party="P"), person(2, worker_id="W1", party="Q"), person(3), child]
    assert next((w.worker_id, w.party) for w in office.read()[0].workers) == ("W1", "P")


@pytest.mark.parametrize("who", ["示例1", "示 例1", "W1", "Ｗ１", person(1)["id_number"]])
def test_a_guardian_is_known_by_name_id_or_id_number(office, who):
    office.tables["workers"] = [person(1), person(2, id_number=CHILD, guardian_id=who)]
    assert [w.guardian_id for w in office.read()[0].workers] == ["", "W1"]


def test_a_minor_needs_an_adult_who_travels(office):
    office.tables["workers"] = [
        person(1),
        person(2, id_number=CHILD),
        person(3, id_number=CHILD, guardian_id="nobody"),
        person(4, id_number=CHILD, guardian_id="W2"),
        person(5, id_number=CHILD, guardian_id="W6"),
        person(6, employer="没有的企业"),
    ]
    inputs, _ = office.read()
    errors = {(code, row) for code, row, *_ in office.errors()}
    assert errors == {
        ("minor_without_guardian", 3),
        ("guardian_unknown", 4),
        ("guardian_is_minor", 5),
        ("guardian_rejected", 6),
        ("unknown_employer", 7),
    }
    assert [w.worker_id for w in inputs.workers] == ["W1"]


def test_a_guardian_who_is_named_by_an_id_number_is_shown_by_its_end(office):
    stranger = nobody("19700101")
    office.tables["workers"] = [person(1), *wards(1, guardian=stranger)]
    assert [value for code, *_, value in office.errors() if code == "guardian_unknown"] == ["*" * 14 + stranger[-4:]]


def wards(count, guardian="W1", **cells):
    return [person(n, id_number=CHILD, guardian_id=guardian, **cells) for n in range(2, 2 + count)]


def test_an_escort_has_no_more_children_than_the_config_says(office):
    office.tables["workers"] = [person(1), *wards(6)]
    assert [(code, row) for code, row, *_ in office.errors()] == [("escort_too_many", 7), ("escort_too_many", 8)]
    crowd = [n for n in office.read()[1] if n.code == "escort_too_many"]
    assert [dict(n.params) for n in crowd] == [{"limit": "4", "count": "6"}] * 2
    office.config = "policy: {people: {children_per_escort: 6}}\n"
    assert office.errors() == []


@pytest.mark.parametrize(("born", "fit"), [("20080226", True), ("20080227", False)])
def test_whoever_comes_of_age_on_the_way_still_counts_as_a_child_of_the_escort(office, born, fit):
    office.tables["workers"] = [person(1), *wards(4), person(9, id_number=nobody(born), guardian_id="W1")]
    assert ([code for code, *_ in office.errors()] == []) == fit
    assert fit or office.errors()[0][:2] == ("escort_too_many", 7)


def test_grown_ups_who_name_a_leader_are_no_children_of_an_escort(office):
    office.tables["workers"] = [person(1), *(person(n, guardian_id="W1") for n in range(2, 9))]
    assert office.errors() == []


def test_a_guardian_may_have_a_leader_and_all_are_one_party(office):
    office.tables["workers"] = [
        person(1, id_number=CHILD, guardian_id="W2"),
        person(2, guardian_id="W3"),
        person(3, party="P"),
        person(4, guardian_id="W5"),
        person(5, guardian_id="W4"),
    ]
    parties = [w.party for w in office.read()[0].workers]
    assert parties[:3] == ["P"] * 3
    assert parties[3] == parties[4] != "P"


def test_a_refusal_comes_down_from_the_leader_to_the_child(office):
    office.tables["workers"] = [
        person(1, id_number=CHILD, guardian_id="W2"),
        person(2, guardian_id="W3"),
        person(3, employer="没有的企业"),
    ]
    assert office.read()[0].workers == ()
    assert {(code, row) for code, row, *_ in office.errors()} == {
        ("guardian_rejected", 2), ("guardian_rejected", 3), ("unknown_employer", 4),
    }  # fmt: skip


def test_a_leader_who_names_herself_has_none(office):
    office.tables["workers"] = [person(1, guardian_id="W1"), person(2, guardian_id="W1")]
    assert [w.guardian_id for w in office.read()[0].workers] == ["", "W1"]


def test_a_child_is_not_its_own_guardian(office):
    office.tables["workers"] = [person(1, id_number=CHILD, guardian_id="W1")]
    assert [(code, row) for code, row, *_ in office.errors()] == [("guardian_is_minor", 2)]


@pytest.mark.parametrize(("born", "fit"), [("20080226", True), ("20080227", False), ("20110505", False)])
def test_a_guardian_is_eighteen_on_the_first_day(office, born, fit):
    office.tables["workers"] = [person(1, id_number=nobody(born)), *wards(1)]
    assert ([code for code, *_ in office.errors()] == []) == fit
    assert fit or office.errors()[0][:2] == ("guardian_is_minor", 3)


@pytest.mark.parametrize(
    ("born", "guardian", "flies"),
    [("20080226", "", True), ("20080227", "", False), ("20110505", "", False), ("20110505", "W1", True)],
)
def test_whoever_is_under_age_on_the_first_day_flies_with_a_guardian_only(office, born, guardian, flies):
    office.tables["workers"] = [person(1), person(2, id_number=nobody(born), guardian_id=guardian)]
    inputs, notices = office.read()
    assert (Mode.FLIGHT not in inputs.workers[1].modes_barred) == flies
    assert [n.row for n in notices if n.code == "no_flight_alone"] == ([] if flies else [3])


def test_the_age_of_flying_alone_is_the_configs(office):
    office.config = "policy: {people: {fly_alone_age: 14}}\n"
    office.tables["workers"] = [person(1, id_number=nobody("20110505"), modes_barred="火车")]
    assert office.read()[0].workers[0].modes_barred == {Mode.TRAIN}


def test_youth_and_old_age_are_warnings_with_limits_from_the_config(office):
    office.tables["workers"] = [person(1, id_number=nobody("20110505")), person(2, id_number=nobody("19500505"))]
    assert [w for w in office.warnings() if w[1]] == [("under_age", 2), ("over_age", 3)]
    office.config = "policy: {people: {max_age: 80, min_age: 14}}\n"
    assert [w for w in office.warnings() if w[1]] == []


def test_a_headcount_that_the_roster_does_not_meet_is_a_warning(office):
    office.tables["employers"][0]["headcount"] = 5
    _, notices = office.read()
    assert [dict(n.params) for n in notices if n.code == "headcount_differs"] == [{"headcount": "5", "people": "2"}]
