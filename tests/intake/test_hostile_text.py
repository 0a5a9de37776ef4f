"""Text that is no table, or not all of it, and paths that name no file: a named error or a safe result."""

import os
import socket
import sys
from dataclasses import replace

import pytest
from watched import read

from dispatch.config import load_settings
from dispatch.errors import ConfigError
from dispatch.intake.files import delimited
from dispatch.intake.files.delimited import read_delimited
from dispatch.intake.files.grid import Budget, UnreadableError
from dispatch.intake.reader import read_source
from dispatch.model.notice import Severity

HEAD = "姓名,身份证号,备注\n"
GOOD = HEAD + "".join(f"示例{n},14082919900101000{n},无\n" for n in range(9))


@pytest.fixture
def told(tmp_path):
    def told(content, name="roster.csv", **limits):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read(path, **limits)

    return told


@pytest.mark.parametrize("encoding", [
    "utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32",
])  # fmt: skip
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_every_encoding_and_separator_of_an_office_is_read(told, encoding, mark):
    found = told(GOOD.replace(",", mark).encode(encoding))
    assert [row[0] for row in found.grids[0]] == ["姓名", *(f"示例{n}" for n in range(9))]
    assert not found.lossy


def test_rare_characters_survive_in_gb18030(told):
    assert told((HEAD + "张𬭎,1,㛃\n").encode("gb18030")).grids[0][1] == ["张𬭎", "1", "㛃"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_zero_byte_is_named_by_its_line(told, encoding):
    content = GOOD.encode(encoding).splitlines(keepends=True)
    content[3] = content[3][:5] + b"\0" + content[3][5:]
    found = told(b"".join(content))
    assert (found.code, found.params["line"]) == ("file_zero_byte", "4")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_broken_character_costs_its_row_and_not_the_file(told, encoding):
    lines = (GOOD * 20).encode(encoding).splitlines(keepends=True)
    lines[5] = b"\xff" + lines[5]
    found = told(b"".join(lines))
    assert (found.code, found.lossy) == ("", True)
    assert [i for i, row in enumerate(found.grids[0]) if "\ufffd" in "".join(row)] == [5]


def test_a_row_with_a_broken_character_is_refused_and_the_others_are_not(office):
    office.settings()
    office.write_csv("workers", office.tables["workers"])
    good = office.path("workers").read_bytes().decode("utf-8-sig").encode("gb18030")
    office.path("workers").write_bytes(good.replace("示例2".encode("gb18030"), b"\xff\xff2"))
    inputs, notices = office.read()
    errors = [(n.code, n.row, n.column) for n in notices if n.severity is Severity.ERROR]
    assert errors == [("character_lost", 3, "name")]
    assert (len(inputs.workers), inputs.rejected, inputs.rostered) == (1, 1, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_two_encodings_in_one_file_are_refused_with_a_line_of_each(told, encoding):
    found = told((HEAD + "示例甲乙丙,1,无\n").encode(encoding) + "示例丁戊己,2,无事\n".encode("gb18030") * 3)
    assert found.code == "file_mixed"
    assert (found.params["utf8"], found.params["other"]) == ("1", "3")


def test_bytes_of_no_text_are_refused_from_their_line(told):
    assert told(b"\xff\xfd\xfc\n" * 40).code == "file_undecodable"


@pytest.mark.parametrize("row", [1, 5, 9])
def test_a_quote_that_swallows_rows_is_named_by_its_row(told, row):
    lines = (GOOD * 3).splitlines(keepends=True)
    lines[row] = lines[row].replace(",", ',"', 1)
    found = told("".join(lines))
    assert (found.code, found.params["row"]) == ("file_quote_open", str(row + 1))


def test_a_quote_that_swallows_the_next_row_is_named(told):
    lines = GOOD.splitlines(keepends=True)
    lines[2] = lines[2].replace(",", ',"', 1)
    lines[3] = lines[3].replace(",无", '",无')
    assert told("".join(lines)).params["row"] == "3"


def test_a_quote_that_swallows_the_whole_file_is_named(told):
    found = told(HEAD + '"' + "示例,1,无\n" * 200_000)
    assert (found.code, found.params["row"]) == ("file_quote_open", "2")


def test_a_quote_in_the_middle_of_a_cell_and_a_cell_of_two_lines_are_no_fault(told):
    found = told(HEAD + '示例",1,5"管\n"示例二\n丙",2,"无,有"\n')
    assert [row[0] for row in found.grids[0][1:]] == ['示例"', "示例二\n丙"]


@pytest.mark.parametrize("cell", ["a", ",", "a,", '"a\n",'])
def test_a_hundred_megabytes_in_one_line_or_record_are_refused(told, cell):
    found = told(HEAD.encode() + cell.encode() * (100_000_000 // len(cell)))
    assert found.code in {"file_line_too_long", "file_quote_open"}


def test_ten_megabytes_in_a_cell_are_refused(told):
    line = "x" * 500_000
    assert told(HEAD + f"示例,{line},无\n").code == "file_cell_too_long"
    assert told(HEAD + f"示例,{'x' * 40_000},无\n").params["row"] == "2"
    assert told(HEAD + f'示例,"{(line + chr(10)) * 20}",无\n').code in {"file_cell_too_long", "file_quote_open"}


def test_a_file_of_separators_ends_at_the_cells_its_size_allows(told):
    assert told((HEAD + ("," * 1000 + "\n") * 20_000).encode()).code == "file_too_many_cells"


def test_a_large_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "sparse.csv"
    with path.open("wb") as file:
        file.truncate(50 << 30)
    found = read(path)
    assert (found.code, found.params["limit"]) == ("file_too_large", "300")


def test_words_that_look_like_nothing_and_formulas_stay_text(told):
    names = [
        "NA",
        "None",
        "null",
        "=cmd|'/c calc'!A1",
        "@SUM(1)",
        "<img onerror=alert(1)>",
        "</script>",
        "${1}",
        "-1+1",
    ]
    found = told(HEAD + "".join(f'"{name}",1,无\n' for name in names))
    assert [row[0] for row in found.grids[0][1:]] == names


def paths(folder):
    (folder / "folder.csv").mkdir()
    os.mkfifo(folder / "queue.csv")
    (folder / "loop.csv").symlink_to("loop.csv")
    (folder / "zero.csv").symlink_to("/dev/zero")
    (folder / "away.csv").symlink_to("nowhere.csv")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / "socket.csv"))
    listener.close()


@pytest.mark.skipif(os.name != "posix", reason="queues and devices of POSIX")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("folder.csv", "file_not_regular"),
        (".", "file_not_regular"),
        ("queue.csv", "file_not_regular"),
        ("socket.csv", "file_not_regular"),
        ("zero.csv", "file_not_regular"),
        ("/dev/zero", "file_not_regular"),
        ("/dev/stdin", "file_not_regular"),
        ("loop.csv", "file_unreadable"),
        ("x" * 300, "file_unreadable"),
        ("away.csv", "file_missing"),
        ("NUL", "file_missing"),
        ("..", "file_not_regular"),
        ("folder.csv/../nowhere.csv", "file_missing"),
    ],
)
def test_a_path_that_names_no_file_is_refused_at_once(tmp_path, name, code):
    paths(tmp_path)
    assert read(tmp_path / name).code == code


def with_path(office, table, path):
    """What is read with another path of a table, as the config's author wrote it."""
    office.read()
    config = office.settings().path
    config.write_text(config.read_text("utf-8").replace(f"../data/{table}.csv", path), "utf-8")
    return office.read_with(load_settings(config))


@pytest.mark.parametrize("path", ["{away}", "../data/../share/花名册.csv", "../data/link.csv"])
def test_a_path_of_a_config_may_lead_anywhere_and_must_end_at_a_file(office, path):
    office.read()
    away = office.folder / "share" / "花名册.csv"
    away.parent.mkdir()
    away.write_bytes(office.path("workers").read_bytes())
    (office.folder / "data" / "link.csv").symlink_to(away)
    assert len(with_path(office, "workers", path.format(away=away))[0].workers) == 2


@pytest.mark.parametrize("path", ['"a\\0b.csv"', '"\\ud800.csv"', '""', "/dev/zero", "~root/x.csv"])
def test_a_path_of_a_config_that_is_none_is_a_finding(office, path):
    try:
        _, notices = with_path(office, "offers", path)
    except ConfigError as error:
        assert "转义" in str(error)
    else:
        assert {n.code for n in notices} & {"file_missing", "file_unreadable", "file_not_regular"}


def test_a_text_of_millions_of_short_cells_is_refused_before_it_takes_gigabytes():
    """Read in the program itself, under no limit of the system: each short text is an object of its own."""
    size = 100 * 2**20
    budget = Budget.of(size, unpacked_mb=None, leave_hidden_out=False)
    texts = min(size // 3, budget.texts)
    assert texts * (sys.getsizeof("ab") + 8) + budget.cells * 8 <= 1.5 * 2**30


def test_cells_that_are_empty_do_not_count_as_texts():
    budget = replace(Budget.of(0, unpacked_mb=None, leave_hidden_out=False), texts=6)
    assert len(read_delimited(b"a,b,,,,,,\n1,2,,,,,,\n", budget).grids[0].rows) == 2
    with pytest.raises(UnreadableError) as refused:
        read_delimited(b"a,b\n1,2\n3,4\n5,6\n", budget)
    assert (refused.value.code, refused.value.params["row"]) == ("file_too_many_cells", "4")


def test_a_text_for_which_the_memory_does_not_suffice_is_a_named_error(tmp_path, monkeypatch):
    def full(*_):
        raise MemoryError

    monkeypatch.setattr(delimited._Reader, "read", full)
    (tmp_path / "roster.csv").write_text(GOOD, "utf-8")
    with pytest.raises(UnreadableError) as refused:
        read_source(tmp_path / "roster.csv")
    assert refused.value.code == "file_too_costly"
