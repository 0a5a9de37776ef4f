"""No file, however it is damaged, makes a reader raise anything but its named errors. Findings stay in ``found/``."""

from __future__ import annotations

import json
from datetime import date, time
from importlib.resources import files
from pathlib import Path

import pytest
from examples import bounded
from forged import changed, parts, workbook
from hypothesis import given
from hypothesis import strategies as st
from mutants import EDITS, Reader, mutated

from dispatch.config import load_settings
from dispatch.errors import ConfigError
from dispatch.intake.files.kinds import kind_of
from dispatch.intake.reader import UnreadableError, read_source

CODES = set(json.loads((files("dispatch") / "texts" / "notices.json").read_text("utf-8")))
FOUND = sorted((Path(__file__).parent / "found").iterdir())
TEXT = "序号,姓名,身份证号,用工企业,到岗日期,备注\n" + "".join(
    f'{n},示例{n},14082919900{n:02d}1000X,"示例电子（昆山）,公司",2026年2月28日,"两\n行"\n' for n in range(1, 9)
)
PAGE = (
    "<html><body><table><tr><th>姓名<th colspan=2>身份证号</tr><tr><td rowspan=2>甲</td><td>1&amp;2</td></tr></table>"
)
CONFIG = """name: op
timezone: Asia/Shanghai
inputs: {workers: ../data/w.xlsx, employers: e.csv, stops: s.csv, offers: "o.csv"}
horizon: {from: 2026-02-27, to: '2026-03-01'}
policy:
  drive: {daily_min: 480, night_from: "22:00"}
  squares:
    S1: {people_per_hour: 300}
publish: {language: en, formats: [xlsx, csv], packs: [礼包]}
"""


def book() -> bytes:
    """A workbook with everything a roster may hold."""

    def fill(made, sheet):
        days = made.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_datetime(3, 0, date(2026, 2, 28), days)
        sheet.write_datetime(3, 1, time(6, 30), made.add_format({"num_format": "hh:mm"}))
        sheet.write_row(4, 0, [True, 1.5e300])
        sheet.write_formula(5, 0, "=1/0", None, "#DIV/0!")
        sheet.merge_range("A8:A10", "并")
        sheet.merge_range("B8:C8", "标题")
        sheet.set_row(8, None, None, {"hidden": True})
        sheet.set_column("B:B", 12, None, {"hidden": True})
        sheet.autofilter("A1:B3")
        made.add_worksheet("草稿").hide()

    return workbook(fill)


BOOK = book()
PARTS = sorted(parts(BOOK))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One for all examples: a thousand folders take longer to remove than to test."""
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(scope="module")
def reader():
    reader = Reader()
    yield reader
    reader.close()


def check(last):
    """Read to its end, refused with a code that is worded, or ended, which the parent names too."""
    assert last[0] in {"end", "error", "ended"}, last
    assert last[0] != "error" or {last[1], f"{last[1]}.remedy"} <= CODES, last


@bounded(300)
@given(part=st.sampled_from(PARTS), edits=EDITS)
def test_a_workbook_with_a_changed_part(reader, part, edits):
    check(reader.last_word("archive", changed(BOOK, {part: lambda xml: mutated(xml, edits)})))


@bounded(200)
@given(edits=EDITS)
def test_a_workbook_with_changed_bytes(reader, edits):
    check(reader.last_word("archive", mutated(BOOK, edits)))


@bounded(300)
@given(edits=EDITS)
def test_an_old_workbook_with_changed_bytes(reader, edits):
    check(reader.last_word("compound", mutated((Path(__file__).parent / "roster.xls").read_bytes(), edits)))


@bounded(300)
@given(edits=EDITS, encoding=st.sampled_from(["utf-8", "gb18030"]))
def test_a_page_with_changed_bytes(reader, edits, encoding):
    check(reader.last_word("markup", mutated(PAGE.encode(encoding), edits)))


def read(folder, content, name):
    path = folder / name
    path.write_bytes(content)
    try:
        for grid in read_source(path).grids:
            assert all(isinstance(row, list) for row in grid.rows)
    except UnreadableError as error:
        assert {error.code, f"{error.code}.remedy"} <= CODES


@bounded(400)
@given(edits=EDITS, encoding=st.sampled_from(["utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]))
def test_a_text_with_changed_bytes(folder, edits, encoding):
    content = mutated(TEXT.encode(encoding), edits)
    read(folder, content, "roster.csv" if kind_of(content) == "text" else "roster.xls")


@bounded(300)
@given(content=st.binary(max_size=300))
def test_any_bytes_as_text(folder, content):
    read(folder, content, "roster.csv")


@bounded(25)
@given(edits=EDITS, part=st.sampled_from(["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"]))
def test_a_workbook_through_the_door(folder, edits, part):
    read(folder, changed(BOOK, {part: lambda xml: mutated(xml, edits)}), "roster.xlsx")


def load(folder, content):
    path = folder / "op.yaml"
    path.write_bytes(content)
    try:
        load_settings(path)
    except ConfigError as error:
        assert str(error)


@bounded(400)
@given(edits=EDITS)
def test_a_config_with_changed_bytes(folder, edits):
    load(folder, mutated(CONFIG.encode(), edits))


@bounded(200)
@given(words=st.text(alphabet="abc:-?[]{},&*!|>'\"%@`# \n\t\u0085\ufeff0.~", max_size=80))
def test_any_text_as_a_config(folder, words):
    load(folder, words.encode())


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_was_found_stays_mended(path, reader, folder):
    content = path.read_bytes()
    if path.suffix == ".yaml":
        load(folder, content)
    elif (kind := kind_of(content)) == "text":
        read(folder, content, path.name)
    else:
        check(reader.last_word(kind, content))
