"""What a sheet hides is read like the rest or left out as the config says, and told either way."""

import io
import shutil
import struct
import subprocess

import pytest
from forged import SHEET, changed, sheet, text_cell, workbook
from watched import read
from xlsxwriter import Workbook

from dispatch.model.notice import Severity

HEAD = ["姓名", "身份证号", "民族", "备注"]
ROWS = [HEAD, *([f"示例{n}", f"14082919900{n:02d}1000X", "汉族", ""] for n in range(1, 9))]
CODES = [row[0] for row in ROWS]


def hide(_, sheet):
    """Rows 3, 4 and 7, rows without content, a column with and two without."""
    for row in (2, 3, 6, 40, 41):
        sheet.set_row(row, None, None, {"hidden": True})
    sheet.set_column("C:C", None, None, {"hidden": True})
    sheet.set_column("E:XFD", None, None, {"hidden": True})


HIDING = workbook(hide, ROWS)


@pytest.fixture
def told(tmp_path):
    def told(content, name="roster.xlsx", **limits):
        (tmp_path / name).write_bytes(content)
        return read(tmp_path / name, **limits)

    return told


def test_hidden_rows_are_read_and_told_by_their_numbers(told):
    found = told(HIDING)
    assert [row[0] for row in found.grids[0]] == CODES
    assert found.remarks == [["hidden_rows_hand", "3", {"rows": "3-4, 7"}], ["hidden_columns", "C", {}]]


def test_hidden_rows_may_be_left_out_and_the_others_keep_their_numbers(told):
    found = told(HIDING, leave_hidden_out=True)
    assert [row[0] for row in found.grids[0]] == [*CODES[:2], "", "", *CODES[4:6], "", *CODES[7:]]
    assert found.remarked == ["hidden_rows_left_out_hand", "hidden_columns"]


def test_a_filter_is_told_as_one(told):
    def filter_(book, sheet):
        sheet.autofilter("A1:D9")
        sheet.filter_column("A", "x != 示例2")
        sheet.set_row(2, None, None, {"hidden": True})

    assert told(workbook(filter_, ROWS)).remarked == ["hidden_rows_filter"]


def test_rows_without_numbers_are_counted(told):
    rows = b"<row>" + text_cell("A1", "姓名") + b'</row><row hidden="true">' + text_cell("A2", "示例") + b"</row>"
    assert told(sheet(rows)).remarks == [["hidden_rows_hand", "1", {"rows": "2"}]]


def test_a_foreign_prefix_hides_no_hidden_row(told):
    content = changed(
        HIDING, {SHEET: lambda xml: xml.replace(b"<row ", b"<row  ").replace(b'hidden="1"', b"hidden = '1'")}
    )
    assert told(content).remarked == ["hidden_rows_hand", "hidden_columns"]


def test_a_hidden_sheet_with_something_in_it_is_told(told):
    content = io.BytesIO()
    with Workbook(content) as book:
        for name in ("花名册", "空表", "草稿"):
            book.add_worksheet(name)
        book.worksheets()[0].write_row(0, 0, HEAD)
        book.worksheets()[1].hide()
        book.worksheets()[2].very_hidden()
        book.worksheets()[2].write(0, 0, "x")
    found = told(content.getvalue())
    assert (len(found.grids), found.remarks) == (1, [["sheet_hidden", "草稿", {}]])


def test_a_config_decides_and_every_row_is_counted(office):
    rows = office.tables["workers"]
    office.write_xlsx("workers", [list(rows[0]), *(list(row.values()) for row in rows)])
    path = office.path("workers")
    xml = lambda xml: xml.replace(b'<row r="3"', b'<row r="3" hidden="1"')  # noqa: E731
    path.write_bytes(changed(path.read_bytes(), {SHEET: xml}))
    for setting, people, code in (("read", 2, "hidden_rows_hand"), ("leave_out", 1, "hidden_rows_left_out_hand")):
        office.config = f"reading: {{hidden_rows: {setting}}}\n"
        inputs, notices = office.read()
        assert (inputs.rostered, len(inputs.workers), inputs.rejected) == (people, people, 0)
        (notice,) = [n for n in notices if n.severity is Severity.WARNING and "hidden" in n.code]
        assert (notice.code, notice.value, dict(notice.params)["rows"]) == (code, "1", "3")


@pytest.fixture(scope="module")
def legacy(tmp_path_factory):
    """The same sheet as an old workbook, written by LibreOffice."""
    if not shutil.which("soffice"):
        pytest.skip("needs LibreOffice")
    folder = tmp_path_factory.mktemp("legacy")
    (folder / "roster.xlsx").write_bytes(HIDING)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "xls:MS Excel 97", "--outdir", folder]
    subprocess.run([*command, folder / "roster.xlsx"], check=True, capture_output=True)
    return (folder / "roster.xls").read_bytes()


def test_an_old_workbook_tells_its_hidden_rows_and_columns_too(told, legacy):
    found = told(legacy, "roster.xls")
    assert [row[0] for row in found.grids[0]] == CODES
    assert found.remarks == [["hidden_rows_hand", "3", {"rows": "3-4, 7"}], ["hidden_columns", "C", {}]]
    assert [r[0] for r in told(legacy, "roster.xls", leave_hidden_out=True).grids[0]].count("") == 3


def records(content):
    """Where the records of an old workbook begin: kind and length follow each other from the first on."""
    at = content.index(struct.pack("<HH", 0x809, 16))
    while at + 4 < len(content):
        kind, size = struct.unpack_from("<HH", content, at)
        if not kind:
            return
        yield at, kind
        at += 4 + size


def test_an_old_workbook_with_a_password_says_how_to_take_it_off(told, legacy):
    raw = bytearray(legacy)
    second = [at for at, _ in records(legacy)][1]
    struct.pack_into("<H", raw, second, 0x2F)
    assert told(bytes(raw), "roster.xls").code == "file_encrypted"


@pytest.mark.parametrize("wrong", [0, 1, 0x7FFF, 0xFFFF])
def test_lengths_that_lie_in_an_old_workbook_are_named_or_harmless(told, legacy, wrong):
    places = [at for at, _ in records(legacy)]
    for at in places[:: len(places) // 6]:
        raw = bytearray(legacy)
        struct.pack_into("<H", raw, at + 2, wrong)
        assert told(bytes(raw), "roster.xls").code in {"", "file_damaged", "file_too_costly", "file_encrypted"}


@pytest.mark.parametrize("share", [5, 50, 90])
def test_an_old_workbook_cut_short_is_damaged(told, legacy, share):
    found = told(legacy[: len(legacy) * share // 100], "roster.xls")
    assert found.code in {"file_damaged", "file_kind", "file_truncated"}


def test_a_compound_file_of_another_program_is_no_table(told):
    assert told(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "roster.xls").code == "file_damaged"
