"""Rows that are kept by column come back cell for cell, whatever the widths, kinds and line ends of a file."""

import csv
import io
from datetime import date, datetime

import pytest
from forged import workbook
from hypothesis import example, given, settings
from hypothesis import strategies as st
from watched import read

from dispatch.intake.files import delimited, packing
from dispatch.intake.files.columns import Columns
from dispatch.intake.files.grid import Budget, UnreadableError
from dispatch.intake.files.packing import Packer
from dispatch.intake.files.sheet_xml import letters, survey

CELLS = st.sampled_from(["", "a", "1", "示例", 1, 1.0, True, False, 0.0, date(2026, 2, 1), datetime(2026, 2, 1)])  # noqa: DTZ001
ROWS = st.lists(st.lists(CELLS, max_size=4), max_size=30)
LIMITS = Budget.of(0, unpacked_mb=None, leave_hidden_out=False)


def exact(rows):
    return [[(type(cell), cell) for cell in row] for row in rows]


def packed(rows, block):
    columns, packer = Columns(), Packer(mixed=True)
    for i in range(0, len(rows), block):
        columns.add(packer.pack(rows[i : i + block]))
    return columns


@settings(deadline=None)
@given(ROWS, st.integers(1, 7))
@example([["a"], [1], [True], [1.0]], 1)
def test_rows_come_back_from_their_columns(rows, block):
    columns = packed(rows, block)
    assert exact(columns) == exact(rows) == exact(columns[:]) == exact(columns[i] for i in range(len(columns)))
    for j in range(5):
        codes, cells = columns.column(j)
        assert exact([cells[codes]]) == exact([[row[j] if j < len(row) else "" for row in rows]])


def test_a_column_whose_cells_are_all_new_needs_no_numbers(monkeypatch):
    monkeypatch.setattr(packing, "_EARLY", (10, 0.9))
    rows = [[str(n), "x"] for n in range(40)] + [["0"]] + [["0", "y", "z"]]
    columns = packed(rows, 8)
    assert exact(columns) == exact(rows)
    assert list(columns.column(0)[0]) == list(range(42))
    codes, cells = columns.column(1)
    assert (list(cells), set(codes[:40])) == (["x", "", "y"], {0})


def test_a_row_wider_than_any_table_stays_a_row():
    rows = [["a", "b"], [""] * 9_000 + ["far"], ["c", "d"]]
    columns = packed(rows, 1)
    assert exact(columns) == exact(rows)
    assert list(columns.column(9_000)[1]) == ["", "far"]


def test_true_beside_one_stays_what_it_is(tmp_path):
    cells = [["序号", "x"], [1, "a"], [True, "b"], [1.0, "c"]]
    (tmp_path / "roster.xlsx").write_bytes(workbook(lambda *_: None, cells))
    assert [row[0] for row in read(tmp_path / "roster.xlsx").grids[0]] == ["序号", "1.0", "True", "1.0"]


@settings(deadline=None)
@given(st.text(alphabet='a示,"\n\r ', max_size=60), st.integers(1, 9))
def test_records_are_those_of_the_whole_text_wherever_it_is_cut(text, step):
    expected = list(csv.reader(io.StringIO(text, newline="")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_STEP", step)
        try:
            grid = delimited.read_delimited(text.encode(), LIMITS).grids[0]
        except UnreadableError as error:
            assert error.code == "file_quote_open"
        else:
            if text.count(",") >= max(text.count("\t"), text.count(";")):
                assert list(grid.rows) == expected


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 400), st.integers(1, 900)), min_size=1, max_size=30), st.integers(40, 400))
def test_a_sheet_reaches_as_far_as_its_farthest_cell_and_row(cells, step):
    rows = "".join(f'<row r="{row}"><c r="{letters(column)}{row}"><v>1</v></c></row>' for row, column in cells)
    content = f'<worksheet xmlns:r="x"><sheetData>{rows}</sheetData></worksheet>'.encode()
    extent = survey(content[i : i + step] for i in range(0, len(content), step)).extent
    highest = max(row for row, _ in cells)
    assert extent.column == max(column for _, column in cells)
    assert extent.row <= highest < 10 ** len(str(extent.row))
