"""Files that are missing, empty, broken or not what they claim."""

import zipfile

import pytest

from dispatch.intake import reader
from dispatch.model.notice import Severity


def codes(office):
    return [n.code for n in office.read()[1] if n.severity is Severity.ERROR]


def test_missing_files_are_all_reported_at_once(office):
    office.files |= {"workers": "gone.xlsx", "offers": "away.csv"}
    del office.tables["offers"]
    inputs, notices = office.read()
    found = [(n.code, n.file) for n in notices if n.severity is Severity.ERROR]
    assert found == [("file_missing", "away.csv"), ("file_missing", "gone.xlsx")]
    assert (inputs.workers, inputs.offers, inputs.rostered) == ((), (), 0)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 no archive", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", b"\xff" * 40, b"a\0b"]
)
def test_a_broken_workbook_is_a_named_error(office, content):
    office.files["workers"] = "workers.xlsx"
    office.settings()
    office.path("workers").write_bytes(content)
    assert codes(office) == ["file_unreadable"]


def test_a_directory_is_no_file(office):
    office.settings()
    office.path("stops").mkdir()
    assert codes(office)[0] == "file_unreadable"


def test_an_archive_that_unpacks_to_more_than_a_roster_can_is_refused_unread(office, monkeypatch):
    office.write_xlsx("workers", [["姓名"]])
    monkeypatch.setattr(reader, "MAX_UNPACKED_BYTES", 1000)
    with zipfile.ZipFile(office.path("workers"), "a") as archive:
        archive.writestr("xl/bomb.xml", b" " * 2000)
    assert codes(office) == ["file_too_large"]


def test_an_empty_roster_and_an_empty_table_of_offers_are_errors(office):
    office.settings()
    office.path("workers").write_text("姓名,身份证号,用工企业\n", "utf-8")
    office.path("offers").write_text("offer_id,mode,basis,seats,available\n", "utf-8")
    assert codes(office) == ["no_offers", "empty_roster"]


def test_missing_columns_are_all_named(office):
    office.settings()
    office.path("workers").write_text("姓名,电话\n示例,1\n", "utf-8")
    _, notices = office.read()
    assert [n.value for n in notices if n.code == "missing_column"] == ["id_number", "employer_id / employer"]


def test_a_file_without_any_heading_names_its_columns(office):
    office.settings()
    office.path("stops").write_text("", "utf-8")
    _, notices = office.read()
    assert [n.value for n in notices if n.code == "missing_column"] == ["stop_id", "name", "kind"]
