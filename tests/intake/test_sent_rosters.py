"""Every file beside the project that an office sent, or one made like it where they are not there."""

import csv
import shutil
from collections import Counter

import pytest
from sent import COLUMNS, EMPLOYER, ROSTERS, made_rows
from xlsxwriter import Workbook

from dispatch.model.notice import Severity

# What each does to the ID numbers that do not end in X, which stay text.
SENT = {
    "legacy_float.xls": "id_numeric",
    "merged_header.xlsx": "id_numeric",
    "gb18030_broken.csv": "id_scientific",
    "gb18030_ok.csv": "",
}


@pytest.fixture(params=SENT)
def sent(office, request):
    """An office with one of the files as its roster; made like it where it is not there."""
    name = request.param
    office.tables["employers"][0]["name"] = EMPLOYER
    if not (ROSTERS / name).exists() and name.endswith(".xls"):
        pytest.skip("no program here writes .xls")
    office.files["workers"] = name
    office.settings()
    if (ROSTERS / name).exists():
        shutil.copyfile(ROSTERS / name, office.path("workers"))
    else:
        MAKERS[name](office.path("workers"))
    return office, SENT[name]


def make_xlsx(path):
    rows = made_rows(lambda number: number if number.endswith("X") else float(number))
    with Workbook(path) as book:
        sheet = book.add_worksheet("Sheet")
        sheet.merge_range(0, 0, 0, 11, "务工人员信息采集表")
        sheet.merge_range(1, 0, 1, 6, "基本信息")
        sheet.merge_range(1, 7, 1, 11, "务工信息")
        for i, row in enumerate([COLUMNS, *rows], start=2):
            for j, cell in enumerate(row):
                sheet.write(i, j, cell)


def make_csv(path, how, above):
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([*above, COLUMNS, *made_rows(how)])


def make_broken(path):
    title = [["外出务工人员花名册", *[""] * 11], ["填报单位（盖章）：", *[""] * 11]]
    make_csv(path, lambda n: n if n.endswith("X") else f"{float(n):.5E}", title)


MAKERS = {
    "merged_header.xlsx": make_xlsx,
    "gb18030_broken.csv": make_broken,
    "gb18030_ok.csv": lambda path: make_csv(path, lambda number: f"\t{number}", []),
}


def test_every_row_is_read_and_every_damaged_number_is_said_in_its_cell(sent):
    office, damage = sent
    inputs, notices = office.read()
    errors = [n for n in notices if n.severity is Severity.ERROR]
    assert inputs.rostered == 20 == len(inputs.workers) + inputs.rejected
    assert {(n.code, n.column) for n in errors} == ({(damage, "身份证号码")} if damage else set())
    assert len({n.row for n in errors}) == inputs.rejected == len(inputs.rejected_rows)
    assert bool(inputs.rejected) == bool(damage)
    assert {(w.sheet, w.row) for w in inputs.workers}.isdisjoint((r.sheet, r.row) for r in inputs.rejected_rows)


def test_rare_names_dates_and_telephones_are_as_they_were_written(sent):
    office, _ = sent
    inputs, _ = office.read()
    assert {w.due_at.date().isoformat() for w in inputs.workers} == {"2026-02-28"}
    assert all(len(w.phone) == 11 and w.phone.isdigit() for w in inputs.workers)
    names = [row.name for row in (*inputs.workers, *inputs.rejected_rows)]
    assert any("𬭎" in name for name in names)


def test_people_of_the_sent_rosters_are_placed_in_their_county(sent):
    office, _ = sent
    assert Counter(w.home.county_name for w in office.read()[0].workers).most_common(1)[0][0] == "平陆县"
