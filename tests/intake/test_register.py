"""A register larger than the travellers: the roster names them, the register says who they are."""

from datetime import date

import pytest
from office import CHINESE, chinese, nobody, person

from dispatch.intake.identity import with_check_digit
from dispatch.intake.notices import describe
from dispatch.model.notice import Severity

SHORT = {"employer": "示例电子有限公司", "ready_from": "2026-02-26", "report_by": "2026-02-28"}


def issued(number):
    """An ID number as somebody could hold one."""
    return with_check_digit(f"1408291985{number:02d}11231")


@pytest.fixture
def registered(office):
    """An office whose register holds six people."""
    office.files["register"] = "register.csv"
    office.tables["register"] = [
        {k: v for k, v in person(n, funding="脱贫户", id_number=issued(n)).items() if k not in SHORT}
        for n in range(1, 7)
    ]
    return office


def found(office, severity):
    return [(n.code, n.row, n.column) for n in office.read()[1] if n.severity is severity]


def test_a_row_may_hold_only_the_id_number_or_the_worker_id(registered):
    registered.tables["workers"] = [{"id_number": issued(3)} | SHORT, {"worker_id": "W5"} | SHORT]
    inputs, _ = registered.read()
    assert [(w.worker_id, w.name, w.id_number, w.phone, w.funding) for w in inputs.workers] == [
        ("W3", "示例3", issued(3), "15400000003", "脱贫户"),
        ("W5", "示例5", issued(5), "15400000005", "脱贫户"),
    ]
    assert {w.home.township_name for w in inputs.workers} == {"圣人涧镇"}
    assert (inputs.rostered, inputs.rejected, inputs.registered) == (2, 0, 6)
    assert set(inputs.sha256) == {"workers", "employers", "stops", "offers", "register"}


def test_what_the_roster_says_counts_and_an_address_is_taken_as_a_whole(registered):
    registered.tables["register"][0] |= {"home": "", "home_county": "永济市", "home_township": "蒲州镇"}
    registered.tables["workers"] = [
        {"worker_id": "W1", "home": "山西省运城市平陆县张店镇", "phone": "15499999999", "needs": "wheelchair"} | SHORT
    ]
    (worker,) = registered.read()[0].workers
    assert (worker.home.township_name, worker.phone, worker.needs) == ("张店镇", "15499999999", "wheelchair")
    assert "永济" not in worker.home.text


def test_an_error_in_a_filled_cell_names_the_rosters_file_and_row(registered):
    registered.tables["register"][3]["id_number"] = issued(4)[:-1] + ("1" if issued(4)[-1] != "1" else "2")
    registered.tables["workers"] = [{"worker_id": "W1"} | SHORT, {"worker_id": "W4"} | SHORT]
    (error,) = [n for n in registered.read()[1] if n.severity is Severity.ERROR]
    assert (error.code, error.file, error.row, error.column) == ("id_check", "workers.csv", 3, "id_number")


def test_a_traveller_who_is_not_in_the_register_is_a_warning_or_an_error_where_that_leaves_blanks(registered):
    registered.tables["workers"] = [person(8), {"id_number": issued(9)} | SHORT, {"worker_id": "W77"} | SHORT]
    assert found(registered, Severity.WARNING) == [("not_in_register", 2, "id_number")]
    errors = found(registered, Severity.ERROR)
    assert {("not_in_register", 3, "id_number"), ("not_in_register", 4, "worker_id")} <= set(errors)
    assert {row for _, row, _ in errors} == {3, 4}
    assert [w.worker_id for w in registered.read()[0].workers] == ["W8"]


def test_a_number_that_differs_is_an_error_and_a_name_a_warning(registered):
    registered.tables["workers"] = [
        {"worker_id": "W1", "name": "示例1", "id_number": issued(11)} | SHORT,
        {"id_number": issued(2), "name": "示例二"} | SHORT,
    ]
    assert found(registered, Severity.ERROR) == [("register_id_differs", 2, "id_number")]
    assert found(registered, Severity.WARNING) == [("register_name_differs", 3, "name")]
    assert [w.name for w in registered.read()[0].workers] == ["示例二"]


def test_a_running_number_under_another_name_gives_nobody_a_strangers_id_number(registered):
    """Offices number every list from 1."""
    registered.tables["workers"] = [{"worker_id": "W3", "name": "示例30"} | SHORT, {"worker_id": "W4"} | SHORT]
    assert found(registered, Severity.ERROR) == [("register_name_differs", 2, "name")]
    assert [w.name for w in registered.read()[0].workers] == ["示例4"]


def test_a_running_number_under_another_name_and_id_is_somebody_else(registered):
    """Offices number every list from 1."""
    registered.tables["workers"] = [person(40) | {"worker_id": "W1"}]
    assert found(registered, Severity.WARNING) == [("not_in_register", 2, "id_number")]


def test_a_register_with_somebody_twice_is_a_warning_that_names_both_rows(registered):
    registered.tables["register"].append(registered.tables["register"][1] | {"worker_id": "W20"})
    registered.tables["workers"] = [{"id_number": issued(2)} | SHORT]
    inputs, notices = registered.read()
    (warning,) = [n for n in notices if n.severity is Severity.WARNING]
    assert (warning.code, warning.file, warning.row, dict(warning.params)) == (
        "register_twice", "register.csv", 8, {"first": "3"},
    )  # fmt: skip
    assert [w.name for w in inputs.workers] == ["示例2"]


def test_made_up_people_of_one_number_are_told_apart_by_id_or_name_or_not_at_all(registered):
    same = nobody("19900101")
    registered.tables["register"] = [
        {"worker_id": f"R{n}", "name": f"示例{n}", "id_number": same, "home": "平陆县张店镇"} for n in (1, 2)
    ]
    registered.tables["workers"] = [
        {"id_number": same, "worker_id": "R2"} | SHORT,
        {"id_number": same, "name": "示例1"} | SHORT,
        {"id_number": same} | SHORT,
    ]
    inputs, _ = registered.read()
    assert [(w.worker_id, w.name) for w in inputs.workers] == [("R2", "示例2"), ("R1", "示例1")]
    assert ("register_unclear", 4, "id_number") in found(registered, Severity.ERROR)


def test_a_made_up_number_under_another_name_is_another_person(registered):
    same = nobody("19900101")
    registered.tables["register"].append(person(9, id_number=same, phone="15411111111"))
    registered.tables["workers"] = [person(8, id_number=same, phone="")]
    assert found(registered, Severity.WARNING) == [("not_in_register", 2, "id_number")]
    assert [w.phone for w in registered.read()[0].workers] == [""]


def test_no_finding_about_the_register_shows_a_whole_id_number(registered):
    registered.tables["register"].append(registered.tables["register"][1])
    registered.tables["workers"] = [
        {"worker_id": "W1", "name": "示例1", "id_number": issued(11)} | SHORT,
        {"id_number": issued(2), "name": "示例二"} | SHORT,
        {"id_number": issued(9)} | SHORT,
        {"worker_id": issued(10)} | SHORT,
    ]
    notices = registered.read()[1]
    assert {"register_twice", "register_id_differs", "register_name_differs", "not_in_register"} <= {
        n.code for n in notices
    }
    said = " ".join(f"{n.value} {n.params} {describe(n, 'zh')} {describe(n, 'en')}" for n in notices)
    assert not [n for n in range(1, 12) if issued(n) in said]


def test_a_workbook_with_chinese_headings_is_a_register_and_needs_no_employer(office):
    headings = [h for h in CHINESE if h not in ("用工企业名称", "到岗日期")]
    rows = [dict(zip(CHINESE, chinese(n), strict=True)) for n in (1, 2, 3)]
    office.write_xlsx("register", [["实名登记册"], headings, *([r[h] for h in headings] for r in rows)])
    office.tables["workers"] = [
        {"身份证号": nobody("19900201"), "用工企业": "示例电子有限公司", "出发日期": "2026-02-26"}
    ]
    inputs, _ = office.read()
    assert [(w.name, w.born, w.home.township_name) for w in inputs.workers] == [("示例2", date(1990, 2, 1), "圣人涧镇")]


@pytest.mark.parametrize("empty", ["register", "workers"])
def test_an_empty_table_beside_a_full_one_is_a_finding_and_no_crash(registered, empty):
    registered.tables["workers"] = [{"worker_id": "W1"} | SHORT]
    registered.settings()
    headings = [["worker_id", "name", "id_number", "employer"]]
    registered.write_xlsx(empty, headings)
    inputs, notices = registered.read()
    assert inputs.workers == ()
    assert {"register": "not_in_register", "workers": "empty_roster"}[empty] in {n.code for n in notices}
    assert inputs.registered == {"register": 0, "workers": 6}[empty]


def test_a_register_that_cannot_be_read_is_one_finding_and_not_one_for_each_row(registered):
    registered.tables["workers"] = [{"worker_id": f"W{n}"} | SHORT for n in (1, 2, 3)]
    registered.settings()
    registered.path("register").write_text("备注\n无\n", encoding="utf-8")
    inputs, notices = registered.read()
    errors = [n for n in notices if n.severity is Severity.ERROR]
    assert {(n.code, n.file) for n in errors} == {("missing_column", "register.csv")}
    assert (inputs.workers, inputs.rostered, inputs.rejected) == ((), 3, 3)


def test_without_a_register_the_roster_needs_its_own_columns(office):
    office.tables["workers"] = [{"worker_id": "W1"} | SHORT]
    assert {(code, value) for code, _, _, value in office.errors()} == {
        ("missing_column", "name"), ("missing_column", "id_number"),
    }  # fmt: skip
