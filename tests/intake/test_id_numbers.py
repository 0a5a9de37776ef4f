"""ID numbers: a wrong one must never reach a ticket office, and never a log."""

from dataclasses import FrozenInstanceError, replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from office import CHINESE, chinese, nobody, person

from dispatch.intake.identity import Holders, age_on, masked, with_check_digit
from dispatch.model.notice import Severity


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "id_missing"),
        ("14082919900101000", "id_length"),
        ("1.42732E+17", "id_scientific"),
        (with_check_digit("14082919900230000"), "id_birth"),
        (nobody("19900101")[:-1] + "Q", "id_length"),
    ],
)
def test_each_kind_of_damage_has_its_name(office, written, code):
    office.tables["workers"] = [person(1), person(2, id_number=written)]
    assert [(c, row, column) for c, row, column, _ in office.errors()] == [(code, 3, "id_number")]


def test_two_transposed_digits_are_found(office):
    number = nobody("19890317")
    office.tables["workers"] = [person(1, id_number=number[:8] + number[9] + number[8] + number[10:])]
    assert [e[0] for e in office.errors()] == ["id_check"]


def test_a_number_from_a_numeric_cell_is_refused_even_when_its_digit_fits(office):
    # 15 digits and 000 are what a spreadsheet keeps; this one passes the check digit by chance.
    lucky = next(n for day in range(1, 28) if (n := nobody(f"199001{day:02d}"))[-1] == "0")
    office.write_xlsx("workers", [CHINESE, chinese(1, 身份证号码=int(lucky)), chinese(2)])
    assert [(c, row, column) for c, row, column, _ in office.errors()] == [("id_numeric", 2, "身份证号码")]


def test_full_width_digits_a_small_x_and_blanks_are_mended(office):
    number = next(n for day in range(1, 28) if (n := nobody(f"199001{day:02d}"))[-1] == "X")
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    office.tables["workers"] = [person(1, id_number=wide), person(2, id_number=f" {number[:6]} {number[6:].lower()}\t")]
    assert [w.id_number for w in office.read()[0].workers] == [number, number]


def test_a_real_number_twice_is_refused_and_a_sample_number_is_not(office):
    # Built here, so that no number with another sequence stands in the repository.
    real = with_check_digit("140829" + "19900101" + "123")
    office.tables["workers"] = [person(1, id_number=real), person(2, id_number=real)]
    assert [(code, row) for code, row, *_ in office.errors()] == [("duplicate_id_number", 3)]
    office.path("workers").unlink()
    office.tables["workers"] = [person(1), person(2, id_number=person(1)["id_number"])]
    assert office.errors() == []


def test_no_notice_holds_a_whole_number(office):
    real = with_check_digit("140829" + "19900101" + "123")
    broken = real[:-1] + ("1" if real[-1] != "1" else "2")
    office.tables["workers"] = [person(1, id_number=broken), person(2, id_number=real), person(3, id_number=real)]
    _, notices = office.read()
    assert {n.code for n in notices if n.severity is Severity.ERROR} == {"id_check", "duplicate_id_number"}
    assert not any(real[:17] in str(n) for n in notices)
    assert masked(real) == "*" * 14 + real[-4:]


@given(born=st.dates(date(1950, 1, 1), date(2010, 12, 31)), place=st.integers(0, 16), digit=st.integers(0, 9))
def test_any_single_wrong_digit_changes_the_check_digit(born, place, digit):
    number = nobody(f"{born:%Y%m%d}")
    damaged = number[:place] + str(digit) + number[place + 1 : 17]
    assert (with_check_digit(damaged) == damaged + number[17]) == (str(digit) == number[place])


@settings(deadline=None)
@given(st.dates(date(1930, 1, 1), date(2026, 1, 1)), st.dates(date(2026, 1, 1), date(2028, 12, 31)))
@example(date(2004, 2, 29), date(2026, 2, 28))
@example(date(2004, 2, 29), date(2026, 3, 1))
def test_ages_come_from_the_digits_of_two_days(born, day):
    holders = Holders.of(pd.Series([nobody(f"{born:%Y%m%d}"), ""], dtype=object))
    assert holders.born.tolist() == [born, None]
    ages = holders.ages(int(f"{day:%Y%m%d}"))
    assert ages[0] == age_on(born, day)
    assert pd.isna(ages[1])


def test_a_person_of_a_roster_is_like_one_made_alone_and_as_closed(office):
    worker = office.read()[0].workers[0]
    assert worker == replace(worker)
    assert hash(worker) == hash(replace(worker))
    with pytest.raises(FrozenInstanceError):
        worker.name = "somebody else"
