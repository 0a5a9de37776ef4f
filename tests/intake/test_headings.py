"""Headings as offices write them: known, alike, asked about, answered, left unread."""

import pytest
from office import CHINESE, chinese, nobody, person
from sent import HEADINGS

from dispatch.intake import headings, opening
from dispatch.intake.employers import EMPLOYERS
from dispatch.intake.headings import read_header
from dispatch.intake.notices import describe
from dispatch.intake.reader import Grid
from dispatch.intake.workers import WORKERS
from dispatch.model.notice import Severity

ROW = {"姓名": "示例1", "身份证号": nobody("19900101"), "户籍地": "平陆县", "用工企业": "示例电子有限公司"}


def header(*headings, schema=WORKERS, answers=None):
    return read_header(Grid("", [headings]), schema, answers or {})


@pytest.mark.parametrize("ledger", HEADINGS)
def test_every_heading_of_the_ledgers_is_read_or_known_not_to_matter(ledger):
    found = header(*HEADINGS[ledger])
    assert (found.unclear, found.guessed) == ((), ())
    unknown = {*found.unread} - {*WORKERS.unread}
    # A second column for the same thing is said to be unread, and loses nothing.
    assert unknown <= {"身份证/证件号码", "证件号码", "工种(岗位)"}


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("姓  名", "name"),
        ("＊联系电话", "phone"),
        ("联系电话（本人）", "phone"),
        ("身份证号码(18位)", "id_number"),
        ("到岗日期：", "report_by"),
        ("ID Number", "id_number"),
        ("Ready_From", "ready_from"),
    ],
)
def test_marks_blanks_width_and_explanations_do_not_hide_a_heading(heading, key):
    assert header("村", heading).keys.get(key) == 1


def test_a_heading_that_can_only_be_one_is_read_and_said():
    found = header("姓名", "身份证", "用工企业名")
    assert found.keys == {"name": 0, "id_number": 1, "employer": 2}
    assert set(found.guessed) == {"id_number", "employer"}


def test_a_line_of_thousands_of_headings_costs_a_bounded_number_of_comparisons(monkeypatch):
    real, calls = headings._ratio, []

    def ratio(a, b):
        calls.append(len(a))
        return real(a, b)

    monkeypatch.setattr(headings, "_ratio", ratio)
    wide = ("姓名", "身份证号", "用工企业", "联系方式" * 400, *(f"栏目{n}" for n in range(5_000)), "联系方式")
    found = header(*wide)
    assert set(found.keys) == {"name", "id_number", "employer"}
    assert len(found.unread) == len(wide) - 3
    assert len(calls) < 100_000
    assert max(calls) < 100


def test_a_missing_column_is_sought_among_a_bounded_number_of_headings(office, monkeypatch):
    asked = []

    def matches(word, among, *_):
        asked.append(max(map(len, among)) * len(among))
        return []

    monkeypatch.setattr(opening, "get_close_matches", matches)
    row = {k: v for k, v in ROW.items() if k != "身份证号"} | {"栏" * 500: "", "别的": ""}
    office.tables["workers"] = [row | {f"栏目{n}": "" for n in range(5_000)}]
    assert [code for code, *_ in office.errors()] == ["missing_column"]
    assert 0 < max(asked) < 20_000


def test_headings_alike_in_common_words_only_are_not_alike():
    assert header("姓名", "毕业时间", "开户日期", "工种名称").unclear == ()


def test_an_unclear_heading_is_asked_about_with_its_column_and_the_nearest(office):
    office.tables["workers"] = [ROW | {"联系方式": "15400000001"}]
    _, notices = office.read()
    (asked,) = [n for n in notices if n.code == "heading_unclear"]
    assert (asked.severity, asked.value, asked.row) == (Severity.ERROR, "联系方式", 0)
    assert asked.suggestions[0] == "phone（手机号）"
    what, remedy = describe(asked, "zh")
    assert what.startswith("E 列的表头“联系方式”")
    assert '--headings "联系方式=phone"' in remedy


@pytest.mark.parametrize(("answer", "phone"), [("phone", "15400000001"), ('"-"', "")])
def test_the_config_answers(office, answer, phone):
    office.tables["workers"] = [ROW | {"联系方式": "15400000001"}]
    office.headings = f"{{联系方式: {answer}}}"
    assert office.errors() == []
    assert [w.phone for w in office.read()[0].workers] == [phone]


def test_a_table_answers_as_check_writes_it(office):
    office.tables["workers"] = [ROW | {"联系方式": "15400000001"}]
    office.headings = "../data/headings.csv"
    office.settings()
    (office.folder / "data" / "headings.csv").write_text("heading,column,candidates\n联系方式,phone,phone\n", "utf-8")
    inputs, _ = office.read()
    assert [w.phone for w in inputs.workers] == ["15400000001"]
    assert len(inputs.sha256["headings"]) == 64


def test_an_answer_that_is_no_column_is_an_error_with_the_nearest(office):
    office.headings = "{联系方式: fone}"
    (wrong,) = [n for n in office.read()[1] if n.severity is Severity.ERROR]
    assert (wrong.code, wrong.value, wrong.suggestions[0]) == ("heading_answer_unknown", "fone", "phone")


def test_a_needed_column_under_an_unclear_heading_is_asked_about_and_not_called_missing(office):
    row = {k: v for k, v in ROW.items() if k != "用工企业"}
    office.tables["workers"] = [row | {"录用企业": "示例电子有限公司"}]
    assert {code for code, *_ in office.errors()} == {"missing_column"}
    assert [n.suggestions for n in office.read()[1] if n.code == "missing_column"] == [("录用企业",)]


def test_a_missing_column_that_an_unclear_heading_may_be_is_asked_about_once(office):
    row = {k: v for k, v in ROW.items() if k != "身份证号"}
    office.tables["workers"] = [row | {"身份证件": nobody("19900101")}]
    assert {code for code, *_ in office.errors()} == {"heading_unclear"}


def test_what_is_not_read_is_said(office):
    office.tables["workers"] = [ROW | {"民族": "汉", "鞋码": "40"}]
    assert [n.value for n in office.read()[1] if n.code == "columns_unread"] == ["民族、鞋码"]


def test_other_tables_ask_too():
    assert header("企业名称", "需求员工数", schema=EMPLOYERS).unclear[0].candidates[0] == "headcount"


def test_two_storeys_of_headings_are_read_together(office):
    upper = ["序号", "基本信息", "", "", "户籍", "", "务工信息", "", "备注"]
    lower = ["", "姓名", "身份证号码", "联系电话", "乡（镇）", "行政村", "用工企业名称", "到岗日期", ""]
    office.write_xlsx("workers", [["花名册"], upper, lower, chinese(1), chinese(2)])
    inputs, _ = office.read()
    assert [(w.worker_id, w.row) for w in inputs.workers] == [("1", 4), ("2", 5)]


def test_a_person_is_not_taken_for_headings(office):
    office.write_xlsx("workers", [CHINESE, chinese(1, 备注="姓名与身份证一致"), chinese(2)])
    assert len(office.read()[0].workers) == 2
    office.tables["workers"] = [person(1)]


LOWER = ["", "姓名", "身份证号码", "姓名", "身份证号码", "用工企业名称", "户籍地"]
FAMILY = ["序号", "户主信息", "", "务工人员信息", "", "", ""]


def households(office, upper, lower=LOWER):
    row = [1, "示例8", nobody("19600808"), "示例2", nobody("19900201"), "示例电子有限公司", "山西省运城市平陆县"]
    office.write_xlsx("workers", [upper, lower, row])


def asked(office):
    return [n for n in office.read()[1] if n.code == "heading_twice"]


def test_names_and_numbers_that_stand_twice_are_asked_about_and_the_left_ones_are_not_taken(office):
    households(office, FAMILY)
    inputs, notices = office.read()
    assert inputs.workers == ()
    assert {n.code for n in notices if n.severity is Severity.ERROR} == {"heading_twice"}
    assert [(n.value, n.row) for n in asked(office)] == [
        ("户主信息 姓名", 0), ("务工人员信息 姓名", 0), ("户主信息 身份证号码", 0), ("务工人员信息 身份证号码", 0),
    ]  # fmt: skip
    what, remedy = describe(asked(office)[1], "zh")
    assert what == "D 列的“务工人员信息 姓名”与 B 列都是“姓名”，不能确定读哪一列"
    assert '--headings "务工人员信息 姓名=name"' in remedy
    assert describe(asked(office)[1], "en")[0].startswith("column D (“务工人员信息 姓名”) and column B both mean name")


@pytest.mark.parametrize(
    "answers",
    [
        "{户主信息 姓名: '-', 户主信息 身份证号码: '-'}",
        "{务工人员信息 姓名: name, 务工人员信息 身份证号码: id_number}",
        "{户主信息 姓名: '-', 务工人员信息 身份证号码: id_number, 户主信息 身份证号码: '-'}",
    ],
)
def test_one_answer_a_column_says_which_of_them_is_meant(office, answers):
    households(office, FAMILY)
    office.headings = answers
    assert office.errors() == []
    assert [(w.name, w.id_number) for w in office.read()[0].workers] == [("示例2", nobody("19900201"))]


def test_the_same_answer_for_both_is_none(office):
    households(office, FAMILY)
    office.headings = "{户主信息 姓名: name, 务工人员信息 姓名: name, 户主信息 身份证号码: '-'}"
    assert [n.value for n in asked(office)] == ["户主信息 姓名", "务工人员信息 姓名"]


def test_headings_that_no_group_tells_apart_are_called_by_their_letters(office):
    households(office, ["外出务工人员花名册"])
    assert [n.value for n in asked(office)] == ["姓名 B", "姓名 D", "身份证号码 C", "身份证号码 E"]
    office.headings = "{姓名 D: name, 身份证号码 E: id_number}"
    assert [w.name for w in office.read()[0].workers] == ["示例2"]


def test_two_headings_of_one_meaning_are_called_as_they_are(office):
    office.tables["workers"] = [ROW | {"联系电话": "15400000001", "手机号": "15400000002"}]
    assert [n.value for n in asked(office)] == ["联系电话", "手机号"]
    office.headings = "{手机号: phone}"
    assert office.errors() == []
    inputs, notices = office.read()
    assert [w.phone for w in inputs.workers] == ["15400000002"]
    assert [n.value for n in notices if n.code == "columns_unread"] == ["联系电话"]


def test_what_says_nothing_of_who_somebody_is_may_stand_twice_with_a_warning(office):
    office.tables["workers"] = [ROW | {"现住址": "霍州市"}]
    inputs, notices = office.read()
    (second,) = [n for n in notices if n.severity is Severity.WARNING]
    assert (second.code, second.value, dict(second.params)["others"]) == ("heading_second", "现住址", "C")
    assert describe(second, "zh")[0] == "E 列的“现住址”与 C 列都是“户籍地”，只读取了 C 列"
    assert [w.home.county_name for w in inputs.workers] == ["平陆县"]


def test_headings_without_end_are_asked_about_a_few_times(office):
    office.settings()
    office.path("workers").write_text("身份证号,用工企业," + "姓名," * 5_000 + "\n", "utf-8")
    assert 1 < len(asked(office)) <= 20
    assert all(len(str(n)) < 1_000 for n in asked(office))
