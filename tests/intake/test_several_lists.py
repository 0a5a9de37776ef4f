"""One roster of several sheets and several files: one list a township."""

from datetime import date
from pathlib import Path

import pytest
from forged import workbook
from office import CHINESE, chinese, nobody, person
from xlsxwriter import Workbook

from dispatch.intake.notices import describe
from dispatch.intake.paths import labels
from dispatch.model.notice import Severity


def book(office, sheets, file="workers.xlsx"):
    """A workbook of rows by sheet."""
    office.files["workers"] = file
    office.settings()
    with Workbook(office.path("workers"), {"strings_to_formulas": False}) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    sheet.write(i, j, cell)


def of(number, **cells):
    return chinese(number, 身份证号码=nobody(f"1990{number:02d}11"), **cells)


def test_sheets_that_hold_people_are_one_roster_and_each_row_keeps_its_sheet(office):
    title = [["张店镇花名册"], CHINESE]
    book(office, {"圣人涧镇": [CHINESE, of(1), of(2)], "张店镇": [*title, of(3), of(4, 用工企业名称="没有")], "空": []})
    inputs, notices = office.read()
    assert [(w.sheet, w.row) for w in inputs.workers] == [("圣人涧镇", 2), ("圣人涧镇", 3), ("张店镇", 3)]
    assert [(n.code, n.sheet, n.row) for n in notices if n.severity is Severity.ERROR] == [
        ("unknown_employer", "张店镇", 4)
    ]
    assert [(r.sheet, r.row, r.name) for r in inputs.rejected_rows] == [("张店镇", 4, "示例4")]


def test_columns_may_stand_in_another_order_on_each_sheet(office):
    turned = [list(reversed(row)) for row in ([*CHINESE], of(2))]
    book(office, {"一": [CHINESE, of(1)], "二": turned})
    assert [w.name for w in office.read()[0].workers] == ["示例1", "示例2"]


def test_each_list_may_number_its_people_and_parties_from_one(office):
    rows = [[*CHINESE, "同行组", "监护人"]]
    child = nobody("20160505")
    first = [*rows, [*of(1), "1组", ""], [*of(2), "1组", ""]]
    second = [*rows, [*of(3, 序号=1), "1组", ""], [*chinese(4, 序号=2, 身份证号码=child), "", "1"]]
    book(office, {"一": first, "二": second})
    inputs, notices = office.read()
    assert [w.worker_id for w in inputs.workers] == ["1", "2", "2.1", "2.2"]
    assert [w.party for w in inputs.workers] == ["1组", "1组", "2.1组", "2.1组"]
    assert inputs.workers[3].guardian_id == "2.1"
    assert [dict(n.params)["count"] for n in notices if n.code == "party_in_two_lists"] == ["1"]


def test_somebody_on_two_sheets_is_told_with_the_other_sheet(office):
    book(office, {"一": [CHINESE, of(1)], "二": [CHINESE, of(1)]})
    (twice,) = [n for n in office.read()[1] if n.severity is Severity.ERROR]
    assert (twice.code, twice.sheet, twice.row) == ("duplicate_id_number", "二", 2)
    assert describe(twice, "zh")[0] == "身份证号与工作表“一”第 2 行相同"
    assert describe(twice, "en")[0] == "the ID number is that of row 2 of sheet “一” too"


def test_somebody_promised_to_two_employers_is_told_with_both(office):
    office.tables["employers"].append({"employer_id": "E2", "name": "示例服装", "lat": 34.2, "lon": 108.9})
    book(office, {"一": [CHINESE, of(1)], "二": [CHINESE, of(1, 用工企业名称="示例服装")]})
    (twice,) = [n for n in office.read()[1] if n.severity is Severity.ERROR]
    assert twice.code == "two_employers"
    assert "示例服装、示例电子有限公司" in describe(twice, "zh")[0]


def test_a_sheet_of_people_without_headings_is_an_error(office):
    book(office, {"一": [CHINESE, of(1)], "续": [of(2), of(3)]})
    assert [(code, value) for code, _, _, value in office.errors()] == [("sheet_without_headings", "续")]


def test_a_sheet_of_another_kind_is_a_warning_and_is_not_read(office):
    other = [["姓名", "身份证号", "用工企业", *(f"体检{i}" for i in range(3))], ["示例9", nobody("19900909"), "某厂"]]
    book(office, {"花名册": [CHINESE, of(1)], "体检": other})
    inputs, notices = office.read()
    assert len(inputs.workers) == 1
    assert [n.value for n in notices if n.code == "sheet_ignored"] == ["体检"]


def test_a_folder_of_lists_is_one_roster_in_the_order_of_their_names(office):
    office.files["workers"] = "lists"
    office.settings()
    (office.folder / "data" / "lists").mkdir()
    for name, numbers in (("b.csv", (1, 2)), ("a.csv", (3,)), ("~$a.csv", (4,)), ("notes.txt", (5,))):
        office.files["workers"] = f"lists/{name}"
        office.write_csv("workers", [person(n) for n in numbers])
    office.files["workers"] = "lists"
    inputs, _ = office.read()
    assert [(w.file, w.row, w.name) for w in inputs.workers] == [
        ("a.csv", 2, "示例3"), ("b.csv", 2, "示例1"), ("b.csv", 3, "示例2"),
    ]  # fmt: skip
    assert {"workers/a.csv", "workers/b.csv"} <= set(inputs.sha256)


@pytest.mark.parametrize("said", ["[../data/a.csv, ../data/b.csv]", "../data/?.csv"])
def test_a_roster_may_be_named_file_by_file_or_by_a_pattern(office, said):
    office.settings()
    for name, number in (("a", 1), ("b", 2)):
        office.files["workers"] = f"{name}.csv"
        office.write_csv("workers", [person(number)])
    office.files["workers"] = said.removeprefix("../data/")
    if said.startswith("["):
        office.raw["workers"] = said
    assert [w.name for w in office.read()[0].workers] == ["示例1", "示例2"]


def test_an_empty_folder_is_no_roster(office):
    office.files["workers"] = "lists"
    office.settings()
    (office.folder / "data" / "lists").mkdir()
    assert [(code, value) for code, _, _, value in office.errors()] == [("no_roster_files", "lists")]


def test_totals_titles_and_repeated_headings_between_the_people_are_no_people(office):
    rows = [
        CHINESE,
        ["一、圣人涧镇（1人）"],
        of(1),
        ["", "圣人涧镇小计", "", "1人", "", "", "共1人"],
        CHINESE,
        of(2),
        ["", "小计：1人"],
        [3],
        [4],
        ["合计", "2人"],
        ["填表人：某某", "", "", "审核人：某某"],
    ]
    book(office, {"花名册": rows})
    inputs, notices = office.read()
    assert [w.row for w in inputs.workers] == [3, 6]
    assert (inputs.rostered, inputs.rejected) == (2, 0)
    said = {(n.code, n.row) for n in notices if n.code in {"row_skipped", "heading_again", "row_numbered"}}
    assert said == {
        ("row_skipped", 2), ("row_skipped", 4), ("heading_again", 5), ("row_skipped", 7), ("row_numbered", 0),
        ("row_skipped", 10), ("row_skipped", 11),
    }  # fmt: skip


def test_blanks_below_merged_cells_mean_what_stands_above(office):
    rows = [of(1, **{"乡（镇）": "张店镇", "行政村": "甲村"}), of(2, **{"乡（镇）": "", "行政村": "乙村"})]
    rows += [of(3, **{"乡（镇）": "", "行政村": ""}), of(4, **{"乡（镇）": "圣人涧镇", "行政村": ""})]
    book(office, {"花名册": [CHINESE, *rows]})
    inputs, notices = office.read()
    homes = [w.home.text for w in inputs.workers]
    assert homes == ["张店镇甲村", "张店镇乙村", "张店镇乙村", "圣人涧镇"]
    filled = [(n.row, n.column, n.value) for n in notices if n.code == "filled_from_above"]
    assert filled == [(3, "乡（镇）", "张店镇"), (4, "乡（镇）", "张店镇"), (4, "行政村", "乙村")]


def test_somebody_who_says_where_to_board_has_no_home_from_above(office):
    office.tables["workers"] = [
        person(1, home_township="圣人涧镇", home=""),
        person(2, home_township="", home="", boarding_stop="S1"),
    ]
    assert office.read()[0].workers[1].home.text == ""


def test_windows_of_lists_are_read_alike(office):
    book(office, {"一": [CHINESE, of(1, 到岗日期="正月十一")], "二": [CHINESE, of(2, 到岗日期=46080)]})
    assert {w.due_at.date() for w in office.read()[0].workers} == {date(2026, 2, 27)}


@pytest.fixture
def folder(office):
    """The folder of an office's lists, in which there is one."""
    office.files["workers"] = "lists/a.csv"
    office.settings()
    (office.folder / "data" / "lists").mkdir()
    office.write_csv("workers", [person(1)])
    office.files["workers"] = "lists"
    return office.folder / "data" / "lists"


@pytest.mark.parametrize("name", ["张店镇.ods", "张店镇.xlsb", "张店镇.html", "张店镇.txt", "张店镇"])
def test_what_is_no_list_in_the_folder_is_said(office, folder, name):
    (folder / name).write_bytes(workbook())
    inputs, notices = office.read()
    assert [(n.code, n.value) for n in notices if n.severity is Severity.WARNING] == [("list_passed_over", name)]
    assert len(inputs.workers) == 1


def test_a_folder_in_the_folder_and_what_else_a_pattern_means_are_said(office, folder):
    (folder / "张店镇.csv").mkdir()
    (folder / "通知.pdf").write_bytes(b"%PDF")
    office.raw["workers"] = "../data/lists/*"
    assert {n.value for n in office.read()[1] if n.code == "list_passed_over"} == {"张店镇.csv", "通知.pdf"}


@pytest.mark.parametrize("name", ["~$a.xlsx", ".~lock.a.ods#", "another.ledger.jsonl", "Thumbs.db", "desktop.ini"])
def test_what_programs_keep_beside_lists_is_not_said(office, folder, name):
    (folder / name).touch()
    office.raw["workers"] = "../data/lists/*"
    assert not [n for n in office.read()[1] if n.code == "list_passed_over"]


def test_a_list_of_another_office_program_is_read(office, folder):
    (folder / "b.et").write_bytes(workbook(rows=[CHINESE, of(2)]))
    assert [w.name for w in office.read()[0].workers] == ["示例1", "示例2"]


def test_a_link_that_leads_nowhere_is_a_list_that_is_missing(office, folder):
    (folder / "b.xlsx").symlink_to(folder / "gone.xlsx")
    assert [(n.code, n.file) for n in office.read()[1] if n.severity is Severity.ERROR] == [("file_missing", "b.xlsx")]


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        (("x/a.csv", "x/b.csv"), ["a.csv", "b.csv"]),
        (("x/a.csv", "y/a.csv"), ["x/a.csv", "y/a.csv"]),
        (("平陆县/lists/a.csv", "万荣县/lists/a.csv"), ["平陆县/lists/a.csv", "万荣县/lists/a.csv"]),
        (("甲/平陆县/lists/a.csv", "乙/平陆县/lists/a.csv"), ["甲/平陆县/lists/a.csv", "乙/平陆县/lists/a.csv"]),
        (("x/a.csv", "y/a.csv", "y/b.csv"), ["x/a.csv", "y/a.csv", "b.csv"]),
        (("a.csv", "x/a.csv"), ["a.csv", "x/a.csv"]),
        # One name in two encodings: text that is the same, and two files.
        (("张店镇.csv", "\udcd5\udcc5\udcb5\udcea\udcd5\udcf2.csv"), ["张店镇.csv", "张店镇.csv (2)"]),
        (("\udcff.csv",), ["\\udcff.csv"]),
    ],
)
def test_no_two_lists_are_called_the_same(paths, said):
    assert labels([Path(path) for path in paths]) == said


def test_people_of_lists_of_one_name_are_told_apart(office):
    office.settings()
    for place, number in (("平陆县", 1), ("万荣县", 2)):
        (office.folder / "data" / place / "lists").mkdir(parents=True)
        office.files["workers"] = f"{place}/lists/张店镇.csv"
        office.write_csv("workers", [person(number, employer="没有")])
    office.raw["workers"] = "[../data/平陆县/lists/张店镇.csv, ../data/万荣县/lists/张店镇.csv]"
    inputs, _ = office.read()
    assert [(r.file, r.row) for r in inputs.rejected_rows] == [
        ("平陆县/lists/张店镇.csv", 2), ("万荣县/lists/张店镇.csv", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("employer", "name"),
    [("联合计算机有限公司", "示例1"), ("小计量器具厂", "示例1"), ("Total Energies", "示例1"), ("示例厂", "王小计")],
)
def test_a_name_that_holds_the_word_for_a_total_drops_nobody(office, employer, name):
    head = ["用工企业名称", "姓名", "身份证号码", "乡（镇）", "到岗日期"]
    sound = ["示例电子有限公司", "示例2", nobody("19900201"), "圣人涧镇", "2026.2.28"]
    office.write_xlsx("workers", [head, [employer, name, "", "圣人涧镇", "2026.2.28"], sound])
    inputs, notices = office.read()
    assert ("id_missing", 2) in [(n.code, n.row) for n in notices]
    assert (inputs.rostered, inputs.rejected) == (2, 1)


@pytest.mark.parametrize(
    "words",
    [
        "合计",
        "总 计：12人",
        "共计12人",
        "合计（人）",
        "圣人涧镇小计",
        "张店小计：3 人",
        "县合计",
        "Total: 12",
        "Subtotal",
    ],
)
@pytest.mark.parametrize("place", [0, 1])
def test_a_total_is_nobody_wherever_it_says_so(office, words, place):
    row = ["", "", "", "12人", "男7人", "女5人"]
    row[place] = words
    book(office, {"花名册": [CHINESE, of(1), row]})
    inputs, notices = office.read()
    assert ("row_skipped", 3) in [(n.code, n.row) for n in notices]
    assert (inputs.rostered, inputs.rejected) == (1, 0)
