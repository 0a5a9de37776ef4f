"""ID numbers: a wrong one must never reach a ticket office, and never a log."""

from dataclasses import FrozenInstanceError, replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from office import CHINESE, chinese, nobody, person

from dispatch.intake.identity import Holders, age_on, masked, numbers_hidden, with_check_digit
from dispatch.model.notice import Severity


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "id_missing"),
        ("14082919900101000", "id_length"),
        ("1.42732E+17", "id_scientific"),
        (with_check_digit("14082919900230000"), "id_birth"),
        (nobody("20260302"), "id_birth"),
        (nobody("20990101"), "id_birth"),
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


def test_a_child_born_on_the_last_day_of_travel_is_born(office):
    office.tables["workers"] = [person(1), person(2, id_number=nobody("20260301"), guardian_id="W1")]
    assert office.errors() == []


def test_a_number_that_a_spreadsheet_rounded_into_a_text_is_doubted(office):
    """Saved from a numeric cell its last three digits are zeros; one in eleven of them fits its check digit."""
    days = (f"1990{month:02d}{day:02d}" for month in range(1, 13) for day in range(1, 29))
    rounded = next(n for day in days if (n := with_check_digit(f"140829{day}100"))[-1] == "0")
    sample = next(n for day in range(1, 28) if (n := nobody(f"199001{day:02d}"))[-1] == "0")
    office.tables["workers"] = [person(1, id_number=rounded), person(2, id_number=sample)]
    doubted = [(n.severity, n.row, n.value) for n in office.read()[1] if n.code == "id_rounded"]
    assert doubted == [(Severity.WARNING, 2, "*" * 14 + "1000")]


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


NUMBER = with_check_digit("140829" + "19900101" + "000")


@pytest.mark.parametrize(
    "column", ["phone", "home", "employer", "report_by", "ready_from", "boarding_stop", "modes_barred", "home_lat"]
)
@pytest.mark.parametrize(
    "written", [NUMBER, f"号码{NUMBER}。", f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}", NUMBER[:6] + NUMBER[8:17]]
)
def test_no_notice_holds_a_number_that_slipped_into_another_column(office, column, written):
    office.tables["workers"] = [person(1), person(2, **{column: written})]
    notices = office.read()[1]
    assert any(n.row == 3 and n.severity is not Severity.NOTE for n in notices)
    assert not [n.code for n in notices if written.strip("号码。") in str(n)]
    assert any(n.row == 3 and n.value.strip("。").endswith(written.strip("。")[-4:]) for n in notices)


def test_the_list_of_rejected_rows_shows_no_number_that_stands_under_the_name(office):
    office.tables["workers"] = [person(1), person(2, name=NUMBER, id_number="示例2")]
    assert [r.name for r in office.read()[0].rejected_rows] == ["*" * 14 + NUMBER[-4:]]


@pytest.mark.parametrize(
    "text", ["2026-02-28 2026-03-01", "15400000001 15400000002", "15400000001、154-0000-0002", "46081"]
)
def test_dates_and_telephones_are_no_numbers_to_hide(text):
    assert numbers_hidden(text) == text


def test_how_many_numbers_begin_elsewhere_is_a_note_and_no_fault(office):
    # 142732 was 平陆 once and is no county today; 141024 is another county.
    old, moved = nobody("19650302", "142732"), nobody("19900203", "141024")
    office.tables["workers"] = [person(1), person(2, id_number=old), person(3, id_number=moved)]
    inputs, notices = office.read()
    assert len(inputs.workers) == 3
    (note,) = [n for n in notices if n.code == "id_place_differs"]
    assert (note.severity, dict(note.params)) == (Severity.NOTE, {"count": "2"})


def test_an_unknown_home_and_a_wrong_number_say_nothing_of_each_other(office):
    office.tables["workers"] = [person(1, home="火星"), person(2, id_number="123")]
    assert not [n for n in office.read()[1] if n.code == "id_place_differs"]


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
