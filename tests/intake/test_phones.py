"""Telephones as programs and hands write them."""

import pytest
from office import person


@pytest.mark.parametrize(
    "written",
    [
        "154 0000 0001",
        "+86 154-0000-0001",
        "8615400000001",
        "0086 154 0000 0001",
        "086-15400000001",
        "＋８６15400000001",
        "15400000001.0",
        "8615400000001.00",
        "1.5400000001E+10",
        "1.5400000001e10",
    ],
)
def test_a_number_is_read_as_it_is_dialled(office, written):
    office.tables["workers"] = [person(1, phone=written)]
    inputs, _ = office.read()
    assert [w.phone for w in inputs.workers] == ["15400000001"]
    assert office.warnings() == []


@pytest.mark.parametrize("written", ["1.54E+10", "1.540000000E+10", "86154", "154000000.01", "15400000001.5"])
def test_a_number_that_has_lost_digits_is_doubted_and_kept_as_it_is(office, written):
    office.tables["workers"] = [person(1, phone=written)]
    assert office.warnings() == [("phone_bad", 2)]
    assert [w.phone for w in office.read()[0].workers] == [written]


def test_a_number_of_a_house_keeps_what_looks_like_a_prefix(office):
    office.tables["workers"] = [person(1, phone="0860-1234567")]
    assert [w.phone for w in office.read()[0].workers] == ["08601234567"]
