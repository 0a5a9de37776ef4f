"""What goes back to the office: wording, the marked roster, the templates."""

import json
import re
from datetime import date
from importlib.resources import files
from pathlib import Path

import openpyxl
import pytest
from office import CHINESE, Office, chinese, person

import dispatch.intake
from dispatch.config import load_settings
from dispatch.errors import StorageError
from dispatch.intake.annotate import annotate_roster
from dispatch.intake.notices import describe
from dispatch.intake.templates import write_templates
from dispatch.model.notice import Notice, Severity


def test_every_code_has_its_wording_and_remedy_in_both_languages():
    source = "".join(p.read_text("utf-8") for p in Path(dispatch.intake.__file__).parent.glob("*.py"))
    texts = json.loads((files("dispatch") / "texts" / "notices.json").read_text("utf-8"))
    codes = set(re.findall(r'"(id_\w+|unknown_\w+|bad_\w+|duplicate_\w+|position_\w+|guardian_\w+|file_\w+)"', source))
    codes -= {"id_number", "guardian_id"}
    assert len(codes) > 25
    for code in codes | {"no_stop_in_reach", "party_apart", "made_stop"}:
        assert all(texts[key][language] for key in (code, f"{code}.remedy") for language in ("zh", "en"))


def test_a_description_names_value_remedy_and_nearest():
    notice = Notice(
        "unknown_employer", Severity.ERROR, "workers.csv", 3, "用工企业", "宏达", suggestions=("宏达电子", "宏大")
    )
    assert describe(notice, "zh") == (
        "企业表中没有“宏达”",
        "请核对企业名称，或先在企业表中登记。最接近的有：宏达电子、宏大。",
    )
    assert describe(notice, "en")[1].endswith("Nearest: 宏达电子, 宏大.")


def test_every_notice_of_a_thoroughly_wrong_workspace_can_be_worded(office):
    office.tables["workers"] = [
        person(1, id_number="1", phone="x", employer="y", boarding_stop="z", report_by="q", modes_barred="w", home="v"),
        person(2, guardian_id="nobody", home_lat="1"),
        person(2, report_by=""),
    ]
    office.tables["offers"].append(office.train(offer_id="T1", seats="x", departs="z"))
    office.tables["employers"].append({"employer_id": "E2", "name": "某厂", "headcount": "3"})
    _, notices = office.read()
    assert len({n.code for n in notices}) >= 14
    for notice in notices:
        for language in ("zh", "en"):
            assert all("{" not in words for words in describe(notice, language))


def test_the_marked_roster_shows_each_problem_in_its_cell_and_lists_it(office, tmp_path):
    office.write_xlsx("workers", [["花名册"], CHINESE, chinese(1, 姓名="=1+1"), chinese(2, 用工企业名称="没有")])
    settings = office.settings()
    inputs, notices = office.read()
    (path,) = annotate_roster(settings, inputs, notices)
    book = openpyxl.load_workbook(path)
    cell = book["花名册"].cell(4, CHINESE.index("用工企业名称") + 1)
    assert (cell.value, cell.fill.start_color.rgb) == ("没有", "FFFFC7CE")
    assert "企业表中没有“没有”" in cell.comment.text
    assert book["花名册"].cell(3, 2).data_type == "s"
    listed = [row[4].value for row in book["问题清单"].iter_rows(min_row=2)]
    assert "用工企业名称" in listed
    assert list(path.parent.iterdir()) == [path]


def test_a_missing_roster_cannot_be_marked(office, tmp_path):
    office.files["workers"] = "gone.xlsx"
    inputs, notices = office.read()
    assert annotate_roster(office.settings(), inputs, notices) == ()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_new_workspace_is_valid_as_it_stands(tmp_path, language):
    config, *books = write_templates(tmp_path, language, date(2027, 2, 20))
    settings = load_settings(config)
    assert settings.publish.language == language
    inputs, notices = Office.read_with(settings)
    assert [n.code for n in notices] == ["sample_people", "home_at_county"]
    assert (len(inputs.workers), len(inputs.employers), len(inputs.offers)) == (3, 2, 3)
    assert len(books) == 4


def test_templates_never_replace_a_file(tmp_path):
    config, *_ = write_templates(tmp_path, "zh", date(2027, 2, 20))
    config.write_text("name: mine", "utf-8")
    with pytest.raises(StorageError, match=r"example\.yaml"):
        write_templates(tmp_path, "zh", date(2027, 2, 20))
    assert config.read_text("utf-8") == "name: mine"
