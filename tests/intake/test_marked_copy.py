"""The copy that goes back to the office, whatever it sent: opened by other programs, with its own look."""

import csv
import shutil
import stat
import subprocess

import openpyxl
import pytest
from forged import changed
from office import CHINESE, chinese, person
from python_calamine import CalamineWorkbook
from sent import EMPLOYER, ROSTERS
from xlsxwriter import Workbook

from dispatch.intake.annotate import annotate_roster

RED, BLUE = "FFFFC7CE", "FFDDEBF7"


def marked(office):
    inputs, notices = office.read()
    return annotate_roster(office.settings(), inputs, notices)


def cells(sheet):
    return [[cell.value or "" for cell in row] for row in sheet.iter_rows()]


def test_a_guessed_home_is_marked_as_one(office):
    office.write_xlsx("workers", [CHINESE, chinese(1), chinese(2, **{"乡（镇）": "张店镇", "联系电话": "154"})])
    (path,) = marked(office)
    rows = list(openpyxl.load_workbook(path)["花名册"].iter_rows(min_row=2, values_only=True))
    assert [row[-1] for row in rows] == ["县（市、区）", "同名，按多数人取"]


@pytest.fixture
def two_sheets(office):
    office.files["workers"] = "workers.xlsx"
    office.settings()
    with Workbook(office.path("workers")) as book:
        for name, rows in (("圣人涧镇", [chinese(1)]), ("张店镇", [chinese(2, 用工企业名称="没有", 联系电话="15400")])):
            sheet = book.add_worksheet(name)
            sheet.set_column(0, 0, 4)
            sheet.set_column(2, 2, 33)
            for i, row in enumerate([["花名册"], CHINESE, *rows]):
                for j, cell in enumerate(row):
                    sheet.write(i, j, cell)
    return office


def test_each_sheet_is_marked_where_its_own_problems_are(two_sheets):
    (path,) = marked(two_sheets)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["圣人涧镇", "张店镇", "问题清单", "退回名单"]
    at = CHINESE.index("用工企业名称") + 1
    assert book["张店镇"].cell(3, at).fill.start_color.rgb == RED
    assert book["圣人涧镇"].cell(3, at).fill.start_color.rgb != RED
    assert "企业表中没有“没有”" in book["张店镇"].cell(3, at).comment.text


def test_rows_say_what_became_of_them_and_where_the_home_was_found(two_sheets):
    (path,) = marked(two_sheets)
    book = openpyxl.load_workbook(path)
    beside = [[row[i].value for i in (-3, -2, -1)] for row in book["圣人涧镇"].iter_rows(min_row=2)]
    assert beside == [["处理结果", "识别的住址", "定位精度"], ["接收", "山西省运城市平陆县", "县（市、区）"]]
    assert [row[-3].value for row in book["张店镇"].iter_rows(min_row=3)] == ["退回"]
    assert cells(book["退回名单"])[1][:4] == ["张店镇", "3", "2", "示例2"]
    assert "企业表中没有“没有”" in cells(book["退回名单"])[1][4]


def test_the_offices_columns_and_widths_are_kept(two_sheets):
    (path,) = marked(two_sheets)
    sheet = openpyxl.load_workbook(path)["张店镇"]
    assert [c.value for c in sheet[2]][: len(CHINESE)] == CHINESE
    assert (round(sheet.column_dimensions["A"].width), round(sheet.column_dimensions["C"].width)) == (5, 34)


def test_a_copy_that_comes_back_mended_is_read_and_marked_again(two_sheets):
    (path,) = marked(two_sheets)
    before = cells(openpyxl.load_workbook(path)["张店镇"])
    shutil.copyfile(path, two_sheets.path("workers"))
    inputs, _ = two_sheets.read()
    assert (inputs.rostered, inputs.rejected) == (2, 1)
    (path,) = marked(two_sheets)
    assert cells(openpyxl.load_workbook(path)["张店镇"]) == before
    assert openpyxl.load_workbook(path).sheetnames.count("问题清单") == 1


def test_only_its_owner_reads_the_copy(two_sheets):
    (path,) = marked(two_sheets)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_csv_comes_back_as_a_workbook_of_its_own_columns(office):
    office.tables["workers"] = [person(1), person(2, employer="没有")]
    (path,) = marked(office)
    sheet = openpyxl.load_workbook(path)["花名册"]
    assert [c.value for c in sheet[1]][:8] == list(person(1))
    assert sheet.cell(3, list(person(1)).index("employer") + 1).fill.start_color.rgb == RED
    assert sheet.cell(2, list(person(1)).index("id_number") + 1).value == person(1)["id_number"]


def test_an_unclear_heading_is_marked_in_its_cell(office):
    head = ["姓名", "身份证号", "户籍地", "用工企业", "联系方式"]
    office.write_xlsx(
        "workers", [["花名册"], head, ["示例1", person(1)["id_number"], "平陆县", "示例电子有限公司", "1"]]
    )
    (path,) = marked(office)
    cell = openpyxl.load_workbook(path)["花名册"].cell(2, 5)
    assert cell.fill.start_color.rgb == RED
    assert "联系方式=phone" in cell.comment.text


def test_several_lists_come_back_each_by_itself_and_old_copies_go(office):
    office.settings()
    for name, rows in (("a", [person(1)]), ("b", [person(2, employer="没有")]), ("c", [person(3, phone="1")])):
        office.files["workers"] = f"{name}.csv"
        office.write_csv("workers", rows)
    office.raw["workers"] = "[../data/a.csv, ../data/b.csv, ../data/c.csv]"
    assert [path.name for path in marked(office)] == ["b.csv.xlsx", "c.csv.xlsx"]
    office.files["workers"] = "b.csv"
    office.write_csv("workers", [person(2)])
    assert [path.name for path in marked(office)] == ["c.csv.xlsx"]
    assert [path.name for path in (office.folder / "out" / "test" / "roster_marked").iterdir()] == ["c.csv.xlsx"]


@pytest.mark.skipif(not (ROSTERS / "legacy_float.xls").exists(), reason="the sent file is not beside the project")
def test_an_old_workbook_comes_back_as_a_new_one(office):
    office.tables["employers"][0]["name"] = EMPLOYER
    office.files["workers"] = "legacy_float.xls"
    office.settings()
    shutil.copyfile(ROSTERS / "legacy_float.xls", office.path("workers"))
    (path,) = marked(office)
    sheet = openpyxl.load_workbook(path)["花名册"]
    assert sheet.cell(4, 6).fill.start_color.rgb == RED
    assert "存成了数字" in sheet.cell(4, 6).comment.text
    sent = CalamineWorkbook.from_path(str(ROSTERS / "legacy_float.xls")).get_sheet_by_name("花名册").to_python(False)
    assert len(sent[8][5]) == 18
    assert sheet.cell(9, 6).value == sent[8][5]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_opens_the_copy(two_sheets, tmp_path):
    (path,) = marked(two_sheets)
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    for form in ("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2", "pdf"):
        order = ["soffice", profile, "--headless", "--convert-to", form, "--outdir", tmp_path, path]
        subprocess.run(order, check=True, capture_output=True, timeout=120)
    (sheet,) = tmp_path.glob("*张店镇.csv")
    with sheet.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[1][: len(CHINESE)] == CHINESE
    assert rows[2][-3] == "退回"
    assert (tmp_path / "roster_marked.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("name", ["<r>&</r>", "<r><t>示例</t></r></si><si><t>x</t></r>", "<r></r>"])
def test_a_name_of_markup_is_a_text_of_the_copy_like_others(office, name):
    office.tables["workers"] = [person(1), person(2, name=name, employer="没有")]
    (path,) = marked(office)
    book = openpyxl.load_workbook(path)
    assert book["花名册"].cell(3, list(person(1)).index("name") + 1).value == name
    assert book["花名册"].cell(3, list(person(1)).index("employer") + 1).value == "没有"
    assert cells(book["退回名单"])[1][3] == name


def page(*tables):
    rows = ["".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in table) for table in tables]
    return f"<html><body>{''.join(f'<table>{each}</table>' for each in rows)}</body></html>".encode()


def test_a_page_of_several_tables_comes_back_with_each_of_them(office):
    office.files["workers"] = "workers.xls"
    office.settings()
    wrong = [chinese(n, 用工企业名称="没有") for n in (1, 2)]
    office.path("workers").write_bytes(page([["示例镇花名册"]], [CHINESE, wrong[0]], [CHINESE, wrong[1]]))
    places = [(r.sheet, r.row, r.name) for r in office.read()[0].rejected_rows]
    assert places == [("2", 2, "示例1"), ("3", 2, "示例2")]
    (path,) = marked(office)
    assert openpyxl.load_workbook(path).sheetnames == ["1", "2", "3", "问题清单", "退回名单"]


LONG = "2026年春节后外出务工人员“点对点”输送花名册平陆县圣人涧镇第一批"


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([LONG], [LONG[:31]]),
        ([LONG, LONG + "续"], [LONG[:31], LONG[:27] + " (2)"]),
        (["一/二:三?"], ["一 二 三"]),
        (["'甲'"], ["甲"]),
        (["Liste", "LISTE"], ["Liste", "LISTE (2)"]),
        (["/", "花名册"], ["花名册", "花名册 (2)"]),
        (["𬭎" * 20], ["𬭎" * 15]),
    ],
)
def test_sheets_that_excel_would_not_call_so_come_back_under_other_names(office, names, shown):
    office.files["workers"] = "workers.xlsx"
    office.settings()
    rows = {f"s{n}": [CHINESE, chinese(n + 1, 用工企业名称="没有")] for n in range(len(names))}

    def rename(xml):
        for sheet, name in zip(rows, names, strict=True):
            xml = xml.replace(f'name="{sheet}"'.encode(), f'name="{name}"'.encode())
        return xml

    with Workbook(office.path("workers")) as book:
        for sheet, lines in rows.items():
            made = book.add_worksheet(sheet)
            for i, row in enumerate(lines):
                made.write_row(i, 0, row)
    office.path("workers").write_bytes(changed(office.path("workers").read_bytes(), {"xl/workbook.xml": rename}))
    (path,) = marked(office)
    assert openpyxl.load_workbook(path).sheetnames == [*shown, "问题清单", "退回名单"]


def test_a_heading_that_stands_twice_is_marked_in_each_of_its_cells(office):
    office.tables["workers"] = [person(1) | {"姓名": "示例9"}]
    (path,) = marked(office)
    sheet = openpyxl.load_workbook(path)["花名册"]
    assert [c.value for c in sheet[1] if c.fill.start_color.rgb == RED] == ["name", "姓名"]
