"""What a roster says of people beside their numbers: sex, age, birth, telephones, homes."""

from datetime import date

import pytest
from office import nobody, person

from dispatch.model.notice import Severity


def found(office, code):
    return [n for n in office.read()[1] if n.code == code]


@pytest.mark.parametrize("said", ["女", "F", "female", ""])
def test_a_sex_that_fits_the_number_is_silent(office, said):
    office.tables["workers"] = [person(1, sex=said)]
    assert found(office, "sex_differs") == []


def test_a_sex_that_differs_is_a_warning_with_both(office):
    office.tables["workers"] = [person(1, 性别="男"), person(2, 性别="女")]
    (differs,) = found(office, "sex_differs")
    assert (differs.severity, differs.row, differs.column, differs.value) == (Severity.WARNING, 2, "性别", "男")
    assert dict(differs.params) == {"by_number": "女 / F"}
    assert len(office.read()[0].workers) == 2


BORN = nobody("19900312")


@pytest.mark.parametrize(
    "said",
    ["1990-03-12", "1990.3.12", "1990年3月12日", "19900312", "1990年3月", "1990.03", "199003", 32944, "32944", 1990.03,
     "1990", date(1990, 3, 12)],
)  # fmt: skip
def test_a_birth_in_any_form_is_compared_as_far_as_it_goes(office, said):
    head = ["姓名", "身份证号", "户籍地", "用工企业", "出生日期"]
    office.write_xlsx("workers", [head, ["示例1", BORN, "平陆县", "示例电子有限公司", said]])
    assert [n.code for n in office.read()[1] if n.severity is not Severity.NOTE] == []


def test_a_birth_that_differs_is_a_warning_with_both(office):
    office.tables["workers"] = [person(1, id_number=BORN, birth="1990.3.21"), person(2, birth="1991")]
    assert [(n.value, dict(n.params)["by_number"]) for n in found(office, "birth_differs")] == [
        ("1990.3.21", "1990-03-12"), ("1991", "1990-02-01"),
    ]  # fmt: skip
    assert found(office, "declared_unclear") == []


@pytest.mark.parametrize(("said", "differs"), [("35", 0), ("36岁", 0), ("34", 0), (37, 0), ("39", 1), ("53", 1)])
def test_an_age_may_be_a_year_off(office, said, differs):
    office.tables["workers"] = [person(1, id_number=BORN, age=said)]
    assert len(found(office, "age_differs")) == differs


def test_what_cannot_be_understood_is_a_note_and_refuses_nobody(office):
    office.tables["workers"] = [person(1, sex="?", birth="龙年", age="青年")]
    assert {(n.severity, n.column) for n in found(office, "declared_unclear")} == {
        (Severity.NOTE, column) for column in ("sex", "birth", "age")
    }
    assert len(office.read()[0].workers) == 1


def test_a_telephone_that_many_share_is_one_note_that_hides_it(office):
    office.tables["workers"] = [person(n, phone="15400000001") for n in range(1, 7)]
    (shared,) = found(office, "phone_shared")
    assert (shared.severity, shared.row, shared.value, dict(shared.params)["count"]) == (
        Severity.NOTE, 2, "154****0001", "6",
    )  # fmt: skip
    office.config = "policy: {people: {people_per_phone: 6}}\n"
    assert found(office, "phone_shared") == []


def test_one_who_travels_twice_shares_no_telephone(office):
    out = [person(1, party="") | {"ready_from": f"2026-02-2{d}", "report_by": f"2026-02-2{d}"} for d in range(5, 9)]
    office.config = "policy: {people: {people_per_phone: 1}}\n"
    office.tables["workers"] = out
    assert found(office, "phone_shared") == []


def test_homes_known_to_their_county_only_are_counted(office):
    office.tables["workers"] = [person(1), person(2, home="甘肃省定西市临洮县洮阳镇"), person(3)]
    (counted,) = found(office, "home_at_county")
    assert dict(counted.params) == {"count": "2"}


def test_a_township_like_one_of_the_county_is_a_note_with_it(office):
    office.tables["workers"] = [person(n, home="甘肃省定西市临洮县洮阳乡") for n in (1, 2)]
    (near,) = found(office, "home_near")
    assert (near.row, near.suggestions[0], dict(near.params)["count"]) == (2, "甘肃省定西市临洮县洮阳镇", "2")


def test_a_full_width_number_is_read_and_warned_of(office):
    wide = person(1)["id_number"].translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})
    office.tables["workers"] = [person(1, id_number=wide)]
    assert [w.id_number for w in office.read()[0].workers] == [person(1)["id_number"]]
    (warned,) = found(office, "id_full_width")
    assert (warned.severity, warned.row, warned.column) == (Severity.WARNING, 2, "id_number")
