"""One person twice: out and back in one plan."""

import pytest
from office import nobody, person

from dispatch.intake.identity import with_check_digit

OUT = {"ready_from": "2026-02-25", "report_by": "2026-02-26"}
BACK = {"ready_from": "2026-02-28", "report_by": "2026-03-01"}
REAL = with_check_digit("14082919850101123")
CHILD = nobody("20160505")


@pytest.mark.parametrize("number", [REAL, nobody("19850101")])
def test_out_and_back_are_two_rows_of_one_person(office, number):
    office.tables["workers"] = [
        person(1, id_number=number, **OUT),
        person(2, id_number=number, name="示例1", **BACK),
    ]
    inputs, notices = office.read()
    assert [w.worker_id for w in inputs.workers] == ["W1", "W2"]
    assert [dict(n.params) for n in notices if n.code == "travels_again"] == [{"count": "1"}]


def test_two_journeys_under_one_worker_id_get_an_id_each(office):
    office.tables["workers"] = [person(1, **OUT), person(1, **BACK)]
    assert [w.worker_id for w in office.read()[0].workers] == ["W1", "W1-2"]


@pytest.mark.parametrize("number", [REAL, REAL[:-1] + " " + REAL[-1], "140829850101123"])
def test_an_id_number_in_the_place_of_an_id_is_never_shown(office, number):
    office.tables["workers"] = [
        person(1, worker_id=number, id_number=REAL, employer="不存在"),
        person(2, worker_id=number[:-1] + "X" if len(number) == 18 else number, guardian_id=REAL),
        person(3),
    ]
    inputs, notices = office.read()
    assert [w.worker_id for w in inputs.workers] == ["W3"]
    assert [dict(n.params) for n in notices if n.code == "worker_id_is_number"] == [{"count": "2"}]
    assert {n.worker_id for n in notices if n.row == 2} == {"W2"}
    assert not any(number[:12] in str(n) for n in notices)


def test_the_way_back_in_the_same_party_is_an_error_and_not_a_party_that_can_never_leave(office):
    office.tables["workers"] = [person(n, party="P", **window) for window in (OUT, BACK) for n in (1, 2)]
    assert [w.worker_id for w in office.read()[0].workers] == ["W1", "W2"]
    assert [(code, row, value) for code, row, _, value in office.errors()] == [
        ("party_twice", 4, "P"), ("party_twice", 5, "P"),
    ]  # fmt: skip


@pytest.mark.parametrize("number", [REAL, nobody("19850101")])
def test_windows_that_meet_are_one_journey_listed_twice(office, number):
    office.tables["workers"] = [
        person(1, id_number=number, **OUT),
        person(2, id_number=number, name="示例1", ready_from="2026-02-26", report_by="2026-03-01"),
    ]
    assert [(code, row) for code, row, *_ in office.errors()] == [("duplicate_id_number", 3)]
    assert "travels_again" not in {n.code for n in office.read()[1]}


def test_made_up_people_of_another_name_may_share_a_number(office):
    office.tables["workers"] = [person(1, id_number=CHILD, guardian_id="W3"), person(2, id_number=CHILD), person(3)]
    office.tables["workers"][1]["guardian_id"] = "W3"
    assert office.errors() == []


def test_two_people_under_one_worker_id_are_an_error(office):
    office.tables["workers"] = [person(1, **OUT), person(1, name="示例2", **BACK)]
    assert [(code, row) for code, row, *_ in office.errors()] == [("duplicate_id", 3)]


@pytest.mark.parametrize("who", ["W1", "示例1", person(1)["id_number"]])
def test_a_child_goes_back_with_the_guardians_journey_of_that_time(office, who):
    office.tables["workers"] = [
        person(1, **OUT),
        person(2, id_number=CHILD, guardian_id=who, **OUT),
        person(3, name="示例2", id_number=CHILD, guardian_id=who, **BACK),
        person(4, name="示例1", id_number=person(1)["id_number"], **BACK),
    ]
    workers = office.read()[0].workers
    assert [w.guardian_id for w in workers] == ["", "W1", "W4", ""]
    assert workers[0].party == workers[1].party != workers[2].party == workers[3].party


def test_of_two_journeys_at_one_time_the_guardians_is_the_one_to_the_childs_site(office):
    """Windows of days may leave the order open; the site does not."""
    office.tables["employers"].append(
        {"employer_id": "E2", "name": "示例小学", "city": "运城市", "lat": 34.8, "lon": 111.2}
    )
    number = person(1)["id_number"]
    office.tables["workers"] = [
        person(1, ready_from="2026-02-25", report_by="2026-02-26"),
        person(2, name="示例1", id_number=number, ready_from="2026-02-27", report_by="2026-02-28", employer="示例小学"),
        person(
            3, id_number=CHILD, guardian_id="W1", employer="示例小学", ready_from="2026-02-25", report_by="2026-02-28"
        ),
    ]
    assert [w.guardian_id for w in office.read()[0].workers] == ["", "", "W2"]
